import { logGamma } from './student-t.ts';

/** Ranks (from 1) between which a quantile of n sorted values lies, and how far from the first of them, 0 to 1. */
export function quantileRanks(n: number, share: number): { below: number; above: number; part: number } {
	const at = share * (n - 1);
	const below = Math.floor(at);
	return { below: below + 1, above: Math.min(below + 2, n), part: at - below };
}

/**
 * Ranks (from 1) of the values that enclose a quantile of any distribution with at least 95 % (order statistics: the
 * number of n values below the quantile is binomial; Conover 1999, 3.2). null: too few values for that end.
 */
export function quantileIntervalRanks(n: number, share: number): { low: number | null; high: number | null } {
	const tail = 0.025;
	const mean = n * share;
	const reach = Math.ceil(12 * Math.sqrt(mean * (1 - share))) + 12;
	const first = Math.max(0, Math.floor(mean) - reach);
	const last = Math.min(n, Math.ceil(mean) + reach);
	let low: number | null = null;
	for (let k = first, below = 0; k <= n; k += 1) {
		// below = P(fewer than k)
		if (below > tail) break;
		if (k >= 1) low = k;
		below += binomial(n, share, k);
	}
	let high: number | null = null;
	for (let k = last, above = 0; k >= 1; k -= 1) {
		// above = P(k or more)
		above += binomial(n, share, k);
		if (above > tail) break;
		high = k;
	}
	return { low, high };
}

/** By linear interpolation at f·(n − 1) of sorted values. */
export function quantile(sorted: ArrayLike<number>, share: number): number {
	const at = share * (sorted.length - 1);
	const below = Math.floor(at);
	const first = sorted[below] ?? Number.NaN;
	const second = sorted[Math.min(below + 1, sorted.length - 1)] ?? Number.NaN;
	return first + (at - below) * (second - first);
}

function binomial(n: number, share: number, k: number): number {
	const ways = logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1);
	return Math.exp(ways + k * Math.log(share) + (n - k) * Math.log1p(-share));
}
