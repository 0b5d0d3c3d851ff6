import { Failure } from '../contract/failure.ts';
import type { Tool, ToolFormat, ToolUse } from '../contract/tools.ts';
import { complement } from '../json-schema/automaton.ts';
import { characters, GrammarWriter, type OpenKeyword, type Schema, terminal } from '../json-schema/grammar-writer.ts';
import { patternAutomaton } from '../json-schema/pattern.ts';
import { isTextOnly, schemaOfArgument } from './argument-values.ts';
import { marksOf } from './call-parser.ts';

export interface ToolGrammar {
	/** Returns the grammar of calls; `lead`: text that comes before, where a mark begins within a token. */
	readonly write: (lead: string) => string;
	/** The answer has to match from its first token on. Otherwise it has to from the first of `marks` on. */
	readonly isForced: boolean;
	readonly marks: readonly string[];
	/** Calls are plain JSON: an answer that begins with a brace has to match. */
	readonly beginsWithJson: boolean;
	readonly open: readonly OpenKeyword[];
}

/** The most calls in one answer, where several are allowed: models that loop would never end. */
const mostCalls = 16;

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');

/** A literal, without rules for an empty one. */
const text = (part: string): string => (part === '' ? '' : terminal(part));

const joined = (parts: readonly string[]): string => {
	const some = parts.filter((part) => part !== '');
	return some.length === 0 ? '""' : some.join(' ');
};

/**
 * Returns the grammar that keeps calls to their format and to the schemas of the tools; null where the format can't be
 * forced. `insideReasoning`: the prompt opened the reasoning, which may come before forced calls.
 */
export function toolGrammar(format: ToolFormat, use: ToolUse, insideReasoning: boolean): ToolGrammar | null {
	const { choice } = use;
	const tools = typeof choice === 'object' ? use.tools.filter(({ name }) => name === choice.name) : use.tools;
	const isDescribed = format.call.shape === 'json' && format.call.answer !== null;
	const isForced = choice !== 'auto' || isDescribed;
	if (choice === 'none' || tools.length === 0) return null;
	if (format.call.shape === 'recipients' && !isForced) return null;
	const writer = new GrammarWriter({ lenient: true });
	let calls: string | null;
	try {
		calls = callsRule(writer, format, tools, use.parallel);
	} catch (error) {
		// Where the model may answer in words, calls that no grammar can hold are only parsed.
		if (error instanceof Failure && !isForced) return null;
		throw error;
	}
	if (calls === null) return null;
	const marks = format.call.shape === 'harmony' ? ['to=functions.'] : marksOf(format);
	let root = calls;
	if (isDescribed && choice === 'auto')
		root = writer.add(`${calls} | ${joined([terminal('{"answer": '), 'string', '"}"'])}`);
	if (isForced && format.reasoning !== null)
		root = joined([reasoningRule(writer, format.reasoning, insideReasoning), root]);
	return {
		write: (lead) => writer.grammar(joined([text(lead), root])),
		isForced,
		marks,
		beginsWithJson: marks.length === 0,
		open: writer.open,
	};
}

/** Anything up to a text, and the text. Tools have many arguments that end alike. */
function until(writer: GrammarWriter, end: string): string {
	return writer.once(`until ${end}`, () => {
		const without = complement(patternAutomaton(escaped(end)));
		return writer.add(joined([writer.automaton(without, 'plain'), text(end)]));
	});
}

function reasoningRule(
	writer: GrammarWriter,
	{ open, close }: NonNullable<ToolFormat['reasoning']>,
	inside: boolean,
): string {
	const body = joined([until(writer, close.trim()), '[ \\n]{0,4}']);
	return inside ? body : open.trim() === '' ? '' : `(${joined([text(open.trim()), body])})?`;
}

function callsRule(
	writer: GrammarWriter,
	format: ToolFormat,
	tools: readonly Tool[],
	parallel: boolean,
): string | null {
	const rules = tools.map((tool) => callRule(writer, trimmedCall(format), tool));
	const call = writer.add(rules.join(' | '));
	const more = parallel ? `(${joined([text(format.separator), call])}){0,${mostCalls - 1}}` : '';
	const inner = joined([call, more]);
	if (format.call.shape === 'harmony' || format.call.shape === 'recipients') return call;
	const start = format.start.trimStart();
	const whole = joined([text(start), inner, text(format.end.trimEnd())]);
	// Where the outer mark is left out, so is its end.
	return start === '' || marksOf(format).length < 2 ? writer.add(whole) : writer.add(`${whole} | ${inner}`);
}

/** Returns a format whose calls begin and end without white space, where nothing surrounds them. */
function trimmedCall(format: ToolFormat): ToolFormat {
	const { start, end, call } = format;
	const [isFirst, isLast] = [start.trim() === '', end.trim() === ''];
	const trimmed = (text: string, first: boolean, last: boolean): string => {
		const begun = first ? text.trimStart() : text;
		return last ? begun.trimEnd() : begun;
	};
	if (call.shape === 'json') {
		return {
			...format,
			call: { ...call, start: trimmed(call.start, isFirst, false), end: trimmed(call.end, false, isLast) },
		};
	}
	if (call.shape !== 'text') return format;
	const parts = call.parts.map((part, index) => {
		if (typeof part !== 'object') return part;
		return { text: trimmed(part.text, isFirst && index === 0, isLast && index === call.parts.length - 1) };
	});
	return { ...format, call: { ...call, parts } };
}

function argumentsRule(writer: GrammarWriter, { parameters }: Tool): string {
	const schema: Schema = { type: 'object', ...(parameters ?? {}) };
	return writer.schema(schema);
}

function callRule(writer: GrammarWriter, format: ToolFormat, tool: Tool): string {
	const { call } = format;
	const name = JSON.stringify(tool.name).slice(1, -1);
	switch (call.shape) {
		case 'json': {
			const args = argumentsRule(writer, tool);
			if (call.name === null) return joined([text(`${call.start}{"${name}": `), args, text(`}${call.end}`)]);
			const id = '[a-zA-Z0-9]{1,9}';
			const constants = Object.entries(call.constants).map(
				([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}, `,
			);
			const head = `${call.start}{${constants.join('')}`;
			const own = `"${call.name}": "${name}", "${call.arguments}": `;
			// Most write the id last; Cohere counts first.
			if (call.id === null) return joined([text(`${head}${own}`), args, text(`}${call.end}`)]);
			if (call.id === 'tool_call_id') {
				return joined([text(`${head}"${call.id}": "`), id, text(`", ${own}`), args, text(`}${call.end}`)]);
			}
			return joined([text(`${head}${own}`), args, text(`, "${call.id}": "`), id, text(`"}${call.end}`)]);
		}
		case 'text': {
			const parts: string[] = [];
			for (const part of call.parts) {
				if (typeof part === 'object') {
					parts.push(text(part.text));
				} else if (part === 'name') parts.push(text(tool.name));
				else if (part === 'id') parts.push('[a-zA-Z0-9]{9}');
				else if (part === 'index') parts.push('[0-9]{1,2}');
				else parts.push(styleRule(writer, call.arguments, tool));
			}
			return joined(parts);
		}
		case 'harmony': {
			const header = joined([text(`to=functions.${tool.name}`), until(writer, '<|message|>')]);
			return joined([header, argumentsRule(writer, tool)]);
		}
		case 'recipients':
			return joined([text(`${tool.name}\n`), argumentsRule(writer, tool)]);
	}
}

/** Returns the names and schemas of a tool's arguments; null if it doesn't name any. */
function propertiesOf(tool: Tool): readonly (readonly [string, boolean])[] | null {
	const { properties, required } = tool.parameters ?? {};
	if (typeof properties !== 'object' || properties === null) return tool.parameters === undefined ? null : [];
	const needed = Array.isArray(required) ? required : [];
	return Object.keys(properties).map((key) => [key, needed.includes(key)]);
}

function styleRule(
	writer: GrammarWriter,
	style: Extract<ToolFormat['call'], { shape: 'text' }>['arguments'],
	tool: Tool,
): string {
	const properties = propertiesOf(tool);
	const schemaOf = (key: string): Schema => withDefinitions(schemaOfArgument(tool, key) ?? {}, tool);
	switch (style.style) {
		case 'json':
			return argumentsRule(writer, tool);
		case 'tagged': {
			const one = (key: string): string => {
				const schema = schemaOfArgument(tool, key);
				const isText = schema !== null && isTextOnly(schema);
				const end = isText ? style.keyEnd[0]! : style.keyEnd.length > 1 ? null : style.keyEnd[0]!;
				const ends = end === null ? `(${style.keyEnd.slice(1).map(terminal).join(' | ')})` : text(end);
				const value = isText
					? plainText(writer, schema, style.valueEnd)
					: joined([writer.schema(schemaOf(key)), text(style.valueEnd)]);
				return joined([text(style.keyStart + key), ends, value]);
			};
			if (properties === null) {
				const key = '[a-zA-Z0-9_-]{1,64}';
				return `(${joined([text(style.keyStart), key, text(style.keyEnd[0]!), until(writer, style.valueEnd)])})*`;
			}
			return joined(properties.map(([key, needed]) => (needed ? one(key) : `(${one(key)})?`)));
		}
		case 'python': {
			if (properties === null || properties.length === 0) return '';
			const pairs = properties.map(([key]) => joined([text(`${key}=`), writer.schema(schemaOf(key))]));
			const pair = writer.add(pairs.join(' | '));
			return `(${pair} (", " ${pair}){0,${properties.length - 1}})?`;
		}
		case 'gemma':
			return gemmaRule(writer, properties?.map(([key]) => key) ?? null);
		case 'named-tags': {
			const { tag } = style;
			return joined(
				(properties ?? []).map(([key, needed]) => {
					const one = joined([text(`${tag}<${key}>`), until(writer, `${tag}</${key}>`)]);
					return needed ? one : `(${one})?`;
				}),
			);
		}
	}
}

/** A schema within a tool's parameters may refer to its definitions. */
function withDefinitions(schema: Record<string, unknown>, { parameters }: Tool): Schema {
	const { $defs, definitions } = parameters ?? {};
	return {
		...schema,
		...($defs === undefined ? {} : { $defs }),
		...(definitions === undefined ? {} : { definitions }),
	};
}

/** A text without quotes, up to the mark that closes it. */
function plainText(writer: GrammarWriter, schema: Record<string, unknown>, end: string): string {
	const values = 'const' in schema ? [schema.const] : schema.enum;
	if (!Array.isArray(values)) return until(writer, end);
	return joined([`(${values.map((value) => terminal(String(value))).join(' | ')})`, text(end)]);
}

function gemmaRule(writer: GrammarWriter, keys: readonly string[] | null): string {
	const quote = '<|"|>';
	const string = writer.add(joined([text(quote), until(writer, quote)]));
	const key = writer.add(
		`${characters([
			[48, 57],
			[65, 90],
			[95, 95],
			[97, 122],
		])}{1,64}`,
	);
	const value = writer.add('""');
	const list = writer.add(`"[" (${value} ("," ${value})*)? "]"`);
	const object = writer.add(`"{" (${key} ":" ${value} ("," ${key} ":" ${value})*)? "}"`);
	writer.replace(value, `${string} | number | boolean | null | ${list} | ${object}`);
	if (keys === null) return object;
	if (keys.length === 0) return '"{}"';
	const own = writer.add(keys.map((name) => joined([text(`${name}:`), value])).join(' | '));
	return writer.add(`"{" (${own} ("," ${own}){0,${keys.length - 1}})? "}"`);
}
