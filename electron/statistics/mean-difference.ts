import { studentP, studentQuantile } from './student-t.ts';

/** A difference of means with its 95 % interval and two-sided p. */
export interface Difference {
	/** Mean of the first minus mean of the second. */
	readonly mean: number;
	readonly standardError: number;
	readonly low: number;
	readonly high: number;
	readonly p: number;
	/** Degrees of freedom. */
	readonly freedom: number;
}

export function meanOf(values: readonly number[]): number {
	return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Sample variance (n − 1); 0 for fewer than two values. */
export function varianceOf(values: readonly number[]): number {
	if (values.length < 2) return 0;
	const mean = meanOf(values);
	return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
}

function difference(mean: number, standardError: number, freedom: number): Difference {
	if (!(freedom > 0)) {
		return { mean, standardError, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY, p: 1, freedom };
	}
	// Without any spread, a difference is certain, and so is its absence.
	if (standardError === 0) return { mean, standardError, low: mean, high: mean, p: mean === 0 ? 1 : 0, freedom };
	const half = studentQuantile(0.05, freedom) * standardError;
	const p = studentP(mean / standardError, freedom);
	return { mean, standardError, low: mean - half, high: mean + half, p, freedom };
}

/**
 * Paired difference of two lists of values on the same items (Miller, arXiv 2411.00640): the standard error of the
 * differences themselves, t with n − 1 degrees of freedom. Throws if the lists differ in length.
 */
export function pairedDifference(first: readonly number[], second: readonly number[]): Difference {
	if (first.length !== second.length) throw new Error(`${first.length} values can't be paired with ${second.length}`);
	const differences = first.map((value, index) => value - (second[index] ?? Number.NaN));
	const n = differences.length;
	return difference(meanOf(differences), Math.sqrt(varianceOf(differences) / n), n - 1);
}

/** Difference of two independent samples with unequal variances: Welch's t, Satterthwaite's degrees of freedom. */
export function welchDifference(first: readonly number[], second: readonly number[]): Difference {
	const a = varianceOf(first) / first.length;
	const b = varianceOf(second) / second.length;
	const spread = a + b;
	const freedom =
		spread === 0
			? first.length + second.length - 2
			: spread ** 2 / (a ** 2 / (first.length - 1) + b ** 2 / (second.length - 1));
	const enough = first.length > 1 && second.length > 1;
	return difference(meanOf(first) - meanOf(second), Math.sqrt(spread), enough ? freedom : 0);
}

/**
 * Holm's adjustment of p-values for multiple testing (Holm 1979): comparing them with 0.05 keeps the probability of any
 * false claim among them at 5 %. In the given order.
 */
export function holm(values: readonly number[]): number[] {
	const order = values.map((_, index) => index).sort((a, b) => (values[a] ?? 1) - (values[b] ?? 1));
	const adjusted = new Array<number>(values.length).fill(1);
	let most = 0;
	order.forEach((index, rank) => {
		most = Math.max(most, Math.min(1, (values[index] ?? 1) * (values.length - rank)));
		adjusted[index] = most;
	});
	return adjusted;
}
