import { chiSquaredP } from './normal-distribution.ts';
import { incompleteBeta, logGamma } from './student-t.ts';

/** Tests of whether two shares on the same samples differ. All p are two-sided. */
export interface McNemar {
	/** Samples that only the first got right, and those that only the second did. */
	readonly onlyFirst: number;
	readonly onlySecond: number;
	readonly exact: number;
	readonly midP: number;
	readonly chiSquared: { readonly statistic: number; readonly p: number };
	/** With Edwards' continuity correction. */
	readonly corrected: { readonly statistic: number; readonly p: number };
	/** The one to report: exact below 25 samples that differ, mid-p from there on (Fagerland et al. 2013). */
	readonly p: number;
	readonly method: 'McNemar, exact' | 'McNemar, mid-p';
}

/** From this many differing samples on, the mid-p test keeps its level and the exact one is only more cautious. */
const enough = 25;

/** Runs McNemar's tests (docs/formulas.md#mcnemar) on the counts of samples that only one side got right. */
export function mcNemar(onlyFirst: number, onlySecond: number): McNemar {
	const n = onlyFirst + onlySecond;
	const least = Math.min(onlyFirst, onlySecond);
	// P(X ≤ least) of a fair binomial, as an incomplete beta function.
	const lower = n === 0 ? 1 : incompleteBeta(0.5, n - least, least + 1);
	const point = binomialPoint(least, n, 0.5);
	const exact = n === 0 ? 1 : Math.min(1, 2 * lower);
	// For equal counts, the mid-p is 1 minus half of the point probability.
	const midP = n === 0 ? 1 : onlyFirst === onlySecond ? 1 - point / 2 : Math.min(1, 2 * lower - point);
	const test = (distance: number) => {
		const statistic = n === 0 ? 0 : distance ** 2 / n;
		return { statistic, p: chiSquaredP(statistic, 1) };
	};
	const apart = Math.abs(onlyFirst - onlySecond);
	return {
		onlyFirst,
		onlySecond,
		exact,
		midP,
		chiSquared: test(apart),
		corrected: test(Math.max(0, apart - 1)),
		...(n < enough ? { p: exact, method: 'McNemar, exact' } : { p: midP, method: 'McNemar, mid-p' }),
	};
}

/** Probability of exactly `k` of `n`, each with probability `share` between 0 and 1, both exclusive. */
export function binomialPoint(k: number, n: number, share: number): number {
	const ways = logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1);
	return Math.exp(ways + k * Math.log(share) + (n - k) * Math.log1p(-share));
}
