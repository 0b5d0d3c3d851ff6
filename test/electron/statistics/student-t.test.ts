import { expect, test } from 'vitest';
import { holm, pairedDifference, varianceOf, welchDifference } from '../../../electron/statistics/mean-difference.ts';
import { incompleteBeta, logGamma, studentP, studentQuantile } from '../../../electron/statistics/student-t.ts';

// Expected values: SciPy 1.17.1 (scipy.special.gammaln, betainc; scipy.stats.t, ttest_ind, ttest_rel).

test.each(goldens().gamma)('log-gamma of %d', (x, expected) => {
	expect(logGamma(x)).toBeCloseTo(expected, 10);
});

test.each(goldens().beta)('incomplete beta at %d with %d and %d', (x, a, b, expected) => {
	expect(Math.abs(incompleteBeta(x, a, b) / expected - 1)).toBeLessThan(1e-9);
});

test.each(goldens().student)('two-sided p of t = %d with %d degrees of freedom', (t, freedom, expected) => {
	expect(Math.abs(studentP(t, freedom) / expected - 1)).toBeLessThan(1e-9);
});

test.each(goldens().quantile)('the t exceeded with probability %d, %d degrees of freedom', (p, freedom, expected) => {
	expect(Math.abs(studentQuantile(p, freedom) / expected - 1)).toBeLessThan(1e-9);
});

test('the paired and the independent difference of two lists', () => {
	const { a, b, paired, welch } = goldens().rows;
	const dependent = pairedDifference(a, b);
	expect([dependent.mean, dependent.p, dependent.low, dependent.high]).toEqual(
		paired.map((value) => expect.closeTo(value, 9)),
	);
	const independent = welchDifference(a, b);
	expect([independent.freedom, independent.p, independent.low, independent.high]).toEqual(
		welch.map((value) => expect.closeTo(value, 9)),
	);
});

test('lists without spread, and lists too short to say anything', () => {
	expect(pairedDifference([1, 1], [1, 1]).p).toBe(1);
	expect(pairedDifference([2, 2], [1, 1])).toMatchObject({ p: 0, low: 1, high: 1 });
	expect(welchDifference([1], [2]).p).toBe(1);
	expect(varianceOf([3])).toBe(0);
	expect(() => pairedDifference([1], [1, 2])).toThrow();
});

test("Holm's adjustment keeps the order of the given values", () => {
	expect(holm([0.01, 0.04, 0.03, 0.005])).toEqual([0.03, 0.06, 0.06, 0.02].map((value) => expect.closeTo(value, 12)));
	expect(holm([])).toEqual([]);
});

function goldens() {
	return {
		gamma: [
			[0.3, 1.0957979948180756],
			[0.5, 0.5723649429247],
			[1, 0.0],
			[2.5, 0.2846828704729192],
			[10, 12.801827480081469],
			[171.2, 707.60092684767],
		] as [number, number][],
		beta: [
			[0.1, 0.5, 0.5, 0.20483276469913345],
			[0.5, 2, 3, 0.6875],
			[0.9, 30, 0.5, 0.012282448499852763],
			[0.01, 4.5, 0.5, 2.597549811426686e-10],
			[0.7, 1, 200, 1.0],
		] as [number, number, number, number][],
		student: [
			[0.5, 1, 0.7048327646991335],
			[2, 4, 0.11611652351681556],
			[2.776445105197799, 4, 0.04999999999999976],
			[3.00915, 1318, 0.002669537933685875],
			[12, 7.3, 4.55578522957055e-6],
			[0.001, 50, 0.9992060947755017],
		] as [number, number, number][],
		quantile: [
			[0.05, 4, 2.7764451051977943],
			[0.05, 1, 12.706204736174705],
			[0.05, 1318, 1.9617655127673153],
			[0.01, 12.5, 3.032436652870562],
		] as [number, number, number][],
		rows: {
			a: [31.4, 30.9, 31.8, 32.1, 31.0, 30.7],
			b: [30.8, 30.9, 31.1, 31.6, 30.2, 30.9],
			paired: [0.39999999999999974, 0.060159441115201245, -0.024989042934707273, 0.8249890429347068],
			welch: [9.654317612364279, 0.20002130503843688, -0.2510663727701955, 1.0510663727701854],
		},
	};
}
