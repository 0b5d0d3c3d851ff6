import { createRandom } from './seeded-random.ts';

/** Differences that belong together, with the number of samples behind them. */
export interface DifferenceGroup {
	readonly sum: number;
	readonly count: number;
}

export interface SignFlip {
	/**
	 * Ends of the 95 % interval of the mean; null: so few groups that no value can be ruled out at that end. Excludes 0
	 * exactly if p is at most 0.05.
	 */
	readonly low: number | null;
	readonly high: number | null;
	/** Two-sided p that the true mean is 0. */
	readonly p: number;
	/** Subsets that were drawn at random; null: every one was counted. */
	readonly draws: number | null;
}

/** Up to this many groups, all 2ⁿ subsets are counted. */
const exactLimit = 14;

/** 9,999 random subsets, but fewer if that many draws would take seconds; one less than a multiple of 40. */
export function defaultDraws(n: number): number {
	return Math.min(10_000, Math.max(1_000, 40 * Math.floor(5e5 / Math.max(1, n)))) - 1;
}

/** Draws per step: about 2 ms. */
const drawsAtOnce = 200_000;

/** The share of the runs in which one end of the interval lies beyond the true mean. */
const tail = 0.025;

/** Runs all steps without a pause. */
export function runToEnd<T>(steps: Generator<void, T>): T {
	for (;;) {
		const next = steps.next();
		if (next.done === true) return next.value;
	}
}

/** Runs `signFlipInSteps` in one go. */
export function signFlip(groups: readonly DifferenceGroup[], options: { seed: number; draws?: number }): SignFlip {
	return runToEnd(signFlipInSteps(groups, options));
}

/**
 * Sign-flip permutation test of a mean and the interval that inverts it (docs/formulas.md#permutation): the means of all
 * subsets of the groups are the values at which the test changes its mind (Hartigan 1969). Takes 0.2 s for many groups,
 * so a caller with other work runs it step by step.
 */
export function* signFlipInSteps(
	groups: readonly DifferenceGroup[],
	{ seed, draws = defaultDraws(groups.length) }: { readonly seed: number; readonly draws?: number },
): Generator<void, SignFlip> {
	const exact = groups.length <= exactLimit;
	const means = exact ? meansOfSubsets(groups) : yield* meansOfRandomSubsets(groups, seed, draws);
	means.sort();
	// The empty subset, or the sample itself, counts as one more on either side.
	const all = means.length + 1;
	let notAbove = 1;
	let notBelow = 1;
	for (const mean of means) {
		if (mean <= 0) notAbove += 1;
		if (mean >= 0) notBelow += 1;
	}
	const rank = Math.floor(tail * all + 1e-9);
	return {
		low: rank < 1 ? null : (means[rank - 1] ?? null),
		high: rank < 1 ? null : (means[means.length - rank] ?? null),
		p: Math.min(1, (2 * Math.min(notAbove, notBelow)) / all),
		draws: exact ? null : draws,
	};
}

/** The mean of every subset but the empty one. */
function meansOfSubsets(groups: readonly DifferenceGroup[]): Float64Array {
	const size = 2 ** groups.length;
	const sums = new Float64Array(size);
	const counts = new Float64Array(size);
	const settle = settleFor(groups);
	groups.forEach(({ sum, count }, index) => {
		const bit = 2 ** index;
		for (let rest = 0; rest < bit; rest += 1) {
			sums[bit + rest] = (sums[rest] ?? 0) + sum;
			counts[bit + rest] = (counts[rest] ?? 0) + count;
		}
	});
	const means = sums.subarray(1);
	for (let index = 0; index < means.length; index += 1) means[index] = settle(means[index]!) / counts[index + 1]!;
	return means;
}

function* meansOfRandomSubsets(
	groups: readonly DifferenceGroup[],
	seed: number,
	draws: number,
): Generator<void, Float64Array> {
	// What a group adds if it is left out, then if it is taken: the processor would guess every other condition wrong.
	const sums = Float64Array.from(groups.flatMap(({ sum }) => [0, sum]));
	const counts = Int32Array.from(groups.flatMap(({ count }) => [0, count]));
	const settle = settleFor(groups);
	const random = createRandom(seed);
	const coins = new Uint8Array(groups.length);
	const means = new Float64Array(draws);
	const drawnAtOnce = Math.ceil(drawsAtOnce / groups.length);
	for (let draw = 0; draw < draws; draw += 1) {
		let sum = 0;
		let count = 0;
		while (count === 0) {
			random.flip(coins);
			for (let index = 0; index < coins.length; index += 1) {
				const place = 2 * index + coins[index]!;
				sum += sums[place]!;
				count += counts[place]!;
			}
		}
		means[draw] = settle(sum) / count;
		if (draw % drawnAtOnce === 0) yield;
	}
	return means;
}

/** Returns a function that turns sums into 0 that differ from it only by rounding. */
function settleFor(groups: readonly DifferenceGroup[]): (sum: number) => number {
	const most = 1e-12 * groups.reduce((total, { sum }) => total + Math.abs(sum), 0);
	return (sum) => (Math.abs(sum) <= most ? 0 : sum);
}

/**
 * Fewest independent samples on which an exact two-sided test at 5 % can tell two sides apart, if every one of them
 * differs the same way and `comparisons` are adjusted together: 2 · comparisons / 2ⁿ ≤ 0.05.
 */
export function fewestSamples(comparisons = 1): number {
	return Math.ceil(Math.log2((2 * comparisons) / 0.05) - 1e-9);
}
