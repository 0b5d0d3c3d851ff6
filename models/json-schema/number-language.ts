import { type Automaton, AutomatonTooLarge, explore, intersection } from './automaton.ts';
import { patternAutomaton } from './pattern.ts';

export interface NumberBounds {
	readonly minimum?: number;
	readonly maximum?: number;
	readonly exclusiveMinimum?: number;
	readonly exclusiveMaximum?: number;
	readonly multipleOf?: number;
}

/** Digits before and after the decimal point. */
interface Decimal {
	readonly negative: boolean;
	readonly whole: string;
	/** Without zeros at its end. */
	readonly fraction: string;
}

/** Digits that a number under these rules may have, before and after the point. */
const mostDigits = 20;

const anyFraction = `(?:\\.[0-9]{1,${mostDigits}})?`;
const zeroFraction = `(?:\\.0{1,${mostDigits}})?`;

/** Returns a number without an exponent; null if it has too many digits for that. */
function decimalOf(value: number): Decimal | null {
	const match = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(value));
	if (match === null) return null;
	const [, sign, digits = '', after = '', exponent = '0'] = match;
	const shift = Number(exponent);
	const all = digits + after;
	const point = digits.length + shift;
	if (Math.abs(shift) > mostDigits) return null;
	const padded = point <= 0 ? '0'.repeat(1 - point) + all : all.padEnd(point, '0');
	const at = Math.max(point, 1);
	const whole = padded.slice(0, at).replace(/^0+(?=\d)/, '');
	const fraction = padded.slice(at).replace(/0+$/, '');
	if (whole.length > mostDigits || fraction.length > mostDigits) return null;
	return { negative: sign === '-', whole, fraction };
}

const range = (from: number, to: number): string | null =>
	from > to ? null : from === to ? String(from) : `[${from}-${to}]`;

const choice = (parts: readonly (string | null)[]): string | null => {
	const some = parts.filter((part) => part !== null);
	return some.length === 0 ? null : `(?:${some.join('|')})`;
};

/** Returns a pattern for whole numbers above `digits`, without leading zeros. */
function wholeAbove(digits: string): string | null {
	const { length } = digits;
	return choice([
		...[...digits].map((digit, index) => {
			const first = range(Math.max(Number(digit) + 1, index === 0 && length > 1 ? 1 : 0), 9);
			return first === null ? null : `${digits.slice(0, index)}${first}[0-9]{${length - index - 1}}`;
		}),
		length < mostDigits ? `[1-9][0-9]{${length},${mostDigits}}` : null,
	]);
}

/** Returns a pattern for whole numbers below `digits`. */
function wholeBelow(digits: string): string | null {
	const { length } = digits;
	return choice([
		...[...digits].map((digit, index) => {
			const first = range(index === 0 && length > 1 ? 1 : 0, Number(digit) - 1);
			return first === null ? null : `${digits.slice(0, index)}${first}[0-9]{${length - index - 1}}`;
		}),
		length > 2 ? `[1-9][0-9]{0,${length - 2}}` : length === 2 ? '[1-9]' : null,
		length > 1 ? '0' : null,
	]);
}

/** Returns a pattern for the rest of a number whose fraction is above, or below, the given digits. */
function fractionBeside(digits: string, isAbove: boolean, orEqual: boolean): string | null {
	const parts: (string | null)[] = [...digits].map((digit, index) => {
		const own = isAbove ? range(Number(digit) + 1, 9) : range(0, Number(digit) - 1);
		return own === null ? null : `\\.${digits.slice(0, index)}${own}[0-9]{0,${mostDigits}}`;
	});
	if (isAbove) parts.push(`\\.${digits}0*[1-9][0-9]{0,${mostDigits}}`);
	// A number that ends earlier is below.
	else
		for (let length = 0; length < digits.length; length += 1)
			parts.push(length === 0 ? '' : `\\.${digits.slice(0, length)}`);
	if (orEqual) parts.push(digits === '' ? zeroFraction : `\\.${digits}0{0,${mostDigits}}`);
	return choice(parts);
}

/** Returns a pattern for numbers without a sign, above or below a magnitude. */
function magnitude({ whole, fraction }: Decimal, isAbove: boolean, orEqual: boolean): string | null {
	const other = isAbove ? wholeAbove(whole) : wholeBelow(whole);
	const same = fractionBeside(fraction, isAbove, orEqual);
	return choice([other === null ? null : `${other}${anyFraction}`, same === null ? null : `${whole}${same}`]);
}

const unsigned = `(?:0|[1-9][0-9]{0,${mostDigits}})${anyFraction}`;

/** Returns a pattern for the numbers above, or below, a bound. */
function bounded(value: number, isAbove: boolean, orEqual: boolean): string {
	const decimal = decimalOf(value);
	if (decimal === null) throw new AutomatonTooLarge();
	const isZero = decimal.whole === '0' && decimal.fraction === '';
	const negative = decimal.negative && !isZero;
	// Above a negative bound lie the smaller magnitudes with a minus.
	const near = magnitude(decimal, isAbove !== negative, orEqual);
	const below = isZero && !orEqual ? magnitude(decimal, true, false) : unsigned;
	const parts = negative
		? [near === null ? null : `-${near}`, isAbove ? unsigned : null]
		: [near, isAbove ? null : `-${below}`, isZero && orEqual ? `-?0${zeroFraction}` : null];
	return `^${choice(parts) ?? '[]'}$`;
}

/** Returns an automaton for the multiples of a number with few decimals. */
function multiples(step: number): Automaton {
	const decimal = decimalOf(step);
	if (decimal === null || decimal.negative) throw new AutomatonTooLarge();
	const places = decimal.fraction.length;
	const modulus = Number(decimal.whole + decimal.fraction);
	if (modulus === 0 || modulus > 500 || places > 6) throw new AutomatonTooLarge();
	// A state: how far the number has come, and its digits so far modulo the step.
	const state = (phase: string, left: number): string => `${phase} ${left}`;
	return explore({
		start: state('start', 0),
		accepts(key) {
			const [phase = '', left = '0'] = key.split(' ');
			if (phase === 'start' || phase === 'sign' || phase === 'point') return false;
			const done = phase === 'whole' || phase === 'zero' ? 0 : Number(phase);
			return (Number(left) * 10 ** (places - Math.min(done, places))) % modulus === 0;
		},
		arrows(key) {
			const [phase = '', text = '0'] = key.split(' ');
			const left = Number(text);
			const digit = (value: number): number => (left * 10 + value) % modulus;
			const arrow = (code: number, target: string) => ({ from: code, to: code, target });
			const digitArrows = (from: number, target: (value: number) => string) =>
				Array.from({ length: 10 - from }, (_, index) => arrow(48 + from + index, target(from + index)));
			const whole = [arrow(48, state('zero', 0)), ...digitArrows(1, (value) => state('whole', digit(value)))];
			const point = arrow(46, state('point', left));
			switch (phase) {
				case 'start':
					return [arrow(45, state('sign', 0)), ...whole];
				case 'sign':
					return whole;
				case 'zero':
					return [point];
				case 'whole':
					return [point, ...digitArrows(0, (value) => state('whole', digit(value)))];
				case 'point':
					return places === 0 ? [arrow(48, state('0', left))] : digitArrows(0, (value) => state('1', digit(value)));
				default: {
					const done = Number(phase);
					if (done >= places) return [arrow(48, key)];
					return digitArrows(0, (value) => state(String(done + 1), digit(value)));
				}
			}
		},
	});
}

/**
 * Returns an automaton for the numbers within bounds, as JSON writes them without an exponent. Throws
 * AutomatonTooLarge for bounds with too many digits.
 */
export function numberAutomaton(bounds: readonly NumberBounds[], whole: boolean): Automaton {
	const fraction = whole ? zeroFraction : anyFraction;
	let automaton = patternAutomaton(`^-?(?:0|[1-9][0-9]{0,${mostDigits}})${fraction}$`);
	const also = (other: Automaton): void => {
		automaton = intersection(automaton, other);
	};
	for (const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } of bounds) {
		if (minimum !== undefined) also(patternAutomaton(bounded(minimum, true, true)));
		if (maximum !== undefined) also(patternAutomaton(bounded(maximum, false, true)));
		if (exclusiveMinimum !== undefined) also(patternAutomaton(bounded(exclusiveMinimum, true, false)));
		if (exclusiveMaximum !== undefined) also(patternAutomaton(bounded(exclusiveMaximum, false, false)));
		if (multipleOf !== undefined) also(multiples(multipleOf));
	}
	return automaton;
}
