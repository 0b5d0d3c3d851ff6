import { expect, test } from 'vitest';
import { driftOf, warningsOf } from '../../../electron/comparison/decide/warnings.ts';
import { lengthsToMeasure, usualLengths } from '../../../electron/comparison/felt/lengths.ts';
import { ladderComparison } from '../../support/fake-application/comparison-data.ts';

const codes = (conditions: object, rows = ladderComparison().rows): string[] =>
	warningsOf({ rows, conditions: { ...ladderComparison().conditions, ...conditions } }).map(({ code }) => code);

test('a run on mains at a steady speed has nothing to be warned of', () => {
	expect(codes({})).toEqual([]);
	expect(codes({ lowestMegahertz: 3300, highestMegahertz: 3400 })).toEqual([]);
});

test('battery and a clock that fell are said', () => {
	expect(codes({ power: 'battery', lowestMegahertz: 1400, highestMegahertz: 3400 })).toEqual([
		'on-battery',
		'throttled',
	]);
});

test('a speed that falls over all files together is said, one that jumps about is not', () => {
	const falling = [100, 97, 95, 92, 90];
	const steady = driftOf([falling, falling.map((value) => value / 3)]);
	expect(steady?.change).toBeCloseTo(-0.1, 2);
	expect(steady?.certain).toBe(true);
	expect(driftOf([[100, 101, 99, 101, 100]])?.certain).toBe(false);
	// Rounds that differ a lot say nothing, whatever the line through them.
	expect(driftOf([[100, 60, 160]])?.certain).toBe(false);
	// One file falls and another rises: no drift of the computer.
	expect(driftOf([falling, falling.toReversed()])?.certain).toBe(false);
	expect(driftOf([[100, 50]])).toBe(null);
	const rows = ladderComparison().rows.map((row) => ({
		...row,
		generation: row.generation && { ...row.generation, samples: falling },
	}));
	expect(codes({}, rows)).toEqual(['speed-drifted']);
});

test('prompts are as long as one’s own middle and long ones; stated lengths where there are too few', () => {
	expect(lengthsToMeasure([])).toBe(usualLengths);
	expect(lengthsToMeasure([3, 4, 5, 6])).toBe(usualLengths);
	expect(lengthsToMeasure(Array.from({ length: 101 }, (_, index) => index * 10))).toEqual([
		{ percentile: 50, tokens: 500 },
		{ percentile: 90, tokens: 900 },
	]);
	expect(lengthsToMeasure([4, 4, 4, 4, 4])).toEqual([{ percentile: 50, tokens: 16 }]);
});
