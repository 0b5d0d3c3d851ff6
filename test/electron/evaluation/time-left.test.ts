import { expect, test } from 'vitest';
import { ArmTotals } from '../../../electron/evaluation/arm-totals.ts';
import { createTimeLeft } from '../../../electron/evaluation/time-left.ts';

const row = { failed: false, ms: 1, promptTokens: 1, completionTokens: 1, scores: new Map() };

function setUp(basis: 'learned' | 'guessed' = 'learned') {
	const totals = new ArmTotals([], 10);
	let now = 0;
	const timeLeft = createTimeLeft(
		{ arms: [{ stored: { id: 1 } }] },
		new Map([[1, totals]]),
		[{ armId: 1, position: 0 }],
		new Map([[1, { ms: 2_000, basis }]]),
		() => now,
	);
	return {
		totals,
		at(ms: number) {
			now = ms;
			const { secondsLeft, basis: from } = timeLeft.now('');
			return [secondsLeft, from];
		},
	};
}

test('the time left is known from the first moment, and says whether it was learned or guessed', () => {
	expect(setUp('learned').at(0)).toEqual([20, 'learned']);
	expect(setUp('guessed').at(0)).toEqual([20, 'guessed']);
});

test('it runs down while an answer takes long, and ends at 0', () => {
	const run = setUp();
	expect(run.at(5_000)).toEqual([15, 'learned']);
	expect(run.at(60_000)).toEqual([0, 'learned']);
});

test('it is measured once answers arrive', () => {
	const run = setUp();
	run.totals.put(0, row);
	expect(run.at(1_000)).toEqual([18, 'learned']);
	run.totals.put(1, row);
	expect(run.at(4_000)).toEqual([16, 'measured']);
});
