import { bind, flag, toIndex, toText } from './arguments.ts';
import { TemplateFault } from './fault.ts';
import { type JsonOptions, toJson } from './json.ts';
import { escapeHtml, marked } from './markup.ts';
import { toFixedEven } from './number-format.ts';
import { calculate } from './operators.ts';
import { type Callbacks, type Filter, plain, sequenceFilters } from './sequence-filters.ts';
import { capitalize, centered, replaceText, splitLines, strip } from './string-methods.ts';
import { test } from './tests.ts';
import { representation, text } from './text-form.ts';
import { formatPercent } from './text-format.ts';
import {
	type Arguments,
	codePoints,
	compare,
	Dict,
	describe,
	isList,
	isNumber,
	isTrue,
	itemsOf,
	iterate,
	lengthOf,
	Markup,
	missing,
	plainNumber,
	Tuple,
	textLength,
	typeName,
	Undefined,
	type Value,
} from './values.ts';
import { space } from './white-space.ts';

const noArguments: Arguments = { positional: [], named: new Map() };

function length(value: Value, given: Arguments): Value {
	bind('length', '', given);
	const count = lengthOf(value);
	if (count === null) throw new TemplateFault(`it takes the length of ${describe(value)}, which has none`);
	return BigInt(count);
}

function numberOf(value: Value, what: string): bigint | number {
	if (value instanceof Undefined) throw missing(value);
	if (!isNumber(value)) throw new TemplateFault(`it ${what} ${describe(value)}`);
	return plainNumber(value);
}

function abs(value: Value): Value {
	const number = numberOf(value, 'takes the size of');
	if (typeof number === 'number') return Math.abs(number);
	return number < 0n ? -number : number;
}

const floatPattern = /^[+-]?(?:(?:\d+(?:_\d+)*)?\.?(?:\d+(?:_\d+)*)?(?:e[+-]?\d+)?|inf(?:inity)?|nan)$/i;

/** Writes the digits of all scripts as ASCII ones. Their blocks of ten follow one another without a gap. */
function toAsciiDigits(value: string): string {
	return value.replace(/[^\0-\x7f]/gu, (character) => {
		const code = character.codePointAt(0) ?? 0;
		let zero = code;
		while (/\p{Nd}/u.test(String.fromCodePoint(zero))) zero -= 1;
		return zero === code ? character : String((code - zero - 1) % 10);
	});
}

/** Python's `float(text)`; null where it fails. */
function floatOf(value: string): number | null {
	const bare = toAsciiDigits(strip(value, undefined, 'both')).toLowerCase();
	if (!floatPattern.test(bare) || !/[\dn]/.test(bare) || /^[+-]?e/.test(bare)) return null;
	if (bare.includes('nan')) return Number.NaN;
	if (bare.includes('inf')) return bare.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
	return Number(bare.replaceAll('_', ''));
}

/** Python's `int(text, base)`; null where it fails. */
function parseInteger(value: string, base: number): bigint | null {
	const [, sign = '', prefix = '', digits = ''] =
		/^([+-]?)(0[xob](?=_?[\da-z]))?([\da-z]+(?:_[\da-z]+)*|_[\da-z_]+)$/.exec(
			toAsciiDigits(strip(value, undefined, 'both')).toLowerCase(),
		) ?? [];
	const prefixes: Readonly<Record<string, number>> = { '0x': 16, '0o': 8, '0b': 2 };
	const own = prefixes[prefix];
	if (digits === '' || (prefix !== '' && base !== 0 && base !== own)) {
		// In base 16 and above, `0b1` is a number without a prefix.
		return prefix !== '' && base > 11 ? parseInteger(`${sign}${prefix.slice(1)}${digits}`, base) : null;
	}
	const radix = base === 0 ? (own ?? 10) : base;
	let number = 0n;
	for (const digit of digits.replaceAll('_', '')) {
		const amount = Number.parseInt(digit, 36);
		if (amount >= radix) return null;
		number = number * BigInt(radix) + BigInt(amount);
	}
	return sign === '-' ? -number : number;
}

function truncated(value: number): bigint | null {
	return Number.isFinite(value) ? BigInt(Math.trunc(value)) : null;
}

function int(value: Value, given: Arguments): Value {
	const [otherwise = 0n, base = 10n] = bind('int', 'default base', given);
	if (value instanceof Undefined) throw missing(value);
	if (typeof value === 'string') {
		const whole = parseInteger(value, toIndex(base));
		if (whole !== null) return whole;
		const fraction = floatOf(value);
		return (fraction === null ? null : truncated(fraction)) ?? otherwise;
	}
	if (!isNumber(value)) return otherwise;
	const number = plainNumber(value);
	return typeof number === 'bigint' ? number : (truncated(number) ?? otherwise);
}

function float(value: Value, given: Arguments): Value {
	const [otherwise = 0] = bind('float', 'default', given);
	if (value instanceof Undefined) throw missing(value);
	if (typeof value === 'string') return floatOf(value) ?? otherwise;
	return isNumber(value) ? Number(value) : otherwise;
}

function round(value: Value, given: Arguments): Value {
	const [precision, method = 'common'] = bind('round', 'precision method', given);
	const number = numberOf(value, 'rounds');
	const decimals = precision === undefined ? 0 : toIndex(precision);
	if (method === 'common') {
		if (typeof number === 'bigint' && decimals >= 0) return number;
		if (decimals < 0) {
			const unit = 10n ** BigInt(Math.min(-decimals, 400));
			const scaled = BigInt(toFixedEven(Number(number) / Number(unit), 0)) * unit;
			return typeof number === 'bigint' ? scaled : Number(scaled);
		}
		return Number.isFinite(number) ? Number(toFixedEven(number as number, decimals)) : number;
	}
	if (method !== 'ceil' && method !== 'floor') throw new TemplateFault('it rounds in a way that Jinja does not know');
	const factor = 10 ** decimals;
	const scaled = Number(number) * factor;
	// Python's ceil and floor are integers, which have no -0.
	return ((method === 'ceil' ? Math.ceil(scaled) : Math.floor(scaled)) + 0) / factor;
}

function toJsonFilter(value: Value, given: Arguments): Value {
	const [ensureAscii, indent = null, separators = null, sortKeys] = bind(
		'tojson',
		'ensure_ascii indent separators sort_keys',
		given,
	);
	const level = indent === null || typeof indent === 'string' ? indent : ' '.repeat(Math.max(0, toIndex(indent)));
	let between: JsonOptions['separators'] = [level === null ? ', ' : ',', ': '];
	if (separators !== null) {
		const parts = [...iterate(separators)];
		if (parts.length !== 2) throw new TemplateFault('it writes JSON with separators that are not two texts');
		between = [toText(parts[0] as Value), toText(parts[1] as Value)];
	}
	return toJson(value, {
		ensureAscii: flag(ensureAscii),
		indent: level,
		separators: between,
		sortKeys: flag(sortKeys),
	});
}

function indentText(value: Value, given: Arguments): Value {
	const [width = 4n, first, blank] = bind('indent', 'width first blank', given);
	const indent = typeof width === 'string' ? width : ' '.repeat(Math.max(0, toIndex(width)));
	const lines = splitLines(`${toText(value)}\n`);
	const indentsBlank = flag(blank);
	const shifted = lines.map((line, index) => (index > 0 && (indentsBlank || line !== '') ? indent + line : line));
	return (flag(first) ? indent : '') + shifted.join('\n');
}

const wordStart = new RegExp(`([-${space}({[<]+)`);

function title(value: Value): Value {
	return text(value)
		.split(wordStart)
		.map((part) => {
			const [first = '', ...rest] = part;
			return first.toUpperCase() + rest.join('').toLowerCase();
		})
		.join('');
}

function truncate(value: Value, given: Arguments): Value {
	const [limit, killWords, end = '...', leeway] = bind('truncate', 'length killwords end leeway', given);
	const most = limit === undefined ? 255 : toIndex(limit);
	const tail = toText(end);
	const slack = leeway === undefined || leeway === null ? 5 : toIndex(leeway);
	const kept = most - textLength(tail);
	if (kept < 0 || slack < 0) throw new TemplateFault('it shortens a text to less than its ending');
	if (Number(length(value, noArguments)) <= most + slack) return value;
	const points = codePoints(toText(value));
	const cut = points.slice(0, kept).join('');
	if (flag(killWords)) return cut + tail;
	const space = cut.lastIndexOf(' ');
	return (space === -1 ? cut : cut.slice(0, space)) + tail;
}

function stripTags(value: Value): Value {
	const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0' };
	return text(value)
		.replace(/<!--[\s\S]*?-->/g, '')
		.replace(/<[\s\S]*?>/g, '')
		.split(new RegExp(`[${space}]+`))
		.filter((word) => word !== '')
		.join(' ')
		.replace(/&(?:#x([\da-f]+)|#(\d+)|(\w+));/gi, (whole, hex, decimal, name) => {
			if (name !== undefined) return named[name] ?? whole;
			return String.fromCodePoint(Number.parseInt(hex ?? decimal, hex === undefined ? 10 : 16));
		});
}

function quoteUrl(value: Value, isQuery: boolean): string {
	const quoted = encodeURIComponent(text(value)).replace(
		/[!'()*]/g,
		(character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
	);
	return isQuery ? quoted.replaceAll('%20', '+') : quoted.replaceAll('%2F', '/');
}

function encodeUrl(value: Value): Value {
	const items = value instanceof Dict ? value.entries().map((entry) => new Tuple(entry)) : itemsOf(value);
	if (typeof value === 'string' || items === null) return quoteUrl(value, false);
	return Array.from(items, (item) => {
		const [key, one, ...more] = [...iterate(item)];
		if (key === undefined || one === undefined || more.length > 0)
			throw new TemplateFault('it writes an address from no pairs');
		return `${quoteUrl(key, true)}=${quoteUrl(one, true)}`;
	}).join('&');
}

function fileSize(value: Value, given: Arguments): Value {
	const [binary] = bind('filesizeformat', 'binary', given);
	const isBinary = flag(binary);
	const bytes = typeof value === 'string' ? floatOf(value) : Number(numberOf(value, 'formats'));
	if (bytes === null) throw new TemplateFault('it formats a text as a size');
	if (bytes === 1) return '1 Byte';
	const base = isBinary ? 1024 : 1000;
	if (bytes < base) return `${Math.trunc(bytes)} Bytes`;
	const units = Array.from('KMGTPEZY', (letter) => (isBinary ? `${letter}iB` : `${letter === 'K' ? 'k' : letter}B`));
	let unit = base * base;
	for (const name of units.slice(0, -1)) {
		if (bytes < unit) return `${toFixedEven((base * bytes) / unit, 1)} ${name}`;
		unit *= base;
	}
	return `${toFixedEven((base * bytes) / unit, 1)} ${units.at(-1)}`;
}

function xmlAttributes(value: Value, given: Arguments): Value {
	const [spaced = true] = bind('xmlattr', 'autospace', given);
	if (!(value instanceof Dict)) throw new TemplateFault(`it writes ${describe(value)} as attributes`);
	const written = value.entries().flatMap(([key, one]) => {
		if (one === null || one instanceof Undefined) return [];
		if (new RegExp(`[${space}/>=]`).test(toText(key)))
			throw new TemplateFault('it writes an attribute with a broken name');
		return [`${escapeHtml(key)}="${escapeHtml(one)}"`];
	});
	return (isTrue(spaced) && written.length > 0 ? ' ' : '') + written.join(' ');
}

/** Orders keys of one type by value, and types by name. */
function compareKeys(a: Value, b: Value): number {
	if (typeName(a) === typeName(b) && a !== null) return compare(a, b);
	return typeName(a) < typeName(b) ? -1 : 1;
}

/** Python wraps what does not fit into 80 characters; only shorter values are supported. */
function prettyPrint(value: Value): Value {
	const sortKeys = (one: Value): Value => {
		if (isList(one)) return one.map(sortKeys);
		if (!(one instanceof Dict)) return one;
		const entries = one.entries().toSorted(([a], [b]) => compareKeys(a, b));
		return new Dict(entries.map(([key, inner]) => [key, sortKeys(inner)] as const));
	};
	const shown = representation(sortKeys(value));
	if (shown.length > 80) throw new TemplateFault('it prints a long value with “pprint”, which Assay does not lay out');
	return shown;
}

const useDefault: Filter = (value, given) => {
	const [otherwise = '', boolean] = bind('default', 'default_value boolean', given);
	return value instanceof Undefined || (flag(boolean) && !isTrue(value)) ? otherwise : value;
};

const escapeFilter = plain('escape', (value) => new Markup(escapeHtml(value)));

/** Jinja's filters, without those that need chance or a browser: `random`, `urlize`, `wordwrap`. */
const filters: Readonly<Record<string, Filter>> = {
	...sequenceFilters,
	abs: plain('abs', abs),
	capitalize: plain('capitalize', (value) => capitalize(text(value))),
	center: (value, given) => {
		const [width = 80n] = bind('center', 'width', given);
		return centered(text(value), toIndex(width));
	},
	count: length,
	d: useDefault,
	default: useDefault,
	e: escapeFilter,
	escape: escapeFilter,
	filesizeformat: fileSize,
	float,
	forceescape: plain('forceescape', (value) => new Markup(escapeHtml(text(value)))),
	format: (value, { positional, named }) => {
		if (positional.length > 0 && named.size > 0) throw new TemplateFault('it formats with values and names at once');
		const values = named.size > 0 ? new Dict(named) : new Tuple(positional);
		return value instanceof Markup ? calculate('%', value, values) : formatPercent(text(value), values);
	},
	indent: indentText,
	int,
	length,
	lower: plain('lower', (value) => text(value).toLowerCase()),
	pprint: plain('pprint', prettyPrint),
	replace: (value, given) => {
		const [old, by, most] = bind('replace', 'old! new! count', given);
		const count = most === undefined || most === null ? -1 : toIndex(most);
		return replaceText(text(value), text(old as Value), text(by as Value), count);
	},
	round,
	safe: plain('safe', (value) => new Markup(text(value))),
	string: plain('string', text),
	striptags: plain('striptags', stripTags),
	title: plain('title', title),
	tojson: toJsonFilter,
	trim: (value, given) => {
		const [characters] = bind('trim', 'chars', given);
		return strip(text(value), characters, 'both');
	},
	truncate,
	upper: plain('upper', (value) => text(value).toUpperCase()),
	urlencode: plain('urlencode', encodeUrl),
	wordcount: plain('wordcount', (value) => BigInt(text(value).match(/[\p{L}\p{N}_]+/gu)?.length ?? 0)),
	xmlattr: xmlAttributes,
};

/** Filters that keep the mark of `safe`, and those that look at it; the others take its text. */
const keepMark = new Set(['capitalize', 'center', 'indent', 'lower', 'reverse', 'string', 'trim', 'truncate', 'upper']);
const readMark = new Set(['d', 'default', 'e', 'escape', 'format', 'forceescape']);

const hasFilter = (name: string): boolean => Object.hasOwn(filters, name);

const callbacks: Callbacks = { filter: applyFilter, test: applyTest };

/** Runs one of Jinja's filters. */
export function applyFilter(name: string, value: Value, given: Arguments): Value {
	const filter = hasFilter(name) ? filters[name] : undefined;
	if (filter === undefined) throw new TemplateFault(`it uses the filter “${name}”, which Assay does not have`);
	if (!(value instanceof Markup) || readMark.has(name)) return filter(value, given, callbacks);
	const result = filter(value.text, given, callbacks);
	return keepMark.has(name) ? marked(result) : result;
}

/** Runs one of Jinja's tests. */
export function applyTest(name: string, value: Value, given: Arguments): boolean {
	return test(name, value, given, { hasFilter });
}
