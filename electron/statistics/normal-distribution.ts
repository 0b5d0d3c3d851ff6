import { logGamma } from './student-t.ts';

/** 97.5 % point of the standard normal distribution: two-sided 95 %. */
export const z95 = 1.959963984540054;

/** Upper tail of the chi-squared distribution: the regularised incomplete gamma function Q(freedom / 2, x / 2). */
export function chiSquaredP(x: number, freedom: number): number {
	if (!(x > 0)) return 1;
	return upperGamma(freedom / 2, x / 2);
}

/** Two-sided p of a standard normal z. */
export function normalP(z: number): number {
	return chiSquaredP(z * z, 1);
}

/** Lower tail of the standard normal distribution. */
export function normalCdf(z: number): number {
	const half = normalP(z) / 2;
	return z > 0 ? 1 - half : half;
}

/** The z with a share `p` below it, 0 < p < 1: bisection, then Newton's method to the last digits. */
export function normalQuantile(p: number): number {
	if (!(p > 0 && p < 1)) return p === 0 ? Number.NEGATIVE_INFINITY : p === 1 ? Number.POSITIVE_INFINITY : Number.NaN;
	if (p > 0.5) return -normalQuantile(1 - p);
	let low = -40;
	let high = 0;
	while (high - low > 1e-3) {
		const middle = (low + high) / 2;
		if (normalCdf(middle) < p) low = middle;
		else high = middle;
	}
	let z = (low + high) / 2;
	for (let step = 0; step < 4; step += 1) {
		const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
		z -= (normalCdf(z) - p) / density;
	}
	return z;
}

/** Q(a, x): the series of Numerical Recipes 6.2 below a + 1, the continued fraction above, by Lentz's method. */
function upperGamma(a: number, x: number): number {
	const front = Math.exp(a * Math.log(x) - x - logGamma(a));
	if (x < a + 1) {
		let term = 1 / a;
		let sum = term;
		for (let n = 1; n < 1_000 && Math.abs(term) > 1e-17 * Math.abs(sum); n += 1) {
			term *= x / (a + n);
			sum += term;
		}
		return 1 - front * sum;
	}
	const tiny = 1e-300;
	let b = x + 1 - a;
	let c = 1 / tiny;
	let d = 1 / b;
	let result = d;
	for (let n = 1; n < 1_000; n += 1) {
		const factor = -n * (n - a);
		b += 2;
		d = factor * d + b;
		if (Math.abs(d) < tiny) d = tiny;
		c = b + factor / c;
		if (Math.abs(c) < tiny) c = tiny;
		d = 1 / d;
		result *= d * c;
		if (Math.abs(d * c - 1) < 1e-16) break;
	}
	return front * result;
}
