/** An exact number: a fraction in lowest terms, with a positive denominator. */
export interface Rational {
	readonly n: bigint;
	readonly d: bigint;
}

/** Largest number that is computed with, bits of numerator or denominator: some 30,000 digits. */
const longestBits = 100_000;

export class ArithmeticProblem extends Error {}

/** Work that one computation may do: bits of the numbers by operations on them. Some 100 ms. */
const mostWork = 4e9;
let workLeft = Number.POSITIVE_INFINITY;

/** Runs a computation, which throws `ArithmeticProblem` before it takes noticeable time: everything else waits for it. */
export function withinReason<T>(compute: () => T): T {
	workLeft = mostWork;
	try {
		return compute();
	} finally {
		workLeft = Number.POSITIVE_INFINITY;
	}
}

export function spend(work: number): void {
	workLeft -= work;
	if (workLeft < 0) throw new ArithmeticProblem('that takes too long to compute');
}

/** Greatest common divisor, not negative. */
export function gcd(a: bigint, b: bigint): bigint {
	if (a !== 1n && b !== 1n) spend(bits(a) * bits(b));
	let [x, y] = [a < 0n ? -a : a, b < 0n ? -b : b];
	while (y !== 0n) [x, y] = [y, x % y];
	return x;
}

/** Throws `ArithmeticProblem` on a division by zero, and if the number is too long. */
export function rational(n: bigint, d = 1n): Rational {
	if (d === 0n) throw new ArithmeticProblem('division by zero');
	if (bits(n) > longestBits || bits(d) > longestBits) throw new ArithmeticProblem('the number is too long');
	spend((bits(n) + bits(d)) * 300);
	const shared = gcd(n, d) || 1n;
	const sign = d < 0n ? -1n : 1n;
	return { n: (sign * n) / shared, d: (sign * d) / shared };
}

/** At least the bits of a number, to four. */
function bits(value: bigint): number {
	return value.toString(16).length * 4;
}

/** Reads "12", "-3.5", "1e-3", ".5", "1_000". Throws `ArithmeticProblem`. */
export function parseRational(text: string): Rational {
	const match = /^([+-]?)(\d[\d_]*)?(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(text.trim());
	const [, sign, whole = '', fraction = '', exponent = '0'] = match ?? [];
	if (match === null || whole + fraction === '') throw new ArithmeticProblem(`“${text.slice(0, 50)}” is no number`);
	const digits = BigInt(`${whole.replaceAll('_', '')}${fraction}` || '0') * (sign === '-' ? -1n : 1n);
	const power = Number(exponent) - fraction.length;
	if (Math.abs(power) > 10_000) throw new ArithmeticProblem('the exponent is too large');
	return power >= 0 ? rational(digits * 10n ** BigInt(power)) : rational(digits, 10n ** BigInt(-power));
}

export const add = (a: Rational, b: Rational): Rational => rational(a.n * b.d + b.n * a.d, a.d * b.d);
export const subtract = (a: Rational, b: Rational): Rational => rational(a.n * b.d - b.n * a.d, a.d * b.d);
export const multiply = (a: Rational, b: Rational): Rational => rational(a.n * b.n, a.d * b.d);
export const divide = (a: Rational, b: Rational): Rational => rational(a.n * b.d, a.d * b.n);
export const negate = (a: Rational): Rational => ({ n: -a.n, d: a.d });
export const compare = (a: Rational, b: Rational): number => {
	const difference = a.n * b.d - b.n * a.d;
	return difference < 0n ? -1 : difference > 0n ? 1 : 0;
};

/** The largest whole number that is not above. */
export function floor({ n, d }: Rational): bigint {
	const quotient = n / d;
	return n < 0n && n % d !== 0n ? quotient - 1n : quotient;
}

/** Remainder with the sign of the divisor, as in mathematics. */
export function modulo(a: Rational, b: Rational): Rational {
	return subtract(a, multiply(b, rational(floor(divide(a, b)))));
}

/** A whole power. Throws `ArithmeticProblem` if the result is too long. */
export function power(base: Rational, exponent: bigint): Rational {
	const size = exponent < 0n ? -exponent : exponent;
	// Before it is computed: 9^9^9 would take the memory first.
	const length = BigInt(Math.max(bits(base.n), bits(base.d)));
	const small = (base.n === 0n || base.n === 1n || base.n === -1n) && base.d === 1n;
	if (!small && length * size > BigInt(longestBits) * 5n) throw new ArithmeticProblem('the number is too long');
	if (small) {
		if (base.n === 0n && exponent < 0n) throw new ArithmeticProblem('division by zero');
		if (base.n === 0n) return rational(exponent === 0n ? 1n : 0n);
		return rational(base.n === -1n && size % 2n === 1n ? -1n : 1n);
	}
	const raised = rational(base.n ** size, base.d ** size);
	return exponent < 0n ? divide(rational(1n), raised) : raised;
}

/** Floor of the k-th root of a number that is not negative. */
export function integerRoot(value: bigint, k: bigint): bigint {
	if (value < 2n) return value;
	let guess = 1n << (BigInt(value.toString(2).length) / k + 1n);
	const work = bits(value) * 1_000;
	for (;;) {
		spend(work);
		const next = ((k - 1n) * guess + value / guess ** (k - 1n)) / k;
		if (next >= guess) return guess;
		guess = next;
	}
}

/** Digits that a number without an end is written with. */
const shownDigits = 30;

/** Writes a number: "0.125", or "1/3 ≈ 0.333…" where the decimals don't end. */
export function formatRational(value: Rational): string {
	const { n, d } = value;
	if (d === 1n) return n.toString();
	const places = decimalPlaces(d);
	if (places !== null) return formatDecimals(value, places);
	const decimals = formatDecimals(value, shownDigits);
	return `${n}/${d} ≈ ${decimals}`;
}

const mostPlaces = 100;

/** Decimal places that write a fraction of this denominator exactly; null: they don't end, or are more than 100. */
function decimalPlaces(d: bigint): number | null {
	let [rest, twos, fives] = [d, 0, 0];
	while (rest % 2n === 0n && twos <= mostPlaces) {
		rest /= 2n;
		twos += 1;
	}
	while (rest % 5n === 0n && fives <= mostPlaces) {
		rest /= 5n;
		fives += 1;
	}
	const places = Math.max(twos, fives);
	return rest === 1n && places <= mostPlaces ? places : null;
}

/** Rounds half away from zero. */
function formatDecimals({ n, d }: Rational, places: number): string {
	const size = n < 0n ? -n : n;
	const scaled = (2n * size * 10n ** BigInt(places) + d) / (2n * d);
	const digits = scaled.toString().padStart(places + 1, '0');
	const text = `${digits.slice(0, -places)}.${digits.slice(-places)}`.replace(/\.?0+$/, '');
	return n < 0n && scaled !== 0n ? `-${text}` : text;
}

/** Nearest double. */
export function toNumber({ n, d }: Rational): number {
	const direct = Number(n) / Number(d);
	if (Number.isFinite(direct) && direct !== 0) return direct;
	if (n === 0n) return 0;
	// Both are too long for a double, their quotient may not be.
	const shift = bits(d) - bits(n) + 80;
	const scaled = shift >= 0 ? (n << BigInt(shift)) / d : n / (d << BigInt(-shift));
	return Number(scaled) * 2 ** -shift;
}
