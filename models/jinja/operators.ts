import { TemplateFault } from './fault.ts';
import { escapeHtml, marked } from './markup.ts';
import { formatPercent } from './text-format.ts';
import {
	compare,
	contains,
	describe,
	isEqual,
	isList,
	isNumber,
	longestList,
	longestText,
	Markup,
	missing,
	plainNumber,
	Tuple,
	textLength,
	Undefined,
	unmarked,
	type Value,
} from './values.ts';

/** A power with more digits than this is too; Python refuses to print numbers with more than 4300. */
const mostBits = 20_000;

function impossible(operator: string, left: Value, right: Value): TemplateFault {
	const words: Readonly<Record<string, string>> = {
		'+': 'it adds',
		'-': 'it subtracts',
		'*': 'it multiplies',
		'/': 'it divides',
		'//': 'it divides',
		'%': 'it divides',
		'**': 'it raises',
	};
	return new TemplateFault(`${words[operator] ?? operator} ${describe(left)} and ${describe(right)}, which can't be`);
}

function repeat(value: Value, times: bigint): Value | undefined {
	const items =
		typeof value === 'string' ? null : isList(value) ? value : value instanceof Tuple ? value.items : undefined;
	if (items === undefined) return undefined;
	if (times >= 2n ** 63n) throw new TemplateFault(`it repeats something ${times} times`);
	const count = times < 0n ? 0n : times;
	const length = items === null ? (value as string).length : items.length;
	if (BigInt(length) * count > BigInt(items === null ? longestText : longestList))
		throw new TemplateFault(`it repeats something ${times} times`);
	if (items === null) return (value as string).repeat(Number(count));
	const repeated = Array.from({ length: Number(count) }, () => items).flat();
	return isList(value) ? repeated : new Tuple(repeated);
}

function floorDivide(a: bigint, b: bigint): bigint {
	const quotient = a / b;
	return a % b !== 0n && a < 0n !== b < 0n ? quotient - 1n : quotient;
}

function floorRemainder(a: number, b: number): number {
	const rest = a % b;
	if (rest === 0) return b < 0 ? -0 : 0;
	return rest < 0 !== b < 0 ? rest + b : rest;
}

/** Python's `//` of floats, step by step as Python computes it, so that the last digit is the same. */
function floorQuotient(a: number, b: number): number {
	const rest = a % b;
	const whole = (a - rest) / b;
	const quotient = rest !== 0 && rest < 0 !== b < 0 ? whole - 1 : whole;
	if (quotient === 0) return a / b < 0 || Object.is(a / b, -0) ? -0 : 0;
	const floor = Math.floor(quotient);
	return quotient - floor > 0.5 ? floor + 1 : floor;
}

/** Python's `/` of integers: the float nearest to the exact quotient, which two roundings could miss. */
function divide(a: bigint, b: bigint): number {
	if (Number.isSafeInteger(Number(a)) && Number.isSafeInteger(Number(b))) return Number(a) / Number(b);
	const [size, by] = [a < 0n ? -a : a, b < 0n ? -b : b];
	const shift = Math.max(0, 66 - size.toString(2).length + by.toString(2).length);
	const scaled = size << BigInt(shift);
	const nearest = Number((scaled / by) | (scaled % by === 0n ? 0n : 1n)) / 2 ** shift;
	return a < 0n === b < 0n ? nearest : -nearest;
}

function integers(operator: string, a: bigint, b: bigint): Value {
	switch (operator) {
		case '+':
			return a + b;
		case '-':
			return a - b;
		case '*':
			return a * b;
		case '//':
			return floorDivide(a, b);
		case '%':
			return a - floorDivide(a, b) * b;
		case '/':
			return divide(a, b);
		default: {
			if (b < 0n) return floats(operator, Number(a), Number(b));
			if (a === 0n || a === 1n) return b === 0n ? 1n : a;
			if (a === -1n) return b % 2n === 0n ? 1n : -1n;
			const bits = (a < 0n ? -a : a).toString(2).length;
			if (BigInt(bits) * b > BigInt(mostBits)) throw new TemplateFault(`it raises a number to the power ${b}`);
			return a ** b;
		}
	}
}

function floats(operator: string, a: number, b: number): Value {
	switch (operator) {
		case '+':
			return a + b;
		case '-':
			return a - b;
		case '*':
			return a * b;
		case '/':
			return a / b;
		case '//':
			return floorQuotient(a, b);
		case '%':
			return floorRemainder(a, b);
		default: {
			const power = a ** b;
			if (Number.isNaN(power) || (!Number.isFinite(power) && Number.isFinite(a) && Number.isFinite(b))) {
				throw new TemplateFault(`it raises ${a} to the power ${b}, which has no value`);
			}
			return power;
		}
	}
}

const isText = (value: Value): boolean => typeof value === 'string' || value instanceof Markup;

/** Python's `+ - * / // % **`. */
export function calculate(operator: string, left: Value, right: Value): Value {
	if (operator === '%' && typeof left === 'string') return formatPercent(left, right);
	if (operator === '%' && left instanceof Markup) return new Markup(formatPercent(left.text, right, escapeHtml));
	if (left instanceof Undefined) throw missing(left);
	if (right instanceof Undefined) throw missing(right);
	if (isNumber(left) && isNumber(right)) {
		const [a, b] = [plainNumber(left), plainNumber(right)];
		// biome-ignore lint/suspicious/noDoubleEquals: 0 and 0n are both zero
		if (/^(\/|\/\/|%)$/.test(operator) && b == 0) throw new TemplateFault('it divides by zero');
		if (typeof a === 'bigint' && typeof b === 'bigint') return integers(operator, a, b);
		return floats(operator, Number(a), Number(b));
	}
	if (operator === '+') {
		if (typeof left === 'string' && typeof right === 'string') return concatenate([left, right]);
		if ((isText(left) && right instanceof Markup) || (left instanceof Markup && isText(right))) {
			return new Markup(concatenate([escapeHtml(left), escapeHtml(right)]));
		}
		if (isList(left) && isList(right)) {
			if (left.length + right.length > longestList) throw new TemplateFault('it makes a list without an end');
			return [...left, ...right];
		}
		if (left instanceof Tuple && right instanceof Tuple) return new Tuple([...left.items, ...right.items]);
	}
	if (operator === '*') {
		const [times, value] = isNumber(left)
			? [plainNumber(left), right]
			: [isNumber(right) ? plainNumber(right) : null, left];
		const repeated = typeof times === 'bigint' ? repeat(unmarked(value), times) : undefined;
		if (repeated !== undefined) return value instanceof Markup ? marked(repeated) : repeated;
	}
	throw impossible(operator, left, right);
}

/** Joins texts, up to a limit of length. */
export function concatenate(texts: readonly string[]): string {
	const joined = texts.join('');
	if (joined.length > longestText) throw new TemplateFault(`it writes a text of ${textLength(joined)} characters`);
	return joined;
}

/** Python's unary minus and plus. */
export function signed(operator: '+' | '-', value: Value): Value {
	if (value instanceof Undefined) throw missing(value);
	if (!isNumber(value)) throw new TemplateFault(`it puts a sign before ${describe(value)}`);
	const number = plainNumber(value);
	return operator === '-' ? -number : number;
}

/** Python's comparisons. */
export function holds(operator: string, left: Value, right: Value): boolean {
	switch (operator) {
		case '==':
			return isEqual(left, right);
		case '!=':
			return !isEqual(left, right);
		case 'in':
			return contains(right, left);
		case 'not in':
			return !contains(right, left);
		case '<':
			return compare(left, right) < 0;
		case '<=':
			return compare(left, right) <= 0;
		case '>':
			return compare(left, right) > 0;
		default:
			return compare(left, right) >= 0;
	}
}
