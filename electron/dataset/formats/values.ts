import type { Turn } from '../../../models/contract/generation.ts';
import { parseJson } from '../read/json.ts';
import type { RowRecord } from '../read/rows.ts';

/** Converts a value to text: text stays, null becomes '', anything else becomes JSON. */
export function asText(value: unknown): string {
	if (typeof value === 'string') return value;
	if (value === null || value === undefined) return '';
	return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Converts a value to text, but returns null for a missing one. */
export function textOrNull(value: unknown): string | null {
	return value === null || value === undefined || value === '' ? null : asText(value);
}

/** Returns a list, also from JSON in a cell. */
export function asList(value: unknown): readonly unknown[] | null {
	if (Array.isArray(value)) return value as unknown[];
	if (typeof value !== 'string' || !value.trimStart().startsWith('[')) return null;
	try {
		const parsed = parseJson(value);
		return Array.isArray(parsed) ? (parsed as unknown[]) : null;
	} catch {
		return null;
	}
}

export function asTexts(value: unknown): readonly string[] | null {
	const list = asList(value);
	return list === null || list.length === 0 ? null : list.map(asText);
}

export function asWhole(value: unknown): number | null {
	const number = typeof value === 'string' && /^\s*-?\d+\s*$/.test(value) ? Number(value) : value;
	return typeof number === 'number' && Number.isInteger(number) ? number : null;
}

/** Returns the index of a choice from its letter; null: none. */
export function letterIndex(value: unknown): number | null {
	const letter = /^\s*\(?([A-Za-z])[).:]?\s*$/.exec(asText(value))?.[1];
	return letter === undefined ? null : letter.toUpperCase().charCodeAt(0) - 65;
}

export function isObject(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Renames variables whose name is special on objects: they would not survive as a column. */
export function variableName(name: string): string {
	const short = name.slice(0, 200);
	return short === '__proto__' ? '(proto)' : short;
}

/** Turns every field into a template variable: fields of objects as `a.b`, lists as JSON. */
export function variablesOf(record: RowRecord, without: readonly string[] = []): Record<string, string> {
	const variables: [string, string][] = [];
	function add(name: string, value: unknown, depth: number): void {
		if (isObject(value) && depth < 3) {
			for (const [inner, each] of Object.entries(value)) add(`${name}.${inner}`, each, depth + 1);
		} else variables.push([variableName(name), asText(value)]);
	}
	for (const [name, value] of Object.entries(record)) if (!without.includes(name)) add(name, value, 0);
	return Object.fromEntries(variables);
}

const roles: Readonly<Record<string, Turn['role']>> = {
	system: 'system',
	developer: 'system',
	user: 'user',
	human: 'user',
	assistant: 'assistant',
	gpt: 'assistant',
	model: 'assistant',
	bot: 'assistant',
};

/**
 * Reads turns of a conversation: {role, content} or {from, value}, with text or parts of text. null: something else.
 */
export function asTurns(value: unknown): Turn[] | null {
	const list = asList(value);
	if (list === null || list.length === 0) return null;
	const turns: Turn[] = [];
	for (const each of list) {
		if (!isObject(each)) return null;
		const role = roles[asText(each.role ?? each.from).toLowerCase()];
		if (role === undefined) return null;
		turns.push({ role, content: contentText(each.content ?? each.value) });
	}
	return turns;
}

function contentText(content: unknown): string {
	if (!Array.isArray(content)) return asText(content);
	return content.map((part: unknown) => (isObject(part) ? asText(part.text) : asText(part))).join('');
}

/** Returns the right choice from its number or letter, if it is in range. */
export function choiceAt(
	choices: readonly string[],
	index: number | null,
): { target: string; targetIndex: number } | null {
	const target = index === null ? undefined : choices[index];
	return index === null || target === undefined ? null : { target, targetIndex: index };
}
