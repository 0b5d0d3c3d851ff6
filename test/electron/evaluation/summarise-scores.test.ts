import { describe, expect, test } from 'vitest';
import { compareScores, normalTest } from '../../../electron/evaluation/compare-scores.ts';
import { majorityAtKValues, passAtK, passAtKValues } from '../../../electron/evaluation/pass-at-k.ts';
import { summarise, summariseByTag, summarisePooled } from '../../../electron/evaluation/summarise-scores.ts';
import { z95 } from '../../../electron/statistics/normal-distribution.ts';
import { createRandom } from '../../../electron/statistics/seeded-random.ts';

const repeat = (value: number, times: number): number[] => new Array<number>(times).fill(value);

describe('a mean', () => {
	test('of right and wrong answers has a Wilson interval', () => {
		const summary = summarise([...repeat(1, 515), ...repeat(0, 804)]);
		expect(summary).toMatchObject({ n: 1319, unscored: 0, method: 'Wilson' });
		expect(summary?.mean).toBeCloseTo(0.390447, 6);
		// statsmodels: proportion_confint(515, 1319, method="wilson")
		expect(summary?.low).toBeCloseTo(0.3644741, 6);
		expect(summary?.high).toBeCloseTo(0.4170568, 6);
	});

	test('counts unscored values, NaN and infinities too, and never drops them', () => {
		expect(summarise([1, null, 0, Number.NaN, Number.POSITIVE_INFINITY])).toMatchObject({
			n: 2,
			unscored: 3,
			mean: 0.5,
		});
		expect(summarise([null, null])).toBeNull();
		expect(summarise([])).toBeNull();
	});

	test('of other scores has Student’s interval; a single value has none', () => {
		const summary = summarise([0.2, 0.4, 0.9]);
		expect(summary).toMatchObject({ n: 3, method: 't' });
		// scipy.stats.t.interval(0.95, 2, 0.5, sem)
		expect(summary?.low).toBeCloseTo(-0.395671, 5);
		const same = summarise(repeat(0.5, 8));
		expect(same).toMatchObject({ mean: 0.5, standardError: 0, method: 'all the same' });
		// Wilson's bound of 0 in 8: 0.3244.
		expect([same?.low, same?.high].map((end) => end?.toFixed(4))).toEqual(['0.3378', '0.6622']);
		expect(summarise([0.4])).toMatchObject({ low: 0, high: 1, method: 'none: 1 value' });
	});

	test('of answers that share clusters is less certain than it looks', () => {
		const values = Array.from({ length: 200 }, (_, index) => (Math.floor(index / 10) % 2 === 0 ? 1 : 0));
		const clusters = values.map((_, index) => `passage ${Math.floor(index / 10)}`);
		const alone = summarise(values);
		const together = summarise(values, clusters);
		expect(together).toMatchObject({ mean: 0.5, method: 't, 20 clusters' });
		expect(together!.standardError / alone!.standardError).toBeGreaterThan(3);
		// A null cluster is a cluster of its own.
		expect(
			summarise(
				values,
				repeat(0, 200).map(() => null),
			),
		).toEqual(alone);
		expect(summarise([1, 1, 1, 1], ['a', 'a', 'b', 'b'])).toMatchObject({
			mean: 1,
			high: 1,
			method: 'Wilson, 2 clusters',
		});
		expect(summarise([1, 0, 1], ['a', 'a', 'a'])).toMatchObject({ low: 0, high: 1, method: 'none: 1 cluster' });
	});

	test('pooled over parts of samples differs from the mean of the samples', () => {
		const summary = summarisePooled([1, 0.5, 0, null], [1, 2, 1, 3]);
		expect(summary).toMatchObject({ n: 3, unscored: 1, mean: 0.5, method: 't, pooled' });
		expect(summarisePooled([1, 0], [3, 1])?.mean).toBe(0.75);
	});

	test('by tag counts a sample once for each of its tags', () => {
		const rows = [
			{ value: 1, tags: ['easy', 'easy'], cluster: null },
			{ value: 0, tags: ['hard', 'long'], cluster: null },
			{ value: null, tags: ['hard'], cluster: null },
			{ value: null, tags: ['odd'], cluster: null },
		];
		expect(summariseByTag(rows).map(({ tag, n, unscored, mean }) => [tag, n, unscored, mean])).toEqual([
			['easy', 1, 0, 1],
			['hard', 1, 1, 0],
			['long', 1, 0, 0],
		]);
	});
});

describe('several answers to one sample', () => {
	test('pass@k as human-eval computes it', () => {
		expect(passAtK(10, 3, 5)).toBeCloseTo(0.9166666666666666, 12);
		expect(passAtK(6, 3, 1)).toBe(0.4999999999999999);
		expect(passAtK(10, 0, 5)).toBe(0);
		expect(passAtK(10, 10, 1)).toBe(1);
		expect(passAtK(5, 2, 4)).toBe(1);
		expect(passAtK(3, 1, 5)).toBeNull();
		// Binomials of this size overflow; the product does not. 1 − C(190, 100)/C(200, 100), SciPy.
		expect(passAtK(200, 10, 100)).toBeCloseTo(0.9992289739372822, 12);
	});

	test('pass@k is null if a sample has fewer than k scored answers', () => {
		const full = { values: [1, 0, 0], answers: ['a', 'b', 'c'] };
		expect(passAtKValues([full, { values: [1, null, 0], answers: ['a', null, 'b'] }], 3)).toBeNull();
		expect(passAtKValues([full, full], 3)).toEqual([1, 1]);
	});

	test('majority@k is the score of the most frequent answer, or of the earliest of equally frequent ones', () => {
		const values = majorityAtKValues(
			[
				{ values: [0, 1, 1], answers: ['17', '18', '18.0'] },
				{ values: [0, 1, 0], answers: ['a', 'b', 'c'] },
				{ values: [0, 0, 0], answers: [null, null, null] },
				{ values: [0, 1, 1], answers: [null, 'b', 'b'] },
			],
			3,
		);
		expect(values).toEqual([1, 0, 0, 1]);
		expect(majorityAtKValues([{ values: [1], answers: ['a'] }], 3)).toBeNull();
	});
});

describe('two sides', () => {
	test('the published comparison: GSM8K 6b_verification against 175b_finetuning', () => {
		// docs/formulas.md#published-figures-used-by-tests: only the first side is right on 209 samples, only the
		// second on 152; in all they are right on 515 and 458 of 1,319.
		const verification = [...repeat(1, 306), ...repeat(1, 209), ...repeat(0, 152), ...repeat(0, 652)];
		const finetuning = [...repeat(1, 306), ...repeat(0, 209), ...repeat(1, 152), ...repeat(0, 652)];
		const result = compareScores({ first: finetuning, second: verification })!;
		expect(result).toMatchObject({ n: 1319, leftOut: 0, gained: 209, lost: 152, method: 'McNemar, mid-p' });
		expect(result.second.mean).toBeCloseTo(0.390447, 6);
		expect(result.first.mean).toBeCloseTo(0.347233, 6);
		expect(result.mcNemar?.exact).toBeCloseTo(0.00315066, 8);
		expect(result.mcNemar?.midP).toBeCloseTo(0.00268739, 8);
		expect(result.mcNemar?.chiSquared.statistic).toBeCloseTo(9, 9);
		expect(result.mcNemar?.corrected.statistic).toBeCloseTo(8.68698, 5);
		expect(result.difference).toBeCloseTo(0.0432146, 7);
		expect(result.standardError).toBeCloseTo(0.0143611, 7);
		expect(Math.hypot(result.first.standardError, result.second.standardError)).toBeCloseTo(0.0187763, 7);
		expect(normalTest(result).z).toBeCloseTo(3.00915, 5);
		// The published interval is the normal one; McNemar's, inverted, differs in the fourth digit.
		expect(result.difference - z95 * result.standardError).toBeCloseTo(0.0150674, 6);
		expect(result.difference + z95 * result.standardError).toBeCloseTo(0.0713617, 6);
		expect(result.low).toBeCloseTo(0.0150674, 3);
		expect(result.high).toBeCloseTo(0.0713617, 3);
		expect(result.rho).toBeCloseTo(0.415127, 6);
		expect(result.p).toBe(result.mcNemar?.midP);
		// 2.8 standard errors: the difference that these samples detect 4 times in 5.
		expect(result.detectable).toBeCloseTo(2.8015852 * 0.0143611, 5);
		expect(result.samplesNeeded).toBe(Math.ceil(1319 * (result.detectable! / result.difference) ** 2));
	});

	test('of right and wrong answers have an interval that excludes 0 exactly if p is below 0.05', () => {
		const contradictions: string[] = [];
		for (let lost = 0; lost <= 40; lost += 1) {
			for (let gained = 0; gained <= 40; gained += 1) {
				const same = 100 - lost - gained;
				const first = [...repeat(1, lost), ...repeat(0, gained), ...repeat(1, same)];
				const second = [...repeat(0, lost), ...repeat(1, gained), ...repeat(1, same)];
				const { p, low, high, difference } = compareScores({ first, second })!;
				const inside = -1 <= low && low <= difference && difference <= high && high <= 1;
				if (p < 0.05 !== (low > 0 || high < 0) || !inside)
					contradictions.push(`${lost}, ${gained}: ${p}, ${low}, ${high}`);
			}
		}
		expect(contradictions).toEqual([]);
	});

	test('that are equally good are called different in at most 5 % of simulated runs', () => {
		const random = createRandom(20261127);
		let [runs, different] = [0, 0];
		for (const n of [5, 10, 20, 50, 100, 200]) {
			for (const accuracy of [0.2, 0.5, 0.8]) {
				for (let run = 0; run < 200; run += 1) {
					const answers = () => Array.from({ length: n }, () => (random.next() < accuracy ? 1 : 0));
					const { p, low, high } = compareScores({ first: answers(), second: answers() })!;
					runs += 1;
					if (p < 0.05 || low > 0 || high < 0) different += 1;
				}
			}
		}
		expect(different / runs).toBeLessThan(0.05);
		expect(different / runs).toBeGreaterThan(0.01);
	});

	test('are compared on the samples that both scored', () => {
		const result = compareScores({ first: [1, null, 0, 1], second: [1, 1, 1, Number.NaN] });
		expect(result).toMatchObject({ n: 2, leftOut: 2, gained: 1, lost: 0 });
		expect(compareScores({ first: [null], second: [1] })).toBeNull();
	});

	test('with graded scores are compared by a repeatable permutation test', () => {
		const first = Array.from({ length: 50 }, (_, index) => (index % 7) / 10);
		const second = first.map((value, index) => value + (index % 3) / 20);
		const result = compareScores({ first, second, seed: 5 })!;
		expect(result).toMatchObject({ method: 'permutation, 9,999 drawn', mcNemar: null });
		expect(result.low).toBeGreaterThan(0);
		expect(compareScores({ first, second, seed: 5 })).toEqual(result);
	});

	test('with clusters are compared by permutations of whole clusters', () => {
		const first = repeat(0, 40);
		const second = first.map((_, index) => (Math.floor(index / 10) === 0 ? 1 : 0));
		const clusters = first.map((_, index) => `c${Math.floor(index / 10)}`);
		expect(compareScores({ first, second })!.p).toBeLessThan(0.01);
		expect(compareScores({ first, second, clusters })).toMatchObject({
			method: 'permutation, exact, 4 clusters',
			independent: 4,
		});
		expect(compareScores({ first, second, clusters })!.p).toBeGreaterThan(0.3);
	});

	test('without any difference are not proved to be the same', () => {
		const result = compareScores({ first: repeat(1, 30), second: repeat(1, 30) })!;
		expect(result).toMatchObject({ difference: 0, p: 1, detectable: null, samplesNeeded: null });
		expect(result.high).toBeCloseTo(0.1, 6);
	});
});
