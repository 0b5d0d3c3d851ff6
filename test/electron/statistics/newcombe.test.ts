import { expect, test } from 'vitest';
import { differenceOfShares } from '../../../electron/statistics/newcombe.ts';

test('the interval of a difference of shares equals published values', () => {
	// Newcombe 1998 (Statistics in Medicine 17:873), table II, method 10.
	const rounded = (a: [number, number], b: [number, number]) => {
		const { low, high } = differenceOfShares({ k: a[0], n: a[1] }, { k: b[0], n: b[1] });
		return [low.toFixed(4), high.toFixed(4)];
	};
	expect(rounded([56, 70], [48, 80])).toEqual(['0.0524', '0.3339']);
	expect(rounded([9, 10], [3, 10])).toEqual(['0.1705', '0.8090']);
	expect(rounded([5, 56], [0, 29])).toEqual(['-0.0381', '0.1926']);
	expect(rounded([10, 10], [0, 20])).toEqual(['0.6791', '1.0000']);
});
