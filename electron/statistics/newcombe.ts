import { wilsonInterval } from './wilson.ts';

/** A difference of two shares with its 95 % interval, all between −1 and 1. */
export interface ShareDifference {
	readonly difference: number;
	readonly low: number;
	readonly high: number;
}

/**
 * How much larger the share `a.k` of `a.n` is than `b.k` of `b.n`, for independent samples: Newcombe's hybrid score
 * interval (1998, Statistics in Medicine 17:873, method 10), built from the two Wilson intervals.
 */
export function differenceOfShares(a: { k: number; n: number }, b: { k: number; n: number }): ShareDifference {
	const first = wilsonInterval(a.k, a.n);
	const second = wilsonInterval(b.k, b.n);
	const difference = first.share - second.share;
	return {
		difference,
		low: difference - Math.hypot(first.share - first.low, second.high - second.share),
		high: difference + Math.hypot(first.high - first.share, second.share - second.low),
	};
}
