/** 97.5 % quantile of the normal distribution: half-width of a 95 % interval in standard errors, for large samples. */
const z = 1.959964;

/** 97.5 % quantiles of Student's t distribution with one to four degrees of freedom. */
const few = [12.7062, 4.3027, 3.1824, 2.7764] as const;

/** Returns the quantile for any degrees of freedom; from five on by its expansion, which is off by less than 0.2 %. */
function t95(freedom: number): number {
	const known = few[freedom - 1];
	if (known !== undefined) return known;
	const [z3, z5, z7] = [z ** 3, z ** 5, z ** 7];
	return (
		z +
		(z3 + z) / (4 * freedom) +
		(5 * z5 + 16 * z3 + 3 * z) / (96 * freedom ** 2) +
		(3 * z7 + 19 * z5 + 17 * z3 - 15 * z) / (384 * freedom ** 3)
	);
}

/** Computes half of the 95 % interval of a mean of `n` values with this standard error; null for a single value. */
export function halfWidth95(standardError: number, n: number): number | null {
	return n < 2 ? null : t95(n - 1) * standardError;
}

/** Computes the half-width for repeats from their standard deviation. */
export function halfWidthOfRepeats({
	sd,
	samples,
}: {
	readonly sd: number;
	readonly samples: readonly number[];
}): number | null {
	return halfWidth95(sd / Math.sqrt(samples.length), samples.length);
}
