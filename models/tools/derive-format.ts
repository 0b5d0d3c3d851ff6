import type { ArgumentStyle, CallFormat, ToolFormat } from '../contract/tools.ts';
import { reasoningTags } from '../prompt/reasoning-tag.ts';
import { knownFormat, marksIn } from './known-formats.ts';

/** A message as chat templates take it, with OpenAI's names. */
export type TemplateMessage = Readonly<Record<string, unknown>>;

/** Renders messages with a template; throws what the template refuses. */
export type RenderMessages = (
	messages: readonly TemplateMessage[],
	tools: readonly object[] | null,
	addGenerationPrompt: boolean,
) => string;

export interface DerivedFormat {
	/** null: the template knows no calls. */
	readonly format: ToolFormat | null;
	/** Whether the template itself tells the model of the tools. */
	readonly listsTools: boolean;
	/** Whether the template writes the calls of earlier answers. */
	readonly writesCalls: boolean;
	/** Whether it wants arguments as text rather than as an object. */
	readonly argumentsAsText: boolean;
	/** Tags of reasoning that the template mentions. */
	readonly reasoning: ToolFormat['reasoning'];
}

/** Texts that no template contains. */
const needles = {
	...{
		question: 'qZ1needleQ',
		answer: 'qZ2needleA',
		description: 'qZ3needleD',
		first: 'fn_qZ4_one',
		second: 'fn_qZ5_two',
	},
	...{
		key: 'kZ6key',
		other: 'kZ7other',
		value: 'vZ8value',
		otherValue: 'vZ9other',
		id: 'cZ1000001',
		otherId: 'cZ2000002',
	},
};

type Arguments = Readonly<Record<string, string | number>>;

function call(name: string, args: Arguments, asText: boolean, id: string): object {
	return { id, type: 'function', function: { name, arguments: asText ? JSON.stringify(args) : args } };
}

const properties = { [needles.key]: { type: 'string' }, [needles.other]: { type: 'integer' } };

const tools = [needles.first, needles.second].map((name) => ({
	type: 'function',
	function: { name, description: needles.description, parameters: { type: 'object', properties, required: [] } },
}));

const question = { role: 'user', content: needles.question };

/** Length of the common start of two texts. */
function commonStart(a: string, b: string): number {
	let length = 0;
	while (length < a.length && a[length] === b[length]) length += 1;
	return length;
}

function commonEnd(a: string, b: string): number {
	let length = 0;
	while (length < a.length && length < b.length && a.at(-1 - length) === b.at(-1 - length)) length += 1;
	return length;
}

/**
 * Finds out how the models of a template write calls: renders conversations that differ in one thing and compares. A
 * family whose template says too little is known by name. `endTexts`: tokens that end an answer, which are no part of it.
 */
export function deriveFormat(template: string, render: RenderMessages, endTexts: readonly string[]): DerivedFormat {
	// Some templates put their tags together from pieces.
	const prompt = attempt(() => render([question], null, true)) ?? '';
	const found = marksIn(`${template}\n${prompt}`, reasoningTags);
	// Models are trained further than their templates say.
	const marks = { ...found, reasoning: found.reasoning ?? reasoningTags[0]! };
	const listsTools = tells(render);
	const known = knownFormat(template);
	const writer = callWriter(render);
	if (known !== null) {
		const format = { ...marks, ...known.format };
		const argumentsAsText = known.argumentsAsText ?? writer?.asText ?? false;
		return { format, listsTools, writesCalls: writer !== null, argumentsAsText, reasoning: found.reasoning };
	}
	const derived = writer === null ? null : derive(writer, render, endTexts);
	return {
		format: derived === null ? null : { ...derived, ...marks, start: withoutReasoning(derived.start, marks.reasoning) },
		listsTools,
		writesCalls: writer !== null,
		argumentsAsText: writer?.asText ?? false,
		reasoning: found.reasoning,
	};
}

/** Some templates write an empty reasoning before calls. */
function withoutReasoning(start: string, reasoning: ToolFormat['reasoning']): string {
	const at = reasoning === null ? -1 : start.lastIndexOf(reasoning.close);
	return reasoning === null || at === -1 ? start : start.slice(at + reasoning.close.length);
}

/** Whether the template tells the model of the tools. */
function tells(render: RenderMessages): boolean {
	try {
		const text = render([question], tools, true);
		return text.includes(needles.first) && text.includes(needles.second) && text.includes(needles.question);
	} catch {
		return false;
	}
}

interface CallWriter {
	readonly asText: boolean;
	/** Renders a conversation that ends with these calls. */
	write(calls: readonly { readonly name: string; readonly args: Arguments; readonly id: string }[]): string;
}

/** Returns how the template writes calls; null if it doesn't. */
function callWriter(render: RenderMessages): CallWriter | null {
	for (const asText of [false, true]) {
		for (const content of ['', null, undefined]) {
			const write: CallWriter['write'] = (calls) => {
				const list = calls.map(({ name, args, id }) => call(name, args, asText, id));
				const message = { role: 'assistant', ...(content === undefined ? {} : { content }), tool_calls: list };
				return render([question, message], tools, false);
			};
			try {
				const text = write([{ name: needles.first, args: { [needles.key]: needles.value }, id: needles.id }]);
				const after = text.slice(text.lastIndexOf(needles.question));
				// A text within a text: the template wants an object.
				const isQuoted = after.includes(`\\"${needles.key}`);
				if (after.includes(needles.first) && after.includes(needles.key) && !isQuoted) return { asText, write };
			} catch {
				// This form is refused.
			}
		}
	}
	return null;
}

/** One answer with calls, without what surrounds it in the prompt. */
interface Body {
	readonly text: string;
}

function derive(
	writer: CallWriter,
	render: RenderMessages,
	endTexts: readonly string[],
): Omit<ToolFormat, 'reasoning' | 'ignored'> | null {
	const plain = attempt(() => render([question, { role: 'assistant', content: needles.answer }], tools, false));
	if (plain === null) return null;
	const one = { name: needles.first, args: { [needles.key]: needles.value }, id: needles.id };
	const two = { name: needles.second, args: { [needles.key]: needles.value }, id: needles.otherId };
	const body = (text: string): Body => {
		const from = wholeMarks(text, Math.min(commonStart(text, plain), plain.lastIndexOf(needles.answer)));
		const suffix = plain.slice(plain.lastIndexOf(needles.answer) + needles.answer.length);
		const shared = commonEnd(text, suffix);
		const cut = /^[^<]*?(?=<|\s|$)/.exec(text.slice(text.length - shared))?.[0].length ?? 0;
		const end = text.endsWith(suffix) ? suffix.length : shared - cut;
		let inner = text.slice(from, text.length - end);
		inner = inner.replace(/^\s*(?:<(?:\w+:)?think[^>]*>)?\s*<\/(?:\w+:)?think[^>]*>/, '');
		for (let before = ''; before !== inner; ) {
			before = inner;
			for (const mark of endTexts)
				if (mark !== '' && inner.trimEnd().endsWith(mark)) inner = inner.trimEnd().slice(0, -mark.length);
		}
		return { text: inner };
	};
	const single = body(writer.write([one])).text;
	const double = attempt(() => body(writer.write([one, two])).text);
	const parallel = double?.includes(needles.second) === true ? double : null;
	return /"\s*:\s*[{"]/.test(single) && isWithinObject(single)
		? deriveJson(single, parallel)
		: deriveText(writer, body, single, parallel);
}

function attempt<Result>(work: () => Result): Result | null {
	try {
		return work();
	} catch {
		return null;
	}
}

/** Returns the position after the JSON value at the start of a text; null if there is none. */
function jsonEnd(text: string): number | null {
	let depth = 0;
	let inText = false;
	for (let index = 0; index < text.length; index += 1) {
		const character = text[index];
		if (inText) {
			if (character === '\\') index += 1;
			else if (character === '"') inText = false;
		} else if (character === '"') inText = true;
		else if (character === '{' || character === '[') depth += 1;
		else if (character === '}' || character === ']') depth -= 1;
		if (depth === 0 && !inText && index > 0) return index + 1;
	}
	return null;
}

interface FoundObject {
	readonly start: number;
	readonly end: number;
	readonly value: Record<string, unknown>;
}

/** Returns the JSON object that holds a call: its name as a value, or as the only key. */
function objectOf(text: string, name: string): FoundObject | null {
	for (let start = text.lastIndexOf('{', text.indexOf(name)); start !== -1; start = text.lastIndexOf('{', start - 1)) {
		const length = jsonEnd(text.slice(start));
		if (length !== null) {
			const value = attempt(() => JSON.parse(text.slice(start, start + length)) as unknown);
			if (typeof value === 'object' && value !== null && JSON.stringify(value).includes(needles.key)) {
				return { start, end: start + length, value: value as Record<string, unknown> };
			}
		}
		if (start === 0) break;
	}
	return null;
}

function isWithinObject(text: string): boolean {
	const found = objectOf(text, needles.first);
	return found !== null && JSON.stringify(found.value).includes(needles.first);
}

/** What surrounds the calls of an answer: before and after all, before and after each, and between two. */
interface Surroundings {
	readonly start: string;
	readonly before: string;
	readonly after: string;
	readonly separator: string;
	readonly end: string;
}

/** Position of a mark that a cut at `length` would cut in two; `length` if there is none. */
function wholeMarks(text: string, length: number): number {
	const open = Math.max(text.lastIndexOf('<', length - 1), text.lastIndexOf('[', length - 1));
	if (open === -1 || length <= 0 || !/^(?:<|\[[A-Z_/]|\[$)/.test(text.slice(open, length + 2))) return length;
	const close = text.indexOf(text[open] === '<' ? '>' : ']', open);
	return close === -1 || close >= length ? open : length;
}

/** Divides what surrounds calls, by comparing what comes before the first, between two, and after the last. */
function divide(head: string, middle: string | null, tail: string): Surroundings {
	if (middle === null) return { start: '', before: head, after: tail, separator: '', end: '' };
	const after = middle.slice(0, wholeMarks(middle, commonStart(middle, tail)));
	const rest = middle.slice(after.length);
	let shared = commonEnd(head, rest);
	// The shared end begins with a whole mark.
	const cut = rest.slice(rest.length - shared);
	const inside = /^[^<[\s]*[>\]]/.exec(cut);
	if (inside !== null && shared < rest.length) shared -= inside[0].length;
	const before = rest.slice(rest.length - shared);
	return {
		start: head.slice(0, head.length - before.length),
		before,
		after,
		separator: rest.slice(0, rest.length - before.length),
		end: tail.slice(after.length),
	};
}

function deriveJson(single: string, double: string | null): Omit<ToolFormat, 'reasoning' | 'ignored'> | null {
	const found = objectOf(single, needles.first);
	if (found === null) return null;
	const head = single.slice(0, found.start).trimStart();
	const tail = single.slice(found.end).trimEnd();
	let middle: string | null = null;
	if (double !== null) {
		const [one, two] = [objectOf(double, needles.first), objectOf(double, needles.second)];
		if (one !== null && two !== null && one.start !== two.start) middle = double.slice(one.end, two.start);
	}
	const around = divide(head, middle, tail);
	const entries = Object.entries(found.value);
	const nameKey = entries.find(([, value]) => value === needles.first)?.[0] ?? null;
	const argumentsKey = entries.find(([, value]) => typeof value === 'object' && value !== null)?.[0] ?? 'arguments';
	const idKey = entries.find(([key, value]) => value === needles.id || /(^|_)id$/.test(key))?.[0] ?? null;
	const constants = entries.filter(([key]) => key !== nameKey && key !== argumentsKey && key !== idKey);
	const format: CallFormat = {
		shape: 'json',
		start: around.before,
		end: around.after,
		name: nameKey,
		arguments: nameKey === null ? '' : argumentsKey,
		id: idKey,
		constants: nameKey === null ? {} : Object.fromEntries(constants),
		answer: null,
	};
	return { start: around.start, end: around.end, separator: around.separator, call: format };
}

function deriveText(
	writer: CallWriter,
	body: (text: string) => Body,
	single: string,
	double: string | null,
): Omit<ToolFormat, 'reasoning' | 'ignored'> | null {
	const nameAt = single.indexOf(needles.first);
	if (nameAt === -1) return null;
	// Some write the name twice: the last one is next to the arguments.
	const keyAt = single.indexOf(needles.key);
	const lastName = single.lastIndexOf(needles.first, keyAt);
	if (lastName !== nameAt || keyAt < nameAt) return null;
	const afterName = nameAt + needles.first.length;
	const jsonAt = single.lastIndexOf('{', keyAt);
	const isJson = jsonAt > afterName - 1 && /^\{\s*"/.test(single.slice(jsonAt));
	const style = isJson ? null : taggedStyle(writer, body);
	if (!isJson && style === null) return null;
	const between = single.slice(afterName, isJson ? jsonAt : afterName + style!.opening.length);
	const argumentsEnd = isJson
		? jsonAt + (jsonEnd(single.slice(jsonAt)) ?? 0)
		: single.indexOf(needles.value) + needles.value.length + style!.style.valueEnd.length;
	const head = single.slice(0, nameAt).trimStart();
	const tail = single.slice(argumentsEnd);
	let middle: string | null = null;
	let indexed = false;
	if (double !== null) {
		const from = double.indexOf(needles.first);
		const rest = double.slice(from + (argumentsEnd - nameAt));
		const second = rest.indexOf(needles.second);
		if (second !== -1) middle = rest.slice(0, second);
		const from2 = second + needles.second.length;
		const other = middle === null ? '' : withId(rest.slice(from2, from2 + between.length));
		const own = withId(between);
		indexed = other !== own && other.replace(/\d+/, '#') === own.replace(/\d+/, '#');
	}
	const around = divide(withId(head), middle === null ? null : withId(middle), withId(tail.trimEnd()));
	const parts = [
		...split(around.before),
		'name' as const,
		...split(indexed ? between.replace(/\d+/, '\u0001') : withId(between)),
		'arguments' as const,
		...split(around.after),
	];
	return {
		start: around.start,
		end: around.end,
		separator: around.separator,
		call: { shape: 'text', parts, arguments: isJson ? { style: 'json' } : style!.style, idPrefix: null },
	};
}

/** Puts a mark in place of the id of a call. */
function withId(text: string): string {
	return text.replaceAll(needles.id, '\u0000').replaceAll(needles.otherId, '\u0000');
}

type Part = Extract<CallFormat, { shape: 'text' }>['parts'][number];

/** Splits a text at the marks of ids and indexes. */
function split(text: string): Part[] {
	return text
		.split(/(\u0000|\u0001)/)
		.filter((part) => part !== '')
		.map((part): Part => (part === '\u0000' ? 'id' : part === '\u0001' ? 'index' : { text: part }));
}

/** Compares calls with one argument, with two, and with another kind of value. */
function taggedStyle(
	writer: CallWriter,
	body: (text: string) => Body,
): { readonly style: Extract<ArgumentStyle, { style: 'tagged' }>; readonly opening: string } | null {
	const { first, key, other, value, otherValue, id } = needles;
	const write = (args: Arguments): string | null => attempt(() => body(writer.write([{ name: first, args, id }])).text);
	const two = write({ [key]: value, [other]: otherValue });
	const number = write({ [key]: value, [other]: 7_654_321 });
	if (two === null || number === null || !two.includes(otherValue)) return null;
	const head = two.slice(two.indexOf(first) + first.length, two.indexOf(key));
	const keyEnd = two.slice(two.indexOf(key) + key.length, two.indexOf(value));
	const middle = two.slice(two.indexOf(value) + value.length, two.indexOf(other));
	const tail = two.slice(two.indexOf(otherValue) + otherValue.length);
	const numberEnd = number.slice(number.indexOf(other) + other.length, number.indexOf('7654321'));
	const around = divide(head, middle, tail);
	// The line break after a value separates it from what follows.
	const valueEnd = around.after;
	return {
		style: {
			style: 'tagged',
			keyStart: around.separator + around.before,
			keyEnd: numberEnd === keyEnd || numberEnd === '' ? [keyEnd] : [keyEnd, numberEnd],
			valueEnd,
		},
		opening: around.start,
	};
}
