import { expect, test } from 'vitest';
import { describeCaveats, deservesCare } from '../../../renderer/comparison/comparison-wording.ts';
import { ladderComparison, unsteadyComparison } from '../../support/fake-application/comparison-data.ts';

const busy = { ...ladderComparison().conditions, highestLoadBefore: 6.2 };
const otherPrograms = [
	expect.stringMatching(/^Other programs used the processor during the measurement \(load 6\.2\)/),
];

test('a busy computer is named before and after a pause, also once a speed varied too much', () => {
	// The first measurements after a resume make the figures unsteady.
	const paused = ladderComparison({ status: 'paused', conditions: busy });
	const resumed = { ...unsteadyComparison(), status: 'running' as const };
	for (const comparison of [paused, resumed, unsteadyComparison()]) {
		expect(describeCaveats(comparison)).toEqual(otherPrograms);
		expect(deservesCare(comparison)).toBe(true);
	}
});

test('the load of a comparison without a speed yet is no caveat', () => {
	const early = ladderComparison({ status: 'running', conditions: busy }, 2);
	expect(early.rows.some(({ quality }) => quality.length > 0)).toBe(true);
	expect(describeCaveats(early)).toEqual([]);
	expect(deservesCare(early)).toBe(false);
});

test('speeds that vary on a quiet computer deserve care without a caveat', () => {
	const { conditions } = ladderComparison();
	const unsteady = { ...unsteadyComparison(), conditions };
	expect(describeCaveats(unsteady)).toEqual([]);
	expect(deservesCare(unsteady)).toBe(true);
	expect(deservesCare(ladderComparison())).toBe(false);
});
