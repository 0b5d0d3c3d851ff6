import { meanOf, varianceOf } from './mean-difference.ts';
import { studentP, studentQuantile } from './student-t.ts';

/** A mean with its error. */
export interface MeanError {
	readonly mean: number;
	readonly standardError: number;
	/** Degrees of freedom of the t distribution for its interval: values, or clusters, minus one. */
	readonly freedom: number;
	/** Number of groups of dependent values; the number of values if there are no groups. */
	readonly clusters: number;
}

/** Sums values by cluster; null is a cluster of its own. In order of first appearance. */
export function sumsByCluster(
	values: readonly number[],
	clusters: readonly (string | null)[],
): { readonly sum: number; readonly count: number }[] {
	const named = new Map<string, { sum: number; count: number }>();
	const groups: { sum: number; count: number }[] = [];
	values.forEach((value, index) => {
		const name = clusters[index] ?? null;
		const known = name === null ? undefined : named.get(name);
		if (known !== undefined) {
			known.sum += value;
			known.count += 1;
			return;
		}
		const group = { sum: value, count: 1 };
		groups.push(group);
		if (name !== null) named.set(name, group);
	});
	return groups;
}

/**
 * Mean with its standard error s/√n, s with n − 1 (Miller, arXiv 2411.00640). With clusters √(C/(C−1) · Σ_c (Σ_{i∈c}
 * (x_i − x̄))²)/n and C − 1 degrees of freedom, as in Inspect; 0 for one cluster or one value.
 */
export function meanWithError(
	values: readonly number[],
	clusters: readonly (string | null)[] | null = null,
): MeanError {
	const n = values.length;
	const mean = meanOf(values);
	const groups = clusters === null ? [] : sumsByCluster(values, clusters);
	if (clusters === null || groups.length === n) {
		return { mean, standardError: Math.sqrt(varianceOf(values) / n), freedom: n - 1, clusters: n };
	}
	const count = groups.length;
	const squares = groups.reduce((total, group) => total + (group.sum - group.count * mean) ** 2, 0);
	const standardError = count < 2 ? 0 : Math.sqrt((count / (count - 1)) * squares) / n;
	return { mean, standardError, freedom: count - 1, clusters: count };
}

/** 95 % interval of a mean by Student's t; the mean itself if there is no spread or no degree of freedom. */
export function studentInterval({ mean, standardError, freedom }: MeanError): { low: number; high: number } {
	if (!(freedom > 0) || standardError === 0) return { low: mean, high: mean };
	const half = studentQuantile(0.05, freedom) * standardError;
	return { low: mean - half, high: mean + half };
}

/** Two-sided p that the true mean is 0, by Student's t. */
export function meanIsZeroP({ mean, standardError, freedom }: MeanError): number {
	if (mean === 0) return 1;
	if (!(freedom > 0)) return 1;
	return standardError === 0 ? 0 : studentP(mean / standardError, freedom);
}

/** Pearson's correlation; 0 if either side does not vary. */
export function correlation(first: readonly number[], second: readonly number[]): number {
	const a = meanOf(first);
	const b = meanOf(second);
	let cross = 0;
	let squaresA = 0;
	let squaresB = 0;
	first.forEach((value, index) => {
		const left = value - a;
		const right = (second[index] ?? Number.NaN) - b;
		cross += left * right;
		squaresA += left * left;
		squaresB += right * right;
	});
	return squaresA === 0 || squaresB === 0 ? 0 : cross / Math.sqrt(squaresA * squaresB);
}

/** Σ weight·value ÷ Σ weight: values pooled, not averaged, with the error of a ratio of means (delta method), t with n − 1. */
export function pooledMean(values: readonly number[], weights: readonly number[]): MeanError {
	const n = values.length;
	const total = weights.reduce((sum, weight) => sum + weight, 0);
	const mean = values.reduce((sum, value, index) => sum + value * (weights[index] ?? 0), 0) / total;
	const squares = values.reduce((sum, value, index) => sum + ((weights[index] ?? 0) * (value - mean)) ** 2, 0);
	const standardError = n < 2 ? 0 : Math.sqrt((n / (n - 1)) * squares) / total;
	return { mean, standardError, freedom: n - 1, clusters: n };
}
