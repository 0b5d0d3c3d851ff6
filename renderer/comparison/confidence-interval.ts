/** 97.5 % point of the normal distribution: half-width of a 95 % interval in standard errors, for many values. */
const z = 1.959964;

/** The same of Student's distribution with one to four degrees of freedom. */
const few = [12.7062, 4.3027, 3.1824, 2.7764] as const;

/** With any number: from five on its expansion, which is off by less than 0.2 %. */
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

/** Half of the 95 % interval of a mean of `n` values with this standard error; null where one value has none. */
export function halfWidth95(standardError: number, n: number): number | null {
	return n < 2 ? null : t95(n - 1) * standardError;
}

/** The same of repeats with their standard deviation. */
export function halfWidthOfRepeats({
	sd,
	samples,
}: {
	readonly sd: number;
	readonly samples: readonly number[];
}): number | null {
	return halfWidth95(sd / Math.sqrt(samples.length), samples.length);
}
