/** A number found in a text. */
export interface FoundNumber {
	/** "50 %" is 50 here. Infinite if no float holds the number. */
	readonly value: number;
	/** The exact value of a whole number, even if no float holds it; null: it has a fraction or a large exponent. */
	readonly integer: bigint | null;
	/** As written. */
	readonly text: string;
	readonly percent: boolean;
}

/**
 * Sign, currency, sign again, digits with thousands separators (comma, apostrophe, no-break or thin space; an ordinary
 * space separates numbers), a decimal point, exponent, per cent. Not directly after a letter: the 4 of "GPT4" does not
 * count.
 */
const pattern =
	/(?<![\p{L}\p{N}_])([-\u2212+])?([$€£¥]\s?)?([-\u2212])?((?:\d{1,3}(?:[,'\u00a0\u202f\u2009]\d{3})+(?!\d)|\d+)(?:\.\d+)?|\.\d+)([eE][-+]?\d+)?(\s?%)?/gu;

/** After one of these a dash joins or subtracts: "16-3" and "16 -3" are 16 and 3, "to -3" is not. */
const operandEnd = /[\p{L}\p{N})\]%]$|[\p{N})\]%]\s$/u;

/** The first number in a text; null: there is none. */
export function firstNumber(text: string): FoundNumber | null {
	for (const match of text.matchAll(pattern)) return numberOf(match, text);
	return null;
}

/** A long output ends with its answer, so this much of its end is searched first, characters. */
const tailLength = 4_000;

/** The last number in a text; null: there is none. */
export function lastNumber(text: string): FoundNumber | null {
	for (let length = tailLength; length < text.length; length *= 8) {
		const tail = text.slice(-length);
		const match = lastMatch(pattern, tail);
		// A match at the start of the tail may be the end of a longer number.
		if (match !== null && match.index! > tailLength / 2) return numberOf(match, tail);
	}
	const match = lastMatch(pattern, text);
	return match === null ? null : numberOf(match, text);
}

function lastMatch(expression: RegExp, text: string): RegExpMatchArray | null {
	let last: RegExpMatchArray | null = null;
	for (const match of text.matchAll(expression)) last = match;
	return last;
}

/** The number in a text that has exactly one; null: it has none, or several. */
export function onlyNumber(text: string): FoundNumber | null {
	let only: RegExpMatchArray | null = null;
	for (const match of text.matchAll(pattern)) {
		if (only !== null) return null;
		only = match;
	}
	return only === null ? null : numberOf(only, text);
}

function numberOf(match: RegExpMatchArray, text: string): FoundNumber {
	const [written, sign = '', , innerSign = '', digits = '', exponent = '', percent = ''] = match;
	const before = text.slice(Math.max(0, match.index! - 2), match.index);
	const signCounts = sign !== '' && !operandEnd.test(before);
	const minus = (signCounts && sign !== '+') || innerSign !== '';
	const plain = digits.replace(/[,'\u00a0\u202f\u2009]/g, '');
	const value = Number((minus ? '-' : '') + plain + exponent);
	const whole = exponent === '' ? plain.replace(/\.0+$/, '') : '';
	return {
		value,
		integer: exactInteger(value) ?? integerOf((minus ? '-' : '') + whole),
		text: signCounts ? written : written.slice(sign.length),
		percent: percent !== '',
	};
}

/** More digits take too long to read: 0.2 s for a million, quadratic. */
const mostDigits = 100_000;

/** The integer that a text of digits writes; null: it is no integer, or longer than any answer. */
export function integerOf(text: string): bigint | null {
	return text.length <= mostDigits && /^-?\d+$/.test(text) ? BigInt(text) : null;
}

/** The integer that a float is; null: it has a fraction, or is too large for a float to tell it from its neighbours. */
export function exactInteger(value: number): bigint | null {
	return Number.isSafeInteger(value) ? BigInt(value) : null;
}

/** The number if the text contains nothing else except white space and a final full stop; null otherwise. */
export function wholeNumberText(text: string): FoundNumber | null {
	const trimmed = text.trim().replace(/\.$/, '');
	const found = trimmed.length > 1_000 ? null : firstNumber(trimmed);
	return found?.text === trimmed ? found : null;
}

const strict = /#### (-?[0-9.,]+)/;
const flexible = /(-?[$0-9.,]{2,})|(-?[0-9]+)/g;

/**
 * Finds the number of an answer as lm-evaluation-harness does (docs/formulas.md#gsm8k), as written; null if there is
 * none.
 */
export function gsm8kAnswer(text: string, mode: 'strict' | 'flexible'): string | null {
	if (mode === 'strict') return strict.exec(text)?.[1]?.trim() ?? null;
	return lastMatch(flexible, text)?.[0].trim() ?? null;
}

/** Removes what lm-evaluation-harness removes from both sides before it compares GSM8K's answers. */
export function gsm8kPlain(text: string): string {
	return text
		.replaceAll(',', '')
		.replaceAll('$', '')
		.replace(/^[\s\S]*#### /, '')
		.replace(/\.$/, '')
		.toLowerCase();
}
