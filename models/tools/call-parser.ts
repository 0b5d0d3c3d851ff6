import type { Tool, ToolFormat } from '../contract/tools.ts';
import {
	isTextOnly,
	jsonOfPlain,
	list,
	readJson,
	readPair,
	readText,
	readValue,
	schemaOfArgument,
} from './argument-values.ts';
import { beginningAtEnd, CallMalformed, type Step, TextReader } from './text-reader.ts';

/** What an answer consists of, in order. Calls count from 0. */
export type AnswerPart =
	| { readonly type: 'reasoning'; readonly text: string }
	| { readonly type: 'content'; readonly text: string }
	/** `id`: null if the model writes none. */
	| { readonly type: 'call'; readonly index: number; readonly name: string; readonly id: string | null }
	/** More of the JSON of a call's arguments. */
	| { readonly type: 'arguments'; readonly index: number; readonly text: string }
	| { readonly type: 'call-end'; readonly index: number }
	/**
	 * A call that can't be read. Its text follows as content, as the model wrote it. `index`: the call, if its name was
	 * passed on already. `position`: characters from the start of the answer.
	 */
	| {
			readonly type: 'malformed';
			readonly index: number | null;
			readonly position: number;
			readonly reason: string;
	  };

export interface CallParserOptions {
	readonly format: ToolFormat;
	readonly tools: readonly Tool[];
	/** The prompt has opened the reasoning. */
	readonly insideReasoning: boolean;
}

/** Reads the calls in an answer that arrives in pieces. Never throws for what a model writes. */
export interface CallParser {
	push(text: string): AnswerPart[];
	end(): AnswerPart[];
}

export function createCallParser(options: CallParserOptions): CallParser {
	const reader = new TextReader();
	const answer = new AnswerReader(reader, options);
	const steps = answer.read();
	let done = false;
	function run(): AnswerPart[] {
		if (!done) done = steps.next().done === true;
		return answer.takeParts();
	}
	return {
		push(text) {
			reader.add(text);
			return run();
		},
		end() {
			reader.end();
			// A step may have been waiting for one character more than there is.
			const parts: AnswerPart[] = [];
			do parts.push(...run());
			while (!done);
			return parts;
		},
	};
}

/** Returns the start of a text by which it is recognised: its marks up to white space or JSON. */
export function markOf(text: string): string {
	return /^(?:\]<\]minimax\[>\[<[^>]*>|\[\/?[A-Z_]+\]|[^\s{[])*/.exec(text.trim())?.[0] ?? '';
}

/** Returns the first text of a call; '' if it begins with JSON or a name. */
function firstText({ call }: ToolFormat): string {
	if (call.shape === 'json') return call.start;
	const first = call.shape === 'text' ? call.parts[0] : undefined;
	return typeof first === 'object' ? first.text : '';
}

/** Returns what a call begins with where its outer mark is left out: models forget it. */
function innerText(format: ToolFormat): string {
	const pieces = firstText(format).trim().split(/\s+/);
	const last = pieces.at(-1) ?? '';
	return pieces.length > 1 && /^<\w/.test(last) ? last : '';
}

/** Returns the texts with which calls may begin; none if they are plain JSON. */
export function marksOf(format: ToolFormat): readonly string[] {
	const first = firstText(format);
	const marks = [format.start + first, first, innerText(format)].map(markOf);
	return [...new Set(marks)].filter((mark) => mark !== '');
}

class AnswerReader {
	readonly #reader: TextReader;
	readonly #format: ToolFormat;
	readonly #tools: ReadonlyMap<string, Tool>;
	readonly #insideReasoning: boolean;
	readonly #marks: readonly string[];
	#parts: AnswerPart[] = [];
	#calls = 0;
	/** White space that belongs to the content only if more follows. */
	#space = '';
	#hasContent = false;
	/** Whether calls are being read. */
	#holds = false;

	constructor(reader: TextReader, { format, tools, insideReasoning }: CallParserOptions) {
		this.#reader = reader;
		this.#format = format;
		this.#tools = new Map(tools.map((tool) => [tool.name, tool]));
		this.#insideReasoning = insideReasoning;
		this.#marks = marksOf(format);
	}

	takeParts(): AnswerPart[] {
		const parts = this.#parts;
		this.#parts = [];
		return parts;
	}

	*read(): Step<void> {
		switch (this.#format.call.shape) {
			case 'harmony':
				return yield* this.#harmony();
			case 'recipients':
				return yield* this.#recipients();
			case 'json':
			case 'text':
				yield* this.#reasoning();
				return yield* this.#content();
		}
	}

	#content_(text: string): void {
		let rest = this.#space + text;
		for (const mark of this.#format.ignored) rest = rest.replaceAll(mark, '');
		const end = rest.trimEnd().length;
		this.#space = rest.slice(end);
		rest = rest.slice(0, end);
		if (rest === '') return;
		this.#hasContent = true;
		this.#parts.push({ type: 'content', text: rest });
	}

	#reasoning_(text: string): void {
		if (text !== '') this.#parts.push({ type: 'reasoning', text });
	}

	/** Passes text on up to a mark and takes the mark; false if the answer ends first. */
	*#until(mark: string, pass: (text: string) => void): Step<boolean> {
		const reader = this.#reader;
		for (;;) {
			const { rest } = reader;
			const at = rest.indexOf(mark);
			if (at !== -1) {
				pass(rest.slice(0, at));
				reader.at += at + mark.length;
				return true;
			}
			const sure = reader.isComplete ? rest.length : rest.length - beginningAtEnd(rest, [mark]);
			pass(rest.slice(0, sure));
			reader.at += sure;
			// The text of a call is needed again if it can't be read.
			if (!this.#holds) reader.forget(reader.at);
			if (reader.isComplete) return false;
			yield;
		}
	}

	/** Takes the reasoning at the start, if there is any. */
	*#reasoning(): Step<void> {
		const reader = this.#reader;
		const { reasoning } = this.#format;
		if (reasoning === null) return;
		const { open, close } = reasoning;
		const from = reader.at;
		if (!this.#insideReasoning) {
			yield* reader.skipSpace();
			// Some models close a reasoning that they never opened.
			if (yield* reader.take(close.trim())) return yield* reader.skipSpace();
			if (open === '' || !(yield* reader.take(open.trim()))) {
				reader.at = from;
				return;
			}
		} else if (open !== '') yield* reader.take(open.trim());
		yield* reader.skipSpace();
		let held = '';
		yield* this.#until(close.trim(), (text) => {
			const all = held + text;
			const end = all.trimEnd().length;
			held = all.slice(end);
			this.#reasoning_(all.slice(0, end));
		});
		yield* reader.skipSpace();
	}

	*#content(): Step<void> {
		const reader = this.#reader;
		const { call } = this.#format;
		const watched = [...this.#marks, ...this.#format.ignored];
		const isJson = call.shape === 'json' && this.#marks.length === 0;
		for (;;) {
			if (isJson && !this.#hasContent) {
				yield* reader.skipSpace();
				const from = reader.at;
				// Models that write JSON with line breaks often fence it, as code.
				const isFenced = yield* reader.take('```');
				if (isFenced) {
					yield* reader.take('json');
					yield* reader.skipSpace();
				}
				const next = yield* reader.peek();
				if (next === '{' || (next === '[' && this.#format.start.includes('['))) {
					yield* this.#section(from);
					if (isFenced && !this.#hasContent) {
						yield* reader.skipSpace();
						yield* reader.take('```');
					}
					continue;
				}
				reader.at = from;
			}
			yield* reader.need(1);
			if (reader.length === 0) break;
			const { rest } = reader;
			const found = this.#marks.map((mark) => rest.indexOf(mark)).filter((at) => at !== -1);
			if (found.length > 0) {
				const at = Math.min(...found);
				this.#content_(rest.slice(0, at));
				reader.at += at;
				yield* this.#section();
				continue;
			}
			const sure = reader.isComplete ? rest.length : rest.length - beginningAtEnd(rest, watched);
			this.#content_(rest.slice(0, sure));
			reader.at += sure;
			reader.forget(reader.at);
			if (reader.isComplete) break;
			yield;
		}
		// White space at the end of a text is the model's; after calls it is not.
		if (this.#calls === 0 && this.#space !== '' && this.#hasContent)
			this.#parts.push({ type: 'content', text: this.#space });
	}

	/** Takes all calls that follow; what can't be read becomes content, from the position where they begin. */
	*#section(from = this.#reader.at): Step<void> {
		const reader = this.#reader;
		const calls = this.#calls;
		let callFrom = from;
		this.#holds = true;
		try {
			const { start, end, separator } = this.#format;
			const began = start.trim() === '' || (yield* reader.take(start));
			for (;;) {
				callFrom = this.#calls === calls ? from : reader.at;
				yield* this.#call();
				yield* reader.skipSpace();
				if (end.trim() !== '' && began && (yield* reader.take(end.trim()))) return;
				if (separator.trim() !== '' && (yield* reader.take(separator.trim()))) continue;
				if ((yield* reader.peek()) === undefined) return;
				if (!(yield* this.#beginsCall())) break;
			}
			if (end.trim() !== '' && began) {
				callFrom = reader.at;
				yield* reader.expect(end.trim(), true);
			}
		} catch (error) {
			if (!(error instanceof CallMalformed)) throw error;
			this.#fail(error, callFrom);
		} finally {
			this.#holds = false;
		}
	}

	/** Whether another call follows; takes nothing. */
	*#beginsCall(): Step<boolean> {
		const reader = this.#reader;
		const first = firstText(this.#format);
		const mark = first.trim() === '' ? '{' : markOf(first) || first.trim();
		const from = reader.at;
		const follows = yield* reader.take(mark);
		reader.at = from;
		return follows;
	}

	/** Turns the text of a call that can't be read into content. */
	#fail(error: CallMalformed, from: number): void {
		const reader = this.#reader;
		const open = this.#open;
		this.#open = null;
		// At least one character, or the same text would be read again.
		if (reader.at === from) reader.at += 1;
		const { call } = this.#format;
		// Words may begin with a brace; a call that has no mark can't be told from them before its name.
		const isWords = open === null && this.#marks.length === 0 && call.shape === 'json' && call.answer === null;
		if (!isWords) this.#parts.push({ type: 'malformed', index: open, position: error.position, reason: error.message });
		this.#content_(reader.since(from));
	}

	/** The call whose name was passed on and which isn't complete. */
	#open: number | null = null;

	/** Passes a name on. Throws CallMalformed for a tool that doesn't exist. */
	#begin(name: string, id: string | null): Tool {
		const tool = this.#tools.get(name);
		if (tool === undefined) throw this.#reader.malformed(`there is no tool ${JSON.stringify(name.slice(0, 100))}`);
		this.#open = this.#calls;
		this.#calls += 1;
		this.#space = '';
		this.#parts.push({ type: 'call', index: this.#open, name, id });
		return tool;
	}

	readonly #add = (text: string): void => {
		if (this.#open !== null && text !== '') this.#parts.push({ type: 'arguments', index: this.#open, text });
	};

	#finish(): void {
		if (this.#open === null) return;
		this.#parts.push({ type: 'call-end', index: this.#open });
		this.#open = null;
		this.#reader.forget(this.#reader.at);
	}

	*#call(): Step<void> {
		const { call } = this.#format;
		if (call.shape === 'json') yield* this.#jsonCall(call);
		else if (call.shape === 'text') yield* this.#textCall(call);
	}

	/** Takes a JSON object with a name and arguments, in any order. */
	*#jsonCall(call: Extract<ToolFormat['call'], { shape: 'json' }>): Step<void> {
		const reader = this.#reader;
		if (call.start.trim() !== '') yield* reader.expect(call.start);
		yield* reader.skipSpace();
		yield* reader.expect('{');
		let name: string | null = null;
		let id: string | null = null;
		let given: string | null = null;
		yield* reader.skipSpace();
		for (let first = true; !(yield* reader.take('}')); first = false) {
			if (!first) yield* reader.expect(',');
			yield* reader.skipSpace();
			const key = yield* readText(reader);
			yield* reader.expect(':');
			if (key === call.answer && name === null) {
				yield* this.#answer();
				yield* reader.skipSpace();
				// Cut off in the middle: the words so far are the answer.
				if ((yield* reader.peek()) === undefined) return;
				continue;
			}
			if (call.name === null) {
				this.#begin(key, null);
				yield* readJson(reader, this.#add);
				name = key;
			} else if (key === call.name) name = yield* readText(reader);
			else if (call.id !== null && key === call.id) id = yield* this.#scalar();
			else if (key === call.arguments || key === 'arguments' || key === 'parameters') {
				// An id after the arguments comes too late to be passed on with the name, so the text waits for it.
				if (name !== null && (call.id === null || id !== null) && this.#open === null) {
					this.#begin(name, id);
					yield* this.#jsonArguments(this.#add);
				} else {
					given = '';
					yield* this.#jsonArguments((text) => {
						given += text;
					});
				}
			} else {
				if (
					!Object.hasOwn(call.constants, key) &&
					name === null &&
					given === null &&
					call.answer === null &&
					!isUsual(key)
				) {
					throw reader.malformed(`“${key}” is no part of a call`);
				}
				yield* readJson(reader, () => {});
			}
			yield* reader.skipSpace();
		}
		if (call.answer !== null && name === null && given === null) return;
		if (name === null) throw reader.malformed('a call has no name');
		if (this.#open === null) {
			this.#begin(name, id);
			this.#add(given ?? '{}');
		}
		if (call.end.trim() !== '') yield* reader.expect(call.end.trimEnd(), true);
		this.#finish();
	}

	/** Takes the text of an answer in words, and passes it on as it comes. */
	*#answer(): Step<void> {
		const reader = this.#reader;
		yield* reader.skipSpace();
		yield* reader.expect('"');
		for (;;) {
			yield* reader.need(1);
			const found = /^(?:[^"\\]|\\(?:u[0-9a-fA-F]{4}|[^u]))+/.exec(reader.rest)?.[0] ?? '';
			// Half of a pair of escapes is not a character yet.
			const sure = /\\u[dD][89abAB][0-9a-fA-F]{2}$/.test(found) && !reader.isComplete ? found.slice(0, -6) : found;
			reader.at += sure.length;
			if (sure !== '') this.#content_(unescaped(sure));
			if (reader.charAt() === '"') {
				reader.at += 1;
				return;
			}
			if (reader.isComplete) return;
			yield;
		}
	}

	/** Takes arguments as an object, or as a text with an object in it. */
	*#jsonArguments(add: (text: string) => void): Step<void> {
		const reader = this.#reader;
		yield* reader.skipSpace();
		const next = yield* reader.peek();
		if (next === '{') return yield* readJson(reader, add);
		if (next === '"') {
			const inner = yield* readText(reader);
			if (!isObject(inner)) throw reader.malformed('an object of arguments was expected');
			return add(inner);
		}
		let text = '';
		yield* readJson(reader, (more) => {
			text += more;
		});
		if (text !== 'null') throw reader.malformed('an object of arguments was expected');
		add('{}');
	}

	*#scalar(): Step<string> {
		let json = '';
		yield* readJson(this.#reader, (text) => {
			json += text;
		});
		const value: unknown = JSON.parse(json);
		return typeof value === 'string' ? value : json;
	}

	*#textCall(call: Extract<ToolFormat['call'], { shape: 'text' }>): Step<void> {
		const reader = this.#reader;
		let name: string | null = null;
		let id: string | null = null;
		const last = call.parts.length - 1;
		for (const [index, part] of call.parts.entries()) {
			if (typeof part === 'object') {
				const isAfter = this.#open !== null;
				if (part.text.trim() === '') yield* reader.skipSpace();
				else if (index === 0) {
					const inner = innerText(this.#format);
					const begun = (yield* reader.take(part.text)) || (inner !== '' && (yield* reader.take(inner)));
					if (!begun) yield* reader.expect(part.text);
				}
				// The arguments take what closes them, together with what follows.
				else if (index === last) yield* reader.expect(part.text.trimEnd(), isAfter);
				else yield* reader.expect(part.text, isAfter);
				continue;
			}
			const next = call.parts[index + 1];
			const after = typeof next === 'object' ? next.text : '';
			switch (part) {
				case 'name':
					name = yield* this.#name(after);
					break;
				case 'id':
				case 'index':
					id = yield* this.#word(after);
					break;
				case 'arguments': {
					if (name === null) throw reader.malformed('a call has no name');
					const own = call.idPrefix === null ? id : `${call.idPrefix}${name}:${id ?? this.#calls}`;
					const tool = this.#begin(name, own);
					yield* this.#arguments(call.arguments, tool, after);
				}
			}
		}
		this.#finish();
	}

	/** Takes the name of a tool: the longest that is known. */
	*#name(after: string): Step<string> {
		const reader = this.#reader;
		yield* reader.skipSpace();
		const names = [...this.#tools.keys()].sort((a, b) => b.length - a.length);
		yield* reader.need((names[0]?.length ?? 0) + 1);
		for (const name of names) {
			if (!reader.rest.startsWith(name)) continue;
			const next = reader.charAt(name.length);
			if (next !== undefined && /[\w-]/.test(next) && !after.trimStart().startsWith(next)) continue;
			reader.at += name.length;
			return name;
		}
		const written = /^[\w.:-]*/.exec(reader.rest)?.[0] ?? '';
		throw reader.malformed(`there is no tool ${JSON.stringify(written.slice(0, 100))}`);
	}

	/** Takes a word up to the text that follows it. */
	*#word(after: string): Step<string> {
		const reader = this.#reader;
		let text = '';
		for (;;) {
			const next = yield* reader.peek();
			if (next === undefined || text.length > 200) throw reader.malformed('an id was expected');
			if (/[\s<[\]{}"|]/.test(next) || (after !== '' && after.trimStart()[0] === next)) return text;
			text += next;
			reader.at += 1;
		}
	}

	*#arguments(
		style: Extract<ToolFormat['call'], { shape: 'text' }>['arguments'],
		tool: Tool,
		after: string,
	): Step<void> {
		const reader = this.#reader;
		switch (style.style) {
			case 'json': {
				yield* reader.skipSpace();
				// No arguments at all.
				if (after.trim() !== '' && (yield* reader.take(after.trim()))) {
					reader.at -= after.trim().length;
					return this.#add('{}');
				}
				return yield* this.#jsonArguments(this.#add);
			}
			case 'python': {
				const pairs = yield* list(reader, ')', () => readPair(reader, { textMark: null, assign: '=' }));
				reader.at -= 1;
				return this.#add(JSON.stringify(Object.fromEntries(pairs)));
			}
			case 'gemma': {
				const value = yield* readValue(reader, { textMark: '<|"|>', assign: ':' });
				return this.#add(JSON.stringify(value));
			}
			case 'named-tags':
				return this.#add(JSON.stringify(yield* this.#namedTags(style.tag, tool.parameters ?? null, 0)));
			case 'tagged':
				return yield* this.#tagged(style, tool, after);
		}
	}

	*#tagged(
		{
			keyStart,
			keyEnd,
			valueEnd,
		}: Extract<Extract<ToolFormat['call'], { shape: 'text' }>['arguments'], { style: 'tagged' }>,
		tool: Tool,
		after: string,
	): Step<void> {
		const reader = this.#reader;
		const close = valueEnd.trim();
		for (let first = true; ; first = false) {
			yield* reader.skipSpace();
			if (!(yield* reader.take(keyStart.trimStart()))) {
				this.#add(first ? '{}' : '}');
				return;
			}
			const marks = keyEnd.map((end) => end.trim()[0] ?? '');
			const key = (yield* this.#key(marks)).trim();
			let kind = -1;
			for (const [index, end] of keyEnd.entries()) {
				// White space at the start of a value may be its own.
				if (!(yield* reader.take(end.trimEnd()))) continue;
				kind = index;
				break;
			}
			if (kind === -1) throw reader.malformed('the value of an argument was expected');
			const spaceBefore = /\s*$/.exec(keyEnd[kind]!)![0];
			yield* reader.need(spaceBefore.length);
			if (reader.rest.startsWith(spaceBefore)) reader.at += spaceBefore.length;
			const schema = schemaOfArgument(tool, key);
			this.#add(`${first ? '{' : ', '}${JSON.stringify(key)}: `);
			const isText = keyEnd.length > 1 ? kind === 0 : isTextOnly(schema);
			const spaceAfter = /^\s*/.exec(valueEnd)![0];
			if (isText) this.#add('"');
			let value = '';
			yield* this.#value(close, spaceAfter, [keyStart.trim(), after.trim()], (text) => {
				if (isText) this.#add(JSON.stringify(text).slice(1, -1));
				else value += text;
			});
			if (isText) this.#add('"');
			else this.#add(jsonOfPlain(value, schema));
		}
	}

	*#key(ends: readonly string[]): Step<string> {
		const reader = this.#reader;
		let key = '';
		for (;;) {
			const next = yield* reader.peek();
			if (next === undefined || key.length > 500) throw reader.malformed('the name of an argument was expected');
			if (ends.includes(next)) return key;
			key += next;
			reader.at += 1;
		}
	}

	/**
	 * Passes a value on up to the mark that closes it. A mark that isn't followed by another argument or the end of the
	 * call belongs to the value: code holds such marks.
	 */
	*#value(close: string, space: string, followers: readonly string[], pass: (text: string) => void): Step<void> {
		const reader = this.#reader;
		let held = '';
		const give = (text: string): void => {
			const all = held + text;
			const kept = beginningAtEnd(all, space === '' ? [] : [`${space}x`]);
			pass(all.slice(0, all.length - kept));
			held = all.slice(all.length - kept);
		};
		for (;;) {
			if (!(yield* this.#until(close, give))) throw reader.malformed(`“${close}” was expected`);
			const from = reader.at;
			yield* reader.skipSpace();
			let isEnd = (yield* reader.peek()) === undefined;
			for (const follower of followers) {
				if (isEnd || follower === '') continue;
				const before = reader.at;
				isEnd = yield* reader.take(markOf(follower) || follower);
				reader.at = before;
			}
			if (isEnd) {
				if (held !== space) pass(held);
				return;
			}
			reader.at = from;
			give(close);
		}
	}

	/** Takes values in tags that are named after them. */
	*#namedTags(tag: string, schema: Record<string, unknown> | null, depth: number): Step<Record<string, unknown>> {
		const reader = this.#reader;
		if (depth > 50) throw reader.malformed('the arguments are nested too deeply');
		const found: Record<string, unknown> = {};
		for (;;) {
			yield* reader.skipSpace();
			yield* reader.need(tag.length + 2);
			if (!reader.rest.startsWith(`${tag}<`) || reader.charAt(tag.length + 1) === '/') return found;
			reader.at += tag.length + 1;
			const key = yield* this.#key(['>']);
			reader.at += 1;
			const properties = schema?.properties as Record<string, unknown> | undefined;
			const own = (properties?.[key] ?? null) as Record<string, unknown> | null;
			yield* reader.need(tag.length + 2);
			const isNested = own !== null && !isTextOnly(own) && reader.rest.startsWith(`${tag}<`);
			const closing = `${tag}</${key}>`;
			if (isNested) {
				yield* reader.need(tag.length + 6);
				const isList = reader.rest.startsWith(`${tag}<item>`);
				const options = [own.anyOf ?? own.oneOf ?? []].flat() as (Record<string, unknown> | null)[];
				const kind = isList ? 'array' : 'object';
				const chosen = own.type === kind ? own : (options.find((option) => option?.type === kind) ?? { type: kind });
				const inner = yield* this.#namedTagItems(tag, chosen, depth + 1);
				yield* reader.expect(closing);
				found[key] = inner;
				continue;
			}
			let text = '';
			const closed = yield* this.#until(closing, (more) => {
				text += more;
			});
			if (!closed) throw reader.malformed(`“${closing}” was expected`);
			found[key] = JSON.parse(jsonOfPlain(text, own));
		}
	}

	*#namedTagItems(tag: string, schema: Record<string, unknown>, depth: number): Step<unknown> {
		if (schema.type !== 'array') return yield* this.#namedTags(tag, schema, depth);
		const reader = this.#reader;
		const items: unknown[] = [];
		const itemSchema = { properties: { item: schema.items } };
		for (;;) {
			yield* reader.need(tag.length + 6);
			if (!reader.rest.startsWith(`${tag}<item>`)) return items;
			const from = reader.at;
			const all = yield* this.#oneTag(tag, itemSchema, depth, from);
			items.push(all);
		}
	}

	*#oneTag(tag: string, schema: Record<string, unknown>, depth: number, _from: number): Step<unknown> {
		const reader = this.#reader;
		reader.at += `${tag}<item>`.length;
		const own = (schema.properties as Record<string, Record<string, unknown> | undefined>).item ?? null;
		const closing = `${tag}</item>`;
		yield* reader.need(tag.length + 2);
		if (own !== null && (own.type === 'object' || own.type === 'array') && reader.rest.startsWith(`${tag}<`)) {
			const inner = yield* this.#namedTagItems(tag, own, depth + 1);
			yield* reader.expect(closing);
			return inner;
		}
		let text = '';
		if (!(yield* this.#until(closing, (more) => (text += more)))) throw reader.malformed(`“${closing}” was expected`);
		return JSON.parse(jsonOfPlain(text, own));
	}

	/** gpt-oss: `<|channel|>analysis<|message|>…<|end|><|start|>assistant to=functions.name<|channel|>…<|message|>{…}`. */
	*#harmony(): Step<void> {
		const reader = this.#reader;
		this.#holds = true;
		for (;;) {
			yield* reader.skipSpace();
			if ((yield* reader.peek()) === undefined) return;
			const from = reader.at;
			let header = '';
			if (!(yield* this.#until('<|message|>', (text) => (header += text)))) {
				// No message at all: words as they are.
				this.#content_(header);
				return;
			}
			const recipient = /to=functions\.([\w.:-]+)/.exec(header)?.[1];
			if (recipient === undefined) {
				const isReasoning = /<\|channel\|>\s*analysis/.test(header);
				yield* this.#untilAny(['<|end|>', '<|return|>', '<|call|>', '<|start|>'], (text) =>
					isReasoning ? this.#reasoning_(text) : this.#content_(text),
				);
				continue;
			}
			try {
				this.#begin(recipient, null);
				yield* this.#jsonArguments(this.#add);
				this.#finish();
				for (const mark of ['<|call|>', '<|end|>']) yield* reader.take(mark);
			} catch (error) {
				if (!(error instanceof CallMalformed)) throw error;
				this.#fail(error, from);
			}
		}
	}

	/** Passes text on up to the first of several marks, and takes the mark. */
	*#untilAny(marks: readonly string[], pass: (text: string) => void): Step<void> {
		const reader = this.#reader;
		for (;;) {
			const { rest } = reader;
			const found = marks
				.map((mark) => ({ mark, at: rest.indexOf(mark) }))
				.filter(({ at }) => at !== -1)
				.sort((a, b) => a.at - b.at)[0];
			if (found !== undefined) {
				pass(rest.slice(0, found.at));
				reader.at += found.at + found.mark.length;
				return;
			}
			const sure = reader.isComplete ? rest.length : rest.length - beginningAtEnd(rest, marks);
			if (sure > 0) pass(rest.slice(0, sure));
			reader.at += sure;
			if (reader.isComplete) return;
			yield;
		}
	}

	/** Functionary 3.2: `all` and a text, or the name of a tool and its arguments, between `>>>`. */
	*#recipients(): Step<void> {
		const reader = this.#reader;
		this.#holds = true;
		for (;;) {
			yield* reader.take('>>>');
			const from = reader.at;
			if ((yield* reader.peek()) === undefined) return;
			let header = '';
			if (!(yield* this.#until('\n', (text) => (header += text)))) {
				this.#content_(header);
				return;
			}
			const recipient = header.trim();
			if (recipient === 'all' || !this.#tools.has(recipient)) {
				if (recipient !== 'all') this.#content_(`${header}\n`);
				yield* this.#untilAny(['>>>'], (text) => this.#content_(text));
				continue;
			}
			try {
				this.#begin(recipient, null);
				yield* this.#jsonArguments(this.#add);
				this.#finish();
				yield* reader.skipSpace();
			} catch (error) {
				if (!(error instanceof CallMalformed)) throw error;
				this.#fail(error, from);
			}
		}
	}
}

/** Keys that objects with calls have besides those of the template. */
function isUsual(key: string): boolean {
	return ['name', 'arguments', 'parameters', 'id', 'type', 'tool_call_id', 'function'].includes(key);
}

function unescaped(text: string): string {
	try {
		return JSON.parse(`"${text.replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\t', '\\t')}"`) as string;
	} catch {
		return text;
	}
}

function isObject(json: string): boolean {
	try {
		const value: unknown = JSON.parse(json);
		return typeof value === 'object' && value !== null && !Array.isArray(value);
	} catch {
		return false;
	}
}
