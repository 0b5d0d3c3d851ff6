import { describe, expect, test } from 'vitest';
import { quantileIntervalRanks, quantileRanks } from '../../../electron/statistics/order-statistics.ts';
import { createRandom } from '../../../electron/statistics/seeded-random.ts';

describe('order statistics', () => {
	test('a quantile lies between two ranks', () => {
		expect(quantileRanks(4, 0.5)).toEqual({ below: 2, above: 3, part: 0.5 });
		expect(quantileRanks(5, 0.5)).toEqual({ below: 3, above: 4, part: 0 });
		expect(quantileRanks(1, 0.95)).toEqual({ below: 1, above: 1, part: 0 });
	});

	// scipy.stats.binom: the ends at which each tail has at most 2.5 %.
	test.each([
		[10, 0.5, 2, 9],
		[100, 0.5, 40, 61],
		[100, 0.95, 90, 100],
		[20, 0.95, 17, null],
		[71, 0.95, 63, null],
		[72, 0.95, 64, 72],
		[1, 0.95, null, null],
	] as const)('of %i values the %f quantile is enclosed by ranks %s and %s', (n, share, low, high) => {
		expect(quantileIntervalRanks(n, share)).toEqual({ low, high });
	});

	test('the interval encloses the true quantile at least 95 times in 100, also for large n', () => {
		const random = createRandom(4);
		const n = 400;
		const { low, high } = quantileIntervalRanks(n, 0.95);
		let held = 0;
		for (let round = 0; round < 400; round += 1) {
			const values = Float64Array.from({ length: n }, () => random.next()).sort();
			if (values[low! - 1]! <= 0.95 && values[high! - 1]! >= 0.95) held += 1;
		}
		expect(held / 400).toBeGreaterThanOrEqual(0.94);
		expect(quantileIntervalRanks(1_000_000, 0.95)).toEqual({ low: expect.any(Number), high: expect.any(Number) });
	});
});
