/** Natural logarithm of the gamma function for x > 0: Lanczos' approximation (g = 7, 9 terms), relative error 1e-15. */
export function logGamma(x: number): number {
	if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
	const y = x - 1;
	let sum = lanczosFirst;
	for (let index = 0; index < lanczos.length; index += 1) sum += lanczos[index]! / (y + index + 1);
	const t = y + 7.5;
	return 0.5 * Math.log(2 * Math.PI) + (y + 0.5) * Math.log(t) - t + Math.log(sum);
}

const lanczosFirst = 0.999_999_999_999_809_93;
const lanczos = [
	676.520_368_121_885_1, -1259.139_216_722_402_8, 771.323_428_777_653_13, -176.615_029_162_140_59,
	12.507_343_278_686_905, -0.138_571_095_265_720_12, 9.984_369_578_019_571_6e-6, 1.505_632_735_149_311_6e-7,
];

/** Regularised incomplete beta function I_x(a, b): the continued fraction of Numerical Recipes 6.4, by Lentz's method. */
export function incompleteBeta(x: number, a: number, b: number): number {
	if (x <= 0) return 0;
	if (x >= 1) return 1;
	const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x));
	// The fraction converges fast on this side of the mean; the other side is its mirror image.
	return x < (a + 1) / (a + b + 2) ? (front * fraction(x, a, b)) / a : 1 - (front * fraction(1 - x, b, a)) / b;
}

function fraction(x: number, a: number, b: number): number {
	const tiny = 1e-300;
	const away = (value: number): number => (Math.abs(value) < tiny ? tiny : value);
	let c = 1;
	let d = 1 / away(1 - ((a + b) * x) / (a + 1));
	let result = d;
	for (let m = 1; m <= 500; m += 1) {
		const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
		d = 1 / away(1 + even * d);
		c = away(1 + even / c);
		result *= d * c;
		const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
		d = 1 / away(1 + odd * d);
		c = away(1 + odd / c);
		const step = d * c;
		result *= step;
		if (Math.abs(step - 1) < 1e-15) break;
	}
	return result;
}

/** Two-sided p of Student's t with `freedom` degrees of freedom (not necessarily whole). */
export function studentP(t: number, freedom: number): number {
	if (!Number.isFinite(t)) return Number.isNaN(t) ? 1 : 0;
	return incompleteBeta(freedom / (freedom + t * t), freedom / 2, 0.5);
}

/** The t whose absolute value is exceeded with probability `p`: the half-width of an interval in standard errors. */
export function studentQuantile(p: number, freedom: number): number {
	let low = 0;
	let high = 2;
	while (studentP(high, freedom) > p) high *= 2;
	for (let step = 0; step < 200 && high - low > 1e-13 * high; step += 1) {
		const middle = (low + high) / 2;
		if (studentP(middle, freedom) > p) low = middle;
		else high = middle;
	}
	return (low + high) / 2;
}
