import { bind, flag, toIndex, toText } from './arguments.ts';
import { TemplateFault } from './fault.ts';
import { sliceOf } from './slice.ts';
import { pad } from './text-format.ts';
import {
	type Arguments,
	codePoints,
	Dict,
	describe,
	iterate,
	longestText,
	Tuple,
	textLength,
	type Value,
} from './values.ts';
import { space, trimEnd, trimStart } from './white-space.ts';

/** Characters of two letters, whose title case is neither upper nor lower case. */
const titleCase: Readonly<Record<string, string>> = {
	...{ Ǆ: 'ǅ', ǅ: 'ǅ', ǆ: 'ǅ', Ǉ: 'ǈ', ǈ: 'ǈ', ǉ: 'ǈ', Ǌ: 'ǋ', ǋ: 'ǋ', ǌ: 'ǋ', Ǳ: 'ǲ', ǲ: 'ǲ', ǳ: 'ǲ' },
};

function toTitle(character: string): string {
	const special = titleCase[character];
	if (special !== undefined) return special;
	const [first = '', ...rest] = character.toUpperCase();
	return first + rest.join('').toLowerCase();
}

/** Python's `str.capitalize`. */
export function capitalize(value: string): string {
	const [first = '', ...rest] = value;
	return toTitle(first) + rest.join('').toLowerCase();
}

const cased = /[\p{Lu}\p{Ll}\p{Lt}]/u;

function titled(value: string): string {
	let isInWord = false;
	return Array.from(value, (character) => {
		const wasInWord = isInWord;
		isInWord = cased.test(character);
		return wasInWord ? character.toLowerCase() : toTitle(character);
	}).join('');
}

/** Python's `str.strip` and its two halves; a set of characters instead of white space if one is given. */
export function strip(value: string, characters: Value | undefined, sides: 'start' | 'end' | 'both'): string {
	if (characters === undefined || characters === null) {
		const started = sides === 'end' ? value : trimStart(value);
		return sides === 'start' ? started : trimEnd(started);
	}
	const set = new Set(codePoints(toText(characters)));
	const points = codePoints(value);
	let [start, end] = [0, points.length];
	if (sides !== 'end') while (start < end && set.has(points[start] as string)) start += 1;
	if (sides !== 'start') while (end > start && set.has(points[end - 1] as string)) end -= 1;
	return points.slice(start, end).join('');
}

const lineBreak = /\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]/g;

/** Python's `str.splitlines`. */
export function splitLines(value: string, keepEnds = false): string[] {
	const lines: string[] = [];
	let start = 0;
	for (const { 0: end, index } of value.matchAll(lineBreak)) {
		lines.push(value.slice(start, keepEnds ? index + end.length : index));
		start = index + end.length;
	}
	if (start < value.length) lines.push(value.slice(start));
	return lines;
}

const words = new RegExp(`[^${space}]+`, 'g');

function splitSpace(value: string, limit: number): string[] {
	const parts: string[] = [];
	for (const { 0: word, index } of value.matchAll(words)) {
		if (parts.length === limit) return [...parts, value.slice(index)];
		parts.push(word);
	}
	return parts;
}

function splitSpaceFromEnd(value: string, limit: number): string[] {
	const found = [...value.matchAll(words)];
	if (found.length <= limit) return found.map(([word]) => word);
	const last = limit === 0 ? [] : found.slice(-limit);
	const cut = last[0]?.index ?? value.length;
	return [trimEnd(value.slice(0, cut)), ...last.map(([word]) => word)].filter((part, at) => at > 0 || part !== '');
}

function split(value: string, separator: Value | undefined, most: Value | undefined, fromEnd: boolean): string[] {
	const count = most === undefined ? -1 : toIndex(most);
	const limit = count < 0 ? Number.POSITIVE_INFINITY : count;
	if (separator === undefined || separator === null) {
		return fromEnd && limit !== Number.POSITIVE_INFINITY ? splitSpaceFromEnd(value, limit) : splitSpace(value, limit);
	}
	const by = toText(separator);
	if (by === '') throw new TemplateFault('it splits a text at nothing');
	const parts = value.split(by);
	if (parts.length - 1 <= limit) return parts;
	if (fromEnd) return [parts.slice(0, parts.length - limit).join(by), ...parts.slice(parts.length - limit)];
	return [...parts.slice(0, limit), parts.slice(limit).join(by)];
}

/** Python's `str.replace`. */
export function replaceText(value: string, old: string, by: string, most: number): string {
	// Counted only where the result could be too long.
	if (value.length * by.length > longestText) {
		const found = old === '' ? value.length + 1 : value.split(old).length - 1;
		if (found * by.length > longestText) throw new TemplateFault('it replaces text without an end');
	}
	if (most < 0) return old === '' ? ['', ...codePoints(value), ''].join(by) : value.replaceAll(old, () => by);
	if (old === '') {
		const points = codePoints(value);
		const times = Math.min(most, points.length + 1);
		return Array.from(
			{ length: points.length + 1 },
			(_none, index) => (index < times ? by : '') + (points[index] ?? ''),
		).join('');
	}
	const parts = value.split(old);
	const head = parts.slice(0, most + 1).join(by);
	return parts.length > most + 1 ? [head, ...parts.slice(most + 1)].join(old) : head;
}

/** The part between two bounds, as `find`, `count` and `startswith` take them. */
function part(value: string, start: Value | undefined, stop: Value | undefined): string {
	if (start === undefined && stop === undefined) return value;
	return sliceOf(codePoints(value), { start: start ?? null, stop: stop ?? null, step: null }).join('');
}

function find(value: string, given: readonly (Value | undefined)[], fromEnd: boolean): number {
	const [sought, start, stop] = given;
	const within = part(value, start, stop);
	const wanted = toText(sought as Value);
	const length = textLength(value);
	const from = start === undefined || start === null ? 0 : toIndex(start);
	if (from > length) return -1;
	const at = fromEnd ? within.lastIndexOf(wanted) : within.indexOf(wanted);
	if (at === -1) return -1;
	return textLength(within.slice(0, at)) + (from < 0 ? Math.max(0, from + length) : from);
}

function matches(
	value: string,
	given: readonly (Value | undefined)[],
	test: (text: string, affix: string) => boolean,
): boolean {
	const [affix, start, stop] = given as [Value, Value | undefined, Value | undefined];
	const within = part(value, start, stop);
	if (affix instanceof Tuple) return affix.items.some((one) => test(within, toText(one)));
	return test(within, toText(affix));
}

function count(value: string, given: readonly (Value | undefined)[]): number {
	const [sought, start, stop] = given;
	const within = part(value, start, stop);
	const wanted = toText(sought as Value);
	return wanted === '' ? textLength(within) + 1 : within.split(wanted).length - 1;
}

function partition(value: string, separator: string, fromEnd: boolean): Tuple {
	if (separator === '') throw new TemplateFault('it splits a text at nothing');
	const at = fromEnd ? value.lastIndexOf(separator) : value.indexOf(separator);
	if (at === -1) return new Tuple(fromEnd ? ['', '', value] : [value, '', '']);
	return new Tuple([value.slice(0, at), separator, value.slice(at + separator.length)]);
}

const every = (value: string, pattern: RegExp): boolean =>
	value !== '' && Array.from(value).every((one) => pattern.test(one));

const lower = /\p{Lowercase}/u;
const upper = /\p{Uppercase}/u;
const notLower = /[\p{Uppercase}\p{Lt}]/u;
const notUpper = /[\p{Lowercase}\p{Lt}]/u;

/** Python's `str.islower`: there are letters with a case, and all are lower case. */
export function isLower(value: string): boolean {
	return lower.test(value) && !notLower.test(value);
}

/** Python's `str.isupper`. */
export function isUpper(value: string): boolean {
	return upper.test(value) && !notUpper.test(value);
}

function isTitled(value: string): boolean {
	return cased.test(value) && titled(value) === value;
}

/** The dotless i has no upper case of its own. */
function foldCase(value: string): string {
	return Array.from(value, (one) => (one === 'ı' ? one : one.toUpperCase().toLowerCase())).join('');
}

function zeroFilled(value: string, width: number): string {
	const sign = /^[+-]/.test(value) ? value.charAt(0) : '';
	return sign + pad(value.slice(sign.length), width - sign.length, 'start', '0');
}

function swapCase(value: string): string {
	return Array.from(value, (one) =>
		upper.test(one) ? one.toLowerCase() : lower.test(one) ? one.toUpperCase() : one,
	).join('');
}

function translate(value: string, table: Value): string {
	if (!(table instanceof Dict)) throw new TemplateFault('it translates a text without a table');
	return Array.from(value, (one) => {
		const found = table.get(BigInt(one.codePointAt(0) ?? 0));
		if (found === undefined) return one;
		if (found === null) return '';
		return typeof found === 'string' ? found : String.fromCodePoint(toIndex(found));
	}).join('');
}

function expandTabs(value: string, size: number): string {
	let column = 0;
	return Array.from(value, (one) => {
		if (one === '\t') {
			const width = size > 0 ? size - (column % size) : 0;
			column += width;
			return ' '.repeat(width);
		}
		column = one === '\n' || one === '\r' ? 0 : column + 1;
		return one;
	}).join('');
}

function joinTexts(separator: string, items: Value): string {
	return Array.from(iterate(items), (item) => {
		if (typeof item !== 'string') throw new TemplateFault(`it joins texts and ${describe(item)}`);
		return item;
	}).join(separator);
}

type Method = (value: string, given: readonly (Value | undefined)[]) => Value;

const fillOf = (fill: Value | undefined): string => {
	const character = fill === undefined ? ' ' : toText(fill);
	if (textLength(character) !== 1) throw new TemplateFault('it fills a text with more than one character');
	return character;
};

const integer = (value: number): bigint => BigInt(value);

/** Python's methods of texts, without `format` and those that return bytes: parameters and what they do. */
const methods: Readonly<Record<string, readonly [parameters: string, run: Method]>> = {
	capitalize: ['', (value) => capitalize(value)],
	casefold: ['', (value) => foldCase(value)],
	center: ['width! fill /', (value, [width, fill]) => centered(value, toIndex(width as Value), fillOf(fill))],
	count: ['sub! start end /', (value, given) => integer(count(value, given))],
	endswith: ['suffix! start end /', (value, given) => matches(value, given, (text, affix) => text.endsWith(affix))],
	expandtabs: ['tabsize', (value, [size]) => expandTabs(value, size === undefined ? 8 : toIndex(size))],
	find: ['sub! start end /', (value, given) => integer(find(value, given, false))],
	index: ['sub! start end /', (value, given) => found(find(value, given, false))],
	isalnum: ['', (value) => every(value, /[\p{L}\p{N}]/u)],
	isalpha: ['', (value) => every(value, /\p{L}/u)],
	isascii: ['', (value) => !/[^\0-\x7f]/.test(value)],
	isdecimal: ['', (value) => every(value, /\p{Nd}/u)],
	isdigit: ['', (value) => every(value, /[\p{Nd}²³¹⁰⁴-⁹₀-₉]/u)],
	isidentifier: ['', (value) => /^[\p{L}\p{Nl}_][\p{L}\p{M}\p{N}\p{Pc}]*$/u.test(value)],
	islower: ['', (value) => isLower(value)],
	isnumeric: ['', (value) => every(value, /\p{N}/u)],
	isprintable: ['', (value) => !/[\p{C}\p{Z}]/u.test(value.replaceAll(' ', ''))],
	isspace: ['', (value) => value !== '' && trimStart(value) === ''],
	istitle: ['', (value) => isTitled(value)],
	isupper: ['', (value) => isUpper(value)],
	join: ['iterable! /', (value, [items]) => joinTexts(value, items as Value)],
	ljust: ['width! fill /', (value, [width, fill]) => pad(value, toIndex(width as Value), 'end', fillOf(fill))],
	lower: ['', (value) => value.toLowerCase()],
	lstrip: ['chars /', (value, [characters]) => strip(value, characters, 'start')],
	partition: ['sep! /', (value, [separator]) => partition(value, toText(separator as Value), false)],
	removeprefix: [
		'prefix! /',
		(value, [prefix]) =>
			value.startsWith(toText(prefix as Value)) ? value.slice(toText(prefix as Value).length) : value,
	],
	removesuffix: [
		'suffix! /',
		(value, [suffix]) => {
			const end = toText(suffix as Value);
			return end !== '' && value.endsWith(end) ? value.slice(0, -end.length) : value;
		},
	],
	replace: [
		'old! new! count /',
		(value, [old, by, most]) =>
			replaceText(value, toText(old as Value), toText(by as Value), most === undefined ? -1 : toIndex(most)),
	],
	rfind: ['sub! start end /', (value, given) => integer(find(value, given, true))],
	rindex: ['sub! start end /', (value, given) => found(find(value, given, true))],
	rjust: ['width! fill /', (value, [width, fill]) => pad(value, toIndex(width as Value), 'start', fillOf(fill))],
	rpartition: ['sep! /', (value, [separator]) => partition(value, toText(separator as Value), true)],
	rsplit: ['sep maxsplit', (value, [separator, most]) => split(value, separator, most, true)],
	rstrip: ['chars /', (value, [characters]) => strip(value, characters, 'end')],
	split: ['sep maxsplit', (value, [separator, most]) => split(value, separator, most, false)],
	splitlines: ['keepends', (value, [keep]) => splitLines(value, flag(keep))],
	startswith: ['prefix! start end /', (value, given) => matches(value, given, (text, affix) => text.startsWith(affix))],
	strip: ['chars /', (value, [characters]) => strip(value, characters, 'both')],
	swapcase: ['', (value) => swapCase(value)],
	title: ['', (value) => titled(value)],
	translate: ['table! /', (value, [table]) => translate(value, table as Value)],
	upper: ['', (value) => value.toUpperCase()],
	zfill: ['width! /', (value, [width]) => zeroFilled(value, toIndex(width as Value))],
};

/** Python centres with the odd space on the left if the width is odd. */
export function centered(value: string, width: number, fill = ' '): string {
	const lacking = width - textLength(value);
	if (lacking <= 0) return value;
	const left = Math.floor(lacking / 2) + (lacking & width & 1);
	return pad(fill.repeat(left) + value, width, 'end', fill);
}

function found(index: number): bigint {
	if (index === -1) throw new TemplateFault('it looks for a text that is not there');
	return BigInt(index);
}

/** Returns a method of a text by its name; undefined if Python has no such one. */
export function stringMethod(value: string, name: string): ((given: Arguments) => Value) | undefined {
	const method = Object.hasOwn(methods, name) ? methods[name] : undefined;
	if (method === undefined) return undefined;
	const [parameters, run] = method;
	return (given) => run(value, bind(name, parameters, given));
}
