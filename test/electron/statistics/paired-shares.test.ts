import { expect, test } from 'vitest';
import { binomialPoint, mcNemar } from '../../../electron/statistics/mcnemar.ts';
import { binomialUpperBound, pairedShareInterval } from '../../../electron/statistics/paired-shares.ts';

test('binomial intervals as published: Newcombe 1998, Statistics in Medicine 17:857, table I', () => {
	for (const [k, n, exactLow, exactHigh, midLow, midHigh] of [
		[81, 263, 0.2527, 0.3676, 0.2544, 0.3658],
		[15, 148, 0.0578, 0.1617, 0.0601, 0.1581],
		[0, 20, 0, 0.1684, 0, 0.1391],
		[1, 29, 0.0009, 0.1776, 0.0017, 0.1585],
	] as const) {
		expect(1 - binomialUpperBound(n - k, n, false)).toBeCloseTo(exactLow, 4);
		expect(binomialUpperBound(k, n, false)).toBeCloseTo(exactHigh, 4);
		expect(1 - binomialUpperBound(n - k, n, true)).toBeCloseTo(midLow, 4);
		expect(binomialUpperBound(k, n, true)).toBeCloseTo(midHigh, 4);
	}
});

test('a paired difference excludes 0 exactly if the reported p is below 0.05, for any number of samples', () => {
	for (let first = 0; first <= 40; first += 1) {
		for (let second = 0; second <= 40; second += 1) {
			const { p } = mcNemar(first, second);
			for (const n of [Math.max(1, first + second), first + second + 5, 1000]) {
				const { low, high } = pairedShareInterval(first, second, n);
				expect(low > 0 || high < 0, `${first}, ${second} of ${n}`).toBe(p < 0.05);
				expect(pairedShareInterval(second, first, n)).toEqual({ low: 0 - high, high: 0 - low });
			}
		}
	}
});

test('equal sides are called different in at most 5 % of runs of 5 to 200 samples', () => {
	// Summed over all outcomes, not drawn. Two independent sides differ on at most half of the samples.
	const atLevel = Array.from({ length: 201 }, (_, differing) =>
		sum(differing, (second) =>
			mcNemar(differing - second, second).p < 0.05 ? binomialPoint(second, differing, 0.5) : 0,
		),
	);
	for (const share of [0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]) {
		for (let n = 5; n <= 200; n += 1) {
			const level = sum(n, (differing) => binomialPoint(differing, n, share) * (atLevel[differing] ?? 0));
			expect(level, `${n} samples, ${share} differ`).toBeLessThanOrEqual(0.05);
		}
	}
});

test('the interval holds the true difference in about 95 % of runs, also where one side is never worse', () => {
	const n = 100;
	const intervals = Array.from({ length: n + 1 }, (_, differing) =>
		Array.from({ length: differing + 1 }, (__, k) => pairedShareInterval(differing - k, k, n)),
	);
	for (const [first, second] of [
		[0.1, 0.1],
		[0.02, 0.1],
		[0.1, 0.3],
		[0.001, 0.03],
		[0.001, 0.5],
		[0.001, 0.9],
	] as const) {
		const covered = sum(n, (differing) =>
			sum(differing, (k) => {
				const { low, high } = intervals[differing]![k]!;
				if (low > second - first || high < second - first) return 0;
				return binomialPoint(differing, n, first + second) * binomialPoint(k, differing, second / (first + second));
			}),
		);
		expect(covered, `${first} against ${second}`).toBeGreaterThan(0.935);
	}
}, 90_000);

/** Sum of f(0) … f(n). */
function sum(n: number, f: (k: number) => number): number {
	let total = 0;
	for (let k = 0; k <= n; k += 1) total += f(k);
	return total;
}
