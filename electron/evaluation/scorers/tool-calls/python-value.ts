/**
 * JSON as Python reads it: 5 is an int and 5.0 a float, which JavaScript can't tell apart. BFCL's rules depend on the
 * difference.
 */
export type PythonValue =
	| null
	| boolean
	| string
	| number
	| PythonFloat
	| readonly PythonValue[]
	| { readonly [key: string]: PythonValue };

/** A number that was written with a point or an exponent. Plain numbers are ints. */
export class PythonFloat {
	readonly value: number;

	constructor(value: number) {
		this.value = value;
	}
}

export type PythonType = 'NoneType' | 'bool' | 'str' | 'int' | 'float' | 'list' | 'dict';

/** Reads JSON text; throws SyntaxError. */
export function parsePython(text: string): PythonValue {
	// TypeScript doesn't know the third argument yet, which holds the text of a number.
	const revive = (...[, value, context]: readonly [string, unknown, { readonly source?: string }?]): unknown =>
		typeof value === 'number' && /[.eE]/.test(context?.source ?? '') ? new PythonFloat(value) : value;
	return JSON.parse(text, revive) as PythonValue;
}

/** Takes values that were already read: a number with a fraction is a float, any other an int. */
export function pythonOf(value: unknown): PythonValue {
	if (typeof value === 'number') return Number.isInteger(value) ? value : new PythonFloat(value);
	if (Array.isArray(value)) return value.map(pythonOf);
	if (typeof value === 'object' && value !== null)
		return Object.fromEntries(Object.entries(value).map(([key, own]) => [key, pythonOf(own)]));
	return value as PythonValue;
}

export function isList(value: PythonValue | undefined): value is readonly PythonValue[] {
	return Array.isArray(value);
}

export function isDict(value: PythonValue | undefined): value is { readonly [key: string]: PythonValue } {
	return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof PythonFloat);
}

export function typeOf(value: PythonValue): PythonType {
	if (value === null) return 'NoneType';
	if (typeof value === 'boolean') return 'bool';
	if (typeof value === 'string') return 'str';
	if (typeof value === 'number') return 'int';
	if (value instanceof PythonFloat) return 'float';
	return isList(value) ? 'list' : 'dict';
}

/** Python's numbers compare by value, and True is 1. */
function numberOf(value: PythonValue): number | null {
	if (typeof value === 'boolean') return Number(value);
	if (typeof value === 'number') return value;
	return value instanceof PythonFloat ? value.value : null;
}

/** Python's ==. */
export function equals(a: PythonValue, b: PythonValue): boolean {
	const [x, y] = [numberOf(a), numberOf(b)];
	if (x !== null || y !== null) return x === y;
	if (isList(a)) return isList(b) && a.length === b.length && a.every((one, index) => equals(one, b[index]!));
	if (isDict(a)) {
		if (!isDict(b)) return false;
		const keys = Object.keys(a);
		return (
			keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && equals(a[key]!, b[key]!))
		);
	}
	return a === b;
}

/** As JSON, for people. */
export function show(value: unknown): string {
	return JSON.stringify(value, (_key, own: unknown) => (own instanceof PythonFloat ? own.value : own)) ?? '';
}
