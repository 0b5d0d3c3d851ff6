import type { Tool } from '../contract/tools.ts';
import type { Step, TextReader } from './text-reader.ts';

type Schema = Record<string, unknown>;

const isRecord = (value: unknown): value is Schema =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

/** Returns the schema of one argument; null if the tool doesn't say. */
export function schemaOfArgument(tool: Tool | undefined, key: string): Schema | null {
	const properties = tool?.parameters?.properties;
	const found = isRecord(properties) && Object.hasOwn(properties, key) ? properties[key] : undefined;
	return isRecord(found) ? found : null;
}

/** Returns the types that a schema allows; null if it doesn't say. */
function typesOf(schema: Schema, depth = 0): readonly string[] | null {
	if (depth > 5) return null;
	if (schema.type !== undefined) return (Array.isArray(schema.type) ? schema.type : [schema.type]).map(String);
	const typeOf = (value: unknown): string => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value);
	if ('const' in schema) return [typeOf(schema.const)];
	if (Array.isArray(schema.enum)) return [...new Set(schema.enum.map(typeOf))];
	const options = schema.anyOf ?? schema.oneOf ?? schema.allOf;
	if (!Array.isArray(options)) return null;
	const inner = options.map((option) => (isRecord(option) ? typesOf(option, depth + 1) : null));
	return inner.some((types) => types === null) ? null : [...new Set(inner.flatMap((types) => types ?? []))];
}

/** Whether an argument is a text and nothing else, so that it can be passed on while it arrives. */
export function isTextOnly(schema: Schema | null): boolean {
	const types = schema === null ? null : typesOf(schema);
	return types !== null && types.length === 1 && types[0] === 'string';
}

/** Returns the JSON of a value that was written without quotes, by what its schema allows. */
export function jsonOfPlain(text: string, schema: Schema | null): string {
	const types = schema === null ? null : typesOf(schema);
	if (types?.length === 1 && types[0] === 'string') return JSON.stringify(text);
	const trimmed = text.trim();
	const python: Readonly<Record<string, string>> = { True: 'true', False: 'false', None: 'null' };
	const json = python[trimmed] ?? trimmed;
	try {
		const value: unknown = JSON.parse(json);
		const type = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
		const isOwn = types === null || types.includes(type) || (type === 'number' && types.includes('integer'));
		// A text that looks like a number stays a text where only texts are allowed.
		return isOwn || !types.includes('string') ? json : JSON.stringify(text);
	} catch {
		return JSON.stringify(text);
	}
}

/** Deepest nesting of arguments; models that loop open brackets without end. */
const maxDepth = 100;

const control: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/**
 * Takes a JSON value and passes its text on as it comes. Line breaks within texts, which JSON forbids and models write,
 * are escaped. Throws CallMalformed.
 */
export function* readJson(reader: TextReader, onText: (text: string) => void): Step<void> {
	yield* reader.skipSpace();
	const from = reader.at;
	let depth = 0;
	let whole = '';
	let inText = false;
	const add = (text: string): void => {
		whole += text;
		onText(text);
	};
	for (;;) {
		yield* reader.need(1);
		if (reader.length === 0) throw reader.malformed('the arguments are not complete');
		const chunk = reader.rest;
		let piece = '';
		let done = false;
		for (let index = 0; index < chunk.length; index += 1) {
			const character = chunk[index]!;
			if (inText) {
				if (character === '\\') {
					if (index + 1 >= chunk.length) {
						if (reader.isComplete) throw reader.malformed('the arguments are not complete');
						break;
					}
					piece += character + chunk[index + 1]!;
					index += 1;
					reader.at += 2;
					continue;
				}
				piece += control[character] ?? character;
				reader.at += 1;
				if (character === '"') {
					inText = false;
					done = depth === 0;
					if (done) break;
				}
				continue;
			}
			if (depth === 0 && whole + piece !== '' && /[\s,}\]<]/.test(character)) {
				done = true;
				break;
			}
			if (character === '"') inText = true;
			else if (character === '{' || character === '[') depth += 1;
			else if (character === '}' || character === ']') depth -= 1;
			if (depth < 0 || depth > maxDepth) throw reader.malformed('JSON was expected');
			piece += character;
			reader.at += 1;
			if (depth === 0 && (character === '}' || character === ']')) {
				done = true;
				break;
			}
		}
		if (piece !== '') add(piece);
		if (!done && reader.isComplete && depth === 0 && !inText && whole !== '') done = true;
		if (done) break;
		if (reader.length > 0 && !reader.isComplete) yield;
		else if (reader.length === 0) yield* waitForMore(reader);
	}
	try {
		JSON.parse(whole);
	} catch {
		reader.at = Math.max(from, reader.at);
		throw reader.malformed('JSON was expected');
	}
}

function* waitForMore(reader: TextReader): Step<void> {
	if (!reader.isComplete) yield;
}

/** Takes a JSON text and returns it. Throws CallMalformed. */
export function* readText(reader: TextReader): Step<string> {
	let json = '';
	yield* readJson(reader, (text) => {
		json += text;
	});
	const value: unknown = JSON.parse(json);
	if (typeof value !== 'string') throw reader.malformed('a text was expected');
	return value;
}

/** Takes a text up to a closing quote, with Python's escapes. */
function* quoted(reader: TextReader, quote: string): Step<string> {
	let text = '';
	for (;;) {
		yield* reader.need(2);
		const next = reader.charAt();
		if (next === undefined) throw reader.malformed('a text is not closed');
		reader.at += 1;
		if (next === quote) return text;
		if (next !== '\\') {
			text += next;
			continue;
		}
		const escaped = reader.charAt();
		reader.at += 1;
		const known: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };
		text += escaped === undefined ? '' : (known[escaped] ?? (/['"\\]/.test(escaped) ? escaped : `\\${escaped}`));
	}
}

/** Takes a word: a number, or a name. */
function* word(reader: TextReader, pattern: RegExp): Step<string> {
	let text = '';
	for (;;) {
		const next = yield* reader.peek();
		if (next === undefined || !pattern.test(next)) return text;
		text += next;
		reader.at += 1;
	}
}

export interface ValueSyntax {
	/** Marks around a text, besides quotes. */
	readonly textMark: string | null;
	/** Between a name and its value. */
	readonly assign: string;
}

/** Takes a value in the manner of Python or Gemma and returns it. Throws CallMalformed. */
export function* readValue(reader: TextReader, syntax: ValueSyntax, depth = 0): Step<unknown> {
	if (depth > maxDepth) throw reader.malformed('the arguments are nested too deeply');
	yield* reader.skipSpace();
	if (syntax.textMark !== null && (yield* reader.take(syntax.textMark))) {
		let text = '';
		for (;;) {
			const end = reader.rest.indexOf(syntax.textMark);
			if (end !== -1) {
				text += reader.rest.slice(0, end);
				reader.at += end + syntax.textMark.length;
				return text;
			}
			if (reader.isComplete) throw reader.malformed('a text is not closed');
			const kept = beginning(reader.rest, syntax.textMark);
			const sure = reader.rest.length - kept;
			text += reader.rest.slice(0, sure);
			reader.at += sure;
			yield;
		}
	}
	const next = yield* reader.peek();
	if (next === '"' || next === "'") {
		reader.at += 1;
		return yield* quoted(reader, next);
	}
	if (next === '[') {
		reader.at += 1;
		return yield* list(reader, ']', function* () {
			return yield* readValue(reader, syntax, depth + 1);
		});
	}
	if (next === '{') {
		reader.at += 1;
		const pairs = yield* list(reader, '}', () => readPair(reader, { ...syntax, assign: ':' }, depth + 1));
		return Object.fromEntries(pairs);
	}
	const text = yield* word(reader, /[\w.+-]/);
	const known: Readonly<Record<string, unknown>> = {
		...{ true: true, false: false, null: null, True: true, False: false, None: null },
	};
	if (Object.hasOwn(known, text)) return known[text];
	const number = Number(text);
	if (text === '' || Number.isNaN(number)) throw reader.malformed('a value was expected');
	return number;
}

function beginning(text: string, mark: string): number {
	for (let length = Math.min(mark.length - 1, text.length); length > 0; length -= 1) {
		if (text.endsWith(mark.slice(0, length))) return length;
	}
	return 0;
}

/** Takes a name and its value. */
export function* readPair(reader: TextReader, syntax: ValueSyntax, depth = 0): Step<[string, unknown]> {
	yield* reader.skipSpace();
	const next = yield* reader.peek();
	const isQuoted = next === '"' || next === "'" || (syntax.textMark !== null && next === syntax.textMark[0]);
	const key = isQuoted ? String(yield* readValue(reader, syntax, depth)) : yield* word(reader, /[^\s=:,(){}[\]]/);
	if (key === '') throw reader.malformed('the name of an argument was expected');
	yield* reader.expect(syntax.assign);
	return [key, yield* readValue(reader, syntax, depth)];
}

/** Takes items between commas and the closing bracket. */
export function* list<Item>(reader: TextReader, close: string, item: () => Step<Item>): Step<Item[]> {
	const items: Item[] = [];
	yield* reader.skipSpace();
	if (yield* reader.take(close)) return items;
	for (;;) {
		items.push(yield* item());
		yield* reader.skipSpace();
		if (yield* reader.take(close)) return items;
		yield* reader.expect(',');
	}
}
