import { parseJsonKeeping } from '../text/json-numbers.ts';
import { integerOf } from './numbers.ts';

/** The JSON inside a Markdown fence, or the text itself. */
export function unfence(text: string): string {
	const fenced = /^\s*```[a-zA-Z0-9]*[^\S\n]*\n([\s\S]*?)\n?[^\S\n]*```\s*$/.exec(text);
	return fenced?.[1] ?? text;
}

/** A number that no float holds and that is not whole, such as 1e999. */
export class TooLargeNumber {
	// Private, so that it is no field of the JSON.
	readonly #source: string;

	constructor(source: string) {
		this.#source = source;
	}

	get source(): string {
		return this.#source;
	}
}

/**
 * Like JSON.parse, but a whole number that a float doesn't hold exactly becomes a bigint, and 1e999 a `TooLargeNumber`
 * instead of Infinity.
 */
export function parseJsonExactly(text: string): unknown {
	return parseJsonKeeping(text, exactNumber);
}

function exactNumber(value: number, source: string): unknown {
	const integer = integerOf(source);
	if (integer !== null) return integer;
	return Number.isFinite(value) ? value : new TooLargeNumber(source);
}

/** Maximum number of opening brackets tried: a text of nothing but brackets must not take long. */
const maxTries = 50;

/**
 * Finds the first JSON object or array in a text, whatever surrounds it; undefined if there is none. Reads to the
 * matching bracket, ignoring brackets in strings.
 */
export function findJson(text: string): unknown {
	let at = 0;
	for (let tries = 0; tries < maxTries; tries += 1) {
		const open = text.slice(at).search(/[{[]/);
		if (open === -1) return undefined;
		const start = at + open;
		const end = closingOf(text, start);
		if (end !== -1) {
			try {
				return parseJsonExactly(text.slice(start, end + 1));
			} catch {
				// This bracket did not begin JSON; a later one may.
			}
		}
		at = start + 1;
	}
	return undefined;
}

function closingOf(text: string, start: number): number {
	let depth = 0;
	let quoted = false;
	for (let index = start; index < text.length; index += 1) {
		const character = text[index];
		if (quoted) {
			if (character === '\\') index += 1;
			else if (character === '"') quoted = false;
		} else if (character === '"') quoted = true;
		else if (character === '{' || character === '[') depth += 1;
		else if (character === '}' || character === ']') {
			depth -= 1;
			if (depth === 0) return index;
		}
	}
	return -1;
}

/** The value at a path such as "answer" or "items.0.name"; undefined if there is none. Reads own fields only. */
export function valueAt(value: unknown, path: string): unknown {
	let current = value;
	for (const key of path.split('.')) {
		if (typeof current !== 'object' || current === null || !Object.hasOwn(current, key)) return undefined;
		current = (current as Record<string, unknown>)[key];
	}
	return current;
}

/** A value as an answer: texts as they are, anything else as JSON, with numbers as they were written. */
export function textOfValue(value: unknown): string {
	return typeof value === 'string' ? value : JSON.stringify(value, writtenNumber);
}

// Missing in TypeScript's ES2024.
const { rawJSON } = JSON as unknown as { rawJSON: (text: string) => unknown };

function writtenNumber(_key: string, value: unknown): unknown {
	if (typeof value === 'bigint') return rawJSON(String(value));
	return value instanceof TooLargeNumber ? rawJSON(value.source) : value;
}
