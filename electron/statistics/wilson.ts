import { z95 } from './normal-distribution.ts';

/** An estimated share with its interval, all between 0 and 1. */
export interface Interval {
	readonly share: number;
	readonly low: number;
	readonly high: number;
}

/**
 * Share of `k` in `n` with its 95 % Wilson score interval (Wilson 1927): better than the normal form for small n and
 * for shares near 0 and 1. With n = 0 nothing is known: 0 to 1.
 */
export function wilsonInterval(k: number, n: number, z = z95): Interval {
	if (n === 0) return { share: 0, low: 0, high: 1 };
	const p = k / n;
	const scale = 1 + (z * z) / n;
	const centre = (p + (z * z) / (2 * n)) / scale;
	const half = (z / scale) * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n));
	// At 0 and 1 the interval ends exactly there; rounding would leave a trace.
	return { share: p, low: k === 0 ? 0 : centre - half, high: k === n ? 1 : centre + half };
}
