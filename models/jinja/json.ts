import { TemplateFault } from './fault.ts';
import { floatText } from './text-form.ts';
import { compare, Dict, describe, isList, Tuple, unmarked, type Value } from './values.ts';

export interface JsonOptions {
	readonly ensureAscii: boolean;
	/** Text of one level of indentation; null for a single line. */
	readonly indent: string | null;
	readonly separators: readonly [item: string, key: string];
	readonly sortKeys: boolean;
}

const short: Readonly<Record<string, string>> = {
	'"': '\\"',
	'\\': '\\\\',
	'\n': '\\n',
	'\r': '\\r',
	'\t': '\\t',
	'\f': '\\f',
	'\b': '\\b',
};

function quoted(text: string, ensureAscii: boolean): string {
	const escaped = text.replace(
		ensureAscii ? /["\\]|[^ -~]/g : /["\\\0-\x1f]/g,
		(unit) => short[unit] ?? `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
	);
	return `"${escaped}"`;
}

function number(value: number): string {
	if (Number.isNaN(value)) return 'NaN';
	if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity';
	return floatText(value);
}

function plain(value: Value): string | null {
	if (value === null) return 'null';
	if (typeof value === 'boolean') return value ? 'true' : 'false';
	if (typeof value === 'bigint') return value.toString();
	return typeof value === 'number' ? number(value) : null;
}

/** Python's `json.dumps`. */
export function toJson(value: Value, options: JsonOptions): string {
	const { ensureAscii, indent, separators, sortKeys } = options;
	const [between, afterKey] = separators;

	const wrap = (open: string, parts: readonly string[], close: string, depth: number): string => {
		if (parts.length === 0) return open + close;
		if (indent === null) return open + parts.join(between) + close;
		const line = `\n${indent.repeat(depth + 1)}`;
		return `${open}${line}${parts.join(between + line)}\n${indent.repeat(depth)}${close}`;
	};

	const keyText = (marked: Value): string => {
		const key = unmarked(marked);
		const name = typeof key === 'string' ? key : plain(key);
		if (name === null) throw new TemplateFault(`it writes an object as JSON whose key is ${describe(key)}`);
		return quoted(name, ensureAscii) + afterKey;
	};

	const write = (marked: Value, depth: number): string => {
		const one = unmarked(marked);
		if (typeof one === 'string') return quoted(one, ensureAscii);
		const simple = plain(one);
		if (simple !== null) return simple;
		const items = isList(one) ? one : one instanceof Tuple ? one.items : null;
		if (items !== null) {
			const parts = items.map((item) => write(item, depth + 1));
			return wrap('[', parts, ']', depth);
		}
		if (one instanceof Dict) {
			const entries = sortKeys ? one.entries().toSorted(([a], [b]) => compare(a, b)) : one.entries();
			const parts = entries.map(([key, item]) => keyText(key) + write(item, depth + 1));
			return wrap('{', parts, '}', depth);
		}
		throw new TemplateFault(`it writes ${describe(one)} as JSON, which has no such value`);
	};

	return write(value, 0);
}
