import { describe, expect, test } from 'vitest';
import type { Pair } from '../../../../electron/contract/evaluation/schema.ts';
import { describeVerdict } from '../../../../renderer/evaluation/result/verdict.ts';
import { chooseUnit } from '../../../../renderer/evaluation/score-format.ts';

const pair: Pair = {
	armId: 2,
	n: 160,
	difference: 0.0391,
	standardError: 0.04,
	low: -0.0552,
	high: 0.1338,
	p: 0.4,
	method: 'McNemar, exact',
	gained: 27,
	lost: 21,
	verdict: 'undecided',
	detectable: 0.11,
	fewest: null,
	samplesNeeded: 714,
	words: '',
};

const verdictOf = (changes: Partial<Pair>, more: Partial<Parameters<typeof describeVerdict>[0]> = {}) =>
	describeVerdict({
		subject: 'B',
		pair: { ...pair, ...changes },
		unit: chooseUnit([]),
		rescored: false,
		comparisons: 1,
		progress: { status: 'done' },
		total: 160,
		...more,
	});

describe('the verdict', () => {
	test('on a difference that may be chance says how many samples would tell', () => {
		expect(verdictOf({})).toMatchObject({
			state: 'open',
			lead: 'Can’t tell yet: B +3.9 points',
			range: '(−5.5 to 13.4)',
			next: 'About 550 more samples would tell.',
			detail: 'same 160 samples · fixes 27, breaks 21 · 95 % interval in brackets, McNemar p = 0.40',
			samplesWanted: 714,
		});
	});

	test('on a clear difference names its size, in its own direction', () => {
		const worse = { difference: -0.1, low: -0.15, high: -0.05, verdict: 'worse', p: 0.001 } as const;
		expect(verdictOf(worse)).toMatchObject({
			state: 'decided',
			lead: 'B is worse by 10.0 points',
			range: '(5.0 to 15.0)',
			next: '',
			samplesWanted: null,
		});
		expect(verdictOf(worse, { rescored: true }).lead).toBe('B scores 10.0 points lower');
	});

	test('on too few samples says so first, whatever the difference', () => {
		expect(verdictOf({ n: 5, difference: -0.263, fewest: 6, samplesNeeded: null })).toMatchObject({
			state: 'open',
			lead: 'Too few to tell: B −26.3 points on 5 samples',
			range: '',
			next: 'It takes at least 6 samples, and more for a small difference.',
			samplesWanted: 6,
		});
		expect(verdictOf({ n: 12, fewest: 6 }).next).toContain('at least 6 clusters');
	});

	test('without any difference names what is still possible', () => {
		expect(verdictOf({ n: 30, difference: 0, gained: 0, lost: 0, verdict: 'same', samplesNeeded: null })).toMatchObject(
			{
				lead: 'No difference found: all 30 samples score the same',
				next: 'A true difference of up to 10.0 points is still possible.',
				samplesWanted: 60,
			},
		);
	});

	test.each(['running', 'waiting', 'paused', 'cancelled', 'failed'] as const)(
		'of a run that is %s is never a finding',
		(status) => {
			const found = verdictOf({ n: 12, verdict: 'better', p: 0.001 }, { progress: { status } });
			expect(found).toMatchObject({ state: 'provisional', lead: 'So far: B +3.9 points', samplesWanted: null });
			expect(found.next).toMatch(/^12 of 160 samples compared\. /);
		},
	);

	test('explains why a pair whose own interval leaves out zero is not clear among several', () => {
		const { next, detail } = verdictOf({ low: 0.001, high: 0.08 }, { comparisons: 4 });
		expect(next).toBe(
			'This pair alone would be clear, but the best of 4 often looks so by chance. About 550 more samples would tell.',
		);
		expect(detail).toContain('adjusted for 4 comparisons');
	});
});
