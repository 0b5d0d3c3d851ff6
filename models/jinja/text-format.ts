import { toIndex } from './arguments.ts';
import { TemplateFault } from './fault.ts';
import { formatFloat, formatInteger, type NumberFormat, withSign } from './number-format.ts';
import { floatText, representation, text } from './text-form.ts';
import {
	type Arguments,
	codePoints,
	Dict,
	describe,
	isNumber,
	plainNumber,
	Tuple,
	textLength,
	unmarked,
	type Value,
} from './values.ts';

/** Wider texts than this are an attack or a mistake. */
const widest = 100_000;

function checkedWidth(width: number): number {
	if (width > widest) throw new TemplateFault(`it fills a text up to ${width} characters`);
	return width;
}

/** Fills a text up to a width on one of its sides. */
export function pad(content: string, width: number, side: 'start' | 'end' | 'both', fill = ' '): string {
	const lacking = Math.max(0, checkedWidth(width) - textLength(content));
	if (side === 'start') return fill.repeat(lacking) + content;
	if (side === 'end') return content + fill.repeat(lacking);
	const left = Math.floor(lacking / 2);
	return fill.repeat(left) + content + fill.repeat(lacking - left);
}

/** Fills with zeros behind the sign. */
export function padNumber(digits: string, width: number, fill = '0'): string {
	const [, sign = '', rest = ''] = /^([+\- ]?(?:0[xXob])?)([\s\S]*)$/.exec(digits) ?? [];
	return sign + pad(rest, width - sign.length, 'start', fill);
}

const specification =
	/^(?:(?<fill>[\s\S])?(?<align>[<>=^]))?(?<sign>[-+ ])?(?<alternate>#)?(?<zero>0)?(?<width>\d+)?(?<grouping>[,_])?(?:\.(?<precision>\d+))?(?<type>[a-zA-Z%])?$/u;

function grouped(digits: string, grouping: string): string {
	return digits.replace(/^([+\- ]?)(\d+)/, (_all, sign: string, whole: string) => {
		return sign + whole.replace(/\B(?=(\d{3})+$)/g, grouping);
	});
}

/** Python's `format(value, spec)`. */
function formatted(value: Value, spec: string): string {
	if (spec === '') return text(value);
	const groups = specification.exec(spec)?.groups;
	if (groups === undefined) throw new TemplateFault(`it formats with “${spec}”, which Python does not know`);
	const { fill, align, sign = '-', alternate, zero, width = '0', grouping, precision, type = '' } = groups;
	const size = checkedWidth(Number(width));
	const digits = precision === undefined ? null : checkedWidth(Number(precision));
	const isText = typeof value === 'string';
	if (!isText && !isNumber(value)) throw new TemplateFault(`it formats ${describe(value)} with “${spec}”`);
	if (isText || (typeof value === 'boolean' && type === 's')) {
		if ((type !== '' && type !== 's') || align === '=' || groups.sign !== undefined || !isText) {
			throw new TemplateFault(`it formats ${describe(value)} with “${spec}”`);
		}
		const cut = digits === null ? value : codePoints(value).slice(0, digits).join('');
		const side = { '<': 'end', '>': 'start', '^': 'both' }[align ?? '<'] as 'start' | 'end' | 'both';
		return pad(cut, size, side, fill ?? (zero === undefined ? ' ' : '0'));
	}
	const number = plainNumber(value);
	const how: NumberFormat = { sign, alternate: alternate !== undefined, precision: digits, type };
	if (type === 'c') return pad(String.fromCodePoint(Number(number)), size, align === '>' ? 'start' : 'end', fill);
	let shown = typeof number === 'bigint' ? formatInteger(number, how) : null;
	if (shown === null && type === '') {
		shown = digits === null ? floatText(Number(number)) : formatFloat(Number(number), { ...how, type: 'g' });
		if (digits !== null && /^-?\d+$/.test(shown)) shown += '.0';
	}
	shown = withSign(shown ?? formatFloat(Number(number), how), sign);
	if (grouping !== undefined) shown = grouped(shown, grouping);
	if (align === '=' || (align === undefined && zero !== undefined)) return padNumber(shown, size, fill ?? '0');
	const side = { '<': 'end', '>': 'start', '^': 'both' }[align ?? '>'] as 'start' | 'end' | 'both';
	return pad(shown, size, side, fill ?? ' ');
}

/** How `{field.name[index]}` reads values. */
export interface FieldAccess {
	readonly attributeOf: (value: Value, name: string) => Value;
	readonly itemOf: (value: Value, index: Value) => Value;
}

/** Reads what a field of `format` names: a number or a name, then attributes and indices. */
function readField(path: string, given: Arguments, access: FieldAccess, nextPosition: () => number): Value {
	const [, first = '', rest = ''] = /^([^.[]*)([\s\S]*)$/.exec(path) ?? [];
	const position = first === '' ? nextPosition() : /^\d+$/.test(first) ? Number(first) : null;
	let value = position === null ? given.named.get(first) : given.positional[position];
	if (value === undefined) throw new TemplateFault(`it formats with “{${path}}”, for which it gives nothing`);
	for (const [, attribute, index] of rest.matchAll(/\.([^.[]+)|\[([^\]]*)\]/g)) {
		if (attribute !== undefined) value = access.attributeOf(value, attribute);
		else if (index !== undefined) value = access.itemOf(value, /^\d+$/.test(index) ? BigInt(index) : index);
	}
	return value;
}

/** Python's `str.format`. */
export function formatText(
	template: string,
	given: Arguments,
	access: FieldAccess,
	write: (value: Value) => string = text,
): string {
	let automatic = 0;
	let numbered = false;
	const nextPosition = (): number => {
		automatic += 1;
		return automatic - 1;
	};
	const broken = (): TemplateFault => new TemplateFault('it formats with braces that don’t match');

	const run = (source: string): string => {
		let result = '';
		for (let at = 0; at < source.length; ) {
			const character = source.charAt(at);
			if ((character === '{' || character === '}') && source.charAt(at + 1) === character) {
				result += character;
				at += 2;
			} else if (character === '}') {
				throw broken();
			} else if (character === '{') {
				let depth = 1;
				let end = at + 1;
				for (; end < source.length && depth > 0; end += 1) {
					if (source[end] === '{') depth += 1;
					if (source[end] === '}') depth -= 1;
				}
				if (depth > 0) throw broken();
				const field = source.slice(at + 1, end - 1);
				const [, path = '', conversion, spec = ''] = /^([^!:]*)(?:!([rsa]))?(?::([\s\S]*))?$/.exec(field) ?? [];
				if (/^\d/.test(path)) numbered = true;
				let value = readField(path, given, access, nextPosition);
				if (numbered && automatic > 0) throw new TemplateFault('it formats with numbered fields and others');
				if (conversion === 'r' || conversion === 'a') value = representation(value);
				else if (conversion === 's') value = text(value);
				const inner = spec.includes('{') ? run(spec) : spec;
				result += inner === '' ? write(value) : write(formatted(unmarked(value), inner));
				at = end;
			} else {
				result += character;
				at += 1;
			}
		}
		return result;
	};
	return run(template);
}

const conversion =
	/%(?:\((?<key>[^)]*)\))?(?<flags>[-#0 +]*)(?<width>\*|\d+)?(?:\.(?<precision>\*|\d+))?[hlL]?(?<type>[\s\S])?/gu;

function convert(value: Value, flags: string, precision: number | null, type: string): string {
	if (type === 's' || type === 'r' || type === 'a') {
		const whole = type === 's' ? text(value) : representation(value);
		return precision === null ? whole : codePoints(whole).slice(0, precision).join('');
	}
	if (type === 'c') return typeof value === 'string' ? value : String.fromCodePoint(toIndex(value));
	if (!isNumber(value)) throw new TemplateFault(`it formats ${describe(value)} as “%${type}”`);
	const number = plainNumber(value);
	const how = { sign: '', alternate: flags.includes('#'), precision, type };
	if (/[diu]/.test(type)) {
		const whole = typeof number === 'bigint' ? number : BigInt(Math.trunc(number));
		return formatInteger(whole, how) ?? '';
	}
	if (/[xXo]/.test(type)) return formatInteger(toInteger(number, type), how) ?? '';
	return formatFloat(Number(number), how);
}

function toInteger(number: bigint | number, type: string): bigint {
	if (typeof number === 'bigint') return number;
	throw new TemplateFault(`it formats a fraction as “%${type}”`);
}

/** Python's `text % values`. */
export function formatPercent(template: string, values: Value, write: (value: Value) => string = text): string {
	const positional = values instanceof Tuple ? values.items : [values];
	let used = 0;
	const take = (): Value => {
		const value = positional[used];
		if (value === undefined) throw new TemplateFault('it formats with more “%” than it gives values for');
		used += 1;
		return value;
	};
	let named = false;
	const result = template.replace(conversion, (...match) => {
		const { key, flags = '', width, precision, type } = match.at(-1) as Record<string, string | undefined>;
		if (type === undefined) throw new TemplateFault('it formats with a “%” at the end');
		if (type === '%') return '%';
		const size = width === '*' ? toIndex(take()) : Number(width ?? 0);
		const digits = precision === undefined ? null : precision === '*' ? toIndex(take()) : Number(precision);
		let value: Value;
		if (key === undefined) value = take();
		else {
			named = true;
			const found = values instanceof Dict ? values.get(key) : undefined;
			if (found === undefined) throw new TemplateFault(`it formats with “%(${key})”, for which it gives nothing`);
			value = found;
		}
		const isNumeric = !/[srac]/.test(type);
		let shown = convert(write === text || isNumber(value) ? unmarked(value) : write(value), flags, digits, type);
		if (isNumeric) shown = withSign(shown, flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '');
		if (flags.includes('-')) return pad(shown, size, 'end');
		return isNumeric && flags.includes('0') ? padNumber(shown, size) : pad(shown, size, 'start');
	});
	// Python does not miss the values of what it can index.
	const isPlain = values instanceof Tuple || values === null || typeof unmarked(values) !== 'object';
	if (!named && isPlain && used < positional.length) {
		throw new TemplateFault('it formats with fewer “%” than it gives values for');
	}
	return result;
}
