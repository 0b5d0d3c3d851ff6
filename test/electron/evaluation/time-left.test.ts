import { expect, test } from 'vitest';
import { ArmTotals } from '../../../electron/evaluation/arm-totals.ts';
import { createTimeLeft } from '../../../electron/evaluation/time-left.ts';

const row = { failed: false, ms: 1, promptTokens: 1, completionTokens: 1, scores: new Map() };

function setUp(basis: 'learned' | 'guessed' = 'learned', width = 1, before = 0) {
	const totals = new ArmTotals([], 10);
	for (let unit = 0; unit < before; unit += 1) totals.put(unit, row);
	let now = 0;
	const timeLeft = createTimeLeft(
		{ arms: [{ stored: { id: 1 } }] },
		new Map([[1, totals]]),
		[{ armId: 1, position: 0 }],
		new Map([[1, { ms: 2_000, basis }]]),
		width,
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
	// Half of the answer under way is done too.
	expect(run.at(4_000)).toEqual([12.8, 'measured']);
});

test('the first of several answers at once is not taken for the pace of all', () => {
	const run = setUp('guessed', 8);
	run.totals.put(0, row);
	// 10 s for one answer and about half of 8 others: 2 s each.
	expect(run.at(10_000)).toEqual([18, 'measured']);
});

test('answers of a shard that was cut off count again, until a new one comes', () => {
	const run = setUp('learned', 1, 4);
	// 6 new answers and 4 that come again, 2 s each.
	expect(run.at(0)).toEqual([20, 'learned']);
	expect(run.at(8_000)).toEqual([12, 'learned']);
	run.totals.put(4, row);
	// 10 s for 4 again, 1 new and half of the next: 5 are left.
	expect(run.at(11_000)).toEqual([10, 'measured']);
});
