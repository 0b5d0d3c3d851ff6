import { TemplateFault } from './fault.ts';

export interface NumberFormat {
	readonly sign: string;
	readonly alternate: boolean;
	readonly precision: number | null;
	readonly type: string;
}

/** Rounds to decimals as Python does: exactly, and a tie to the even digit. JavaScript rounds a tie up. */
export function toFixedEven(value: number, decimals: number): string {
	if (Math.abs(value) >= 1e21) return BigInt(value).toString() + (decimals > 0 ? `.${'0'.repeat(decimals)}` : '');
	if (Object.is(value, -0)) return `-${toFixedEven(0, decimals)}`;
	const rounded = value.toFixed(Math.min(decimals, 100)) + '0'.repeat(Math.max(0, decimals - 100));
	if (decimals >= 100) return rounded;
	const exact = Math.abs(value).toFixed(100);
	const cut = exact.indexOf('.') + 1 + decimals;
	if (!/^50*$/.test(exact.slice(cut))) return rounded;
	const lower = exact.slice(0, decimals === 0 ? cut - 1 : cut);
	const isEven = Number(lower.at(-1)) % 2 === 0;
	return isEven ? (value < 0 ? '-' : '') + lower : rounded;
}

function general(value: number, precision: number, alternate: boolean): string {
	const digits = precision === 0 ? 1 : Math.min(precision, 100);
	const [mantissa = '', power = '0'] = value.toExponential(digits - 1).split('e');
	const exponent = Number(power);
	const trim = (text: string): string => (alternate || !text.includes('.') ? text : text.replace(/\.?0+$/, ''));
	if (exponent < -4 || exponent >= digits) return `${trim(mantissa)}e${exponentText(exponent)}`;
	return trim(toFixedEven(value, digits - 1 - exponent));
}

function exponentText(exponent: number): string {
	return `${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
}

/** Returns the digits of a number in one of Python's presentation types, with a minus only. */
export function formatFloat(value: number, { type, precision, alternate }: NumberFormat): string {
	const upper = /[EFG]/.test(type);
	if (!Number.isFinite(value)) {
		const word = Number.isNaN(value) ? 'nan' : value < 0 ? '-inf' : 'inf';
		return upper ? word.toUpperCase() : word;
	}
	const decimals = precision ?? 6;
	let text: string;
	switch (type.toLowerCase()) {
		case 'f':
			text = toFixedEven(value, decimals);
			break;
		case 'e': {
			const [mantissa = '', power = '0'] = value.toExponential(Math.min(decimals, 100)).split('e');
			text = `${mantissa}e${exponentText(Number(power))}`;
			break;
		}
		case '%':
			text = `${toFixedEven(value * 100, decimals)}%`;
			break;
		case 'g':
			text = general(value, decimals, alternate);
			break;
		default:
			throw new TemplateFault(`it formats a number as “${type}”, which Python does not know`);
	}
	if (Object.is(value, -0) && !text.startsWith('-')) text = `-${text}`;
	return upper ? text.toUpperCase() : text;
}

const radixes: Readonly<Record<string, number>> = { b: 2, o: 8, x: 16, X: 16, d: 10, i: 10, u: 10, n: 10 };

/** Returns the digits of a whole number; null if the type is one of a fraction. */
export function formatInteger(value: bigint, { type, alternate }: NumberFormat): string | null {
	const radix = radixes[type === '' ? 'd' : type];
	if (radix === undefined) return null;
	const digits = (value < 0n ? -value : value).toString(radix);
	const prefix = alternate && radix !== 10 ? `0${type}` : '';
	return (value < 0n ? '-' : '') + prefix + (type === 'X' ? digits.toUpperCase() : digits);
}

/** Puts a sign, and zeros after it, before a number's digits. */
export function withSign(digits: string, sign: string): string {
	return digits.startsWith('-') || (sign !== '+' && sign !== ' ') ? digits : sign + digits;
}
