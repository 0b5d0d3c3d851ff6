import { describe, expect, test } from 'vitest';
import { compareScores } from '../../../electron/evaluation/compare-scores.ts';
import { createRandom, type RandomSource } from '../../../electron/statistics/seeded-random.ts';

/** One score of one side; `hard`: how hard the sample is for both sides, 0 to 1. */
type Draw = (random: RandomSource, hard: number) => number;

const kinds: Record<string, Draw> = {
	'right or wrong': (random, hard) => (random.next() < 0.2 + 0.6 * hard ? 1 : 0),
	'mostly wrong': (random) => (random.next() < 0.1 ? 1 : 0),
	'grades of 1 to 5': (random, hard) => Math.min(4, Math.floor(random.next() * 3 + 2 * hard)) / 4,
	'shares of instructions': (random) => [0, 0.5, 1][random.below(3)] ?? 0,
	'similar texts': (random, hard) => Math.min(1, 0.5 * hard + 0.5 * random.next()),
	'rarely different': (random) => (random.next() < 0.9 ? 1 : random.next()),
	'any number': (random, hard) => 40 * hard - 25 * Math.log(1 - random.next()),
};

/** Sizes, and the runs that each is simulated in. */
const sizes = [...[5, 6, 7, 8, 10, 12].map((n) => [n, 300] as const), ...[20, 50, 200].map((n) => [n, 60] as const)];
const runs = 120;

function simulate(draw: Draw, n: number, seed: number, clustered = false) {
	const random = createRandom(seed);
	const hard = Array.from({ length: n }, () => random.next());
	const clusters = clustered ? hard.map((_, index) => `passage ${Math.floor(index / 3)}`) : null;
	const side = () => hard.map((one) => draw(random, one));
	const result = compareScores({ first: side(), second: side(), clusters, seed });
	if (result === null) throw new Error('nothing compared');
	return result;
}

describe('two equal sides', () => {
	test.each(Object.keys(kinds))(
		'with scores that are “%s” are called different in at most 5 percent of runs',
		(kind) => {
			const draw = kinds[kind] as Draw;
			let [called, all] = [0, 0];
			for (const [n, times] of sizes) {
				const wrong = Array.from({ length: times }, (_, run) => simulate(draw, n, 1000 * n + run)).filter(
					({ p }) => p <= 0.05,
				).length;
				called += wrong;
				all += times;
				// Three standard errors above 5 %.
				expect(wrong / times, `${n} samples`).toBeLessThanOrEqual(0.05 + 3 * Math.sqrt((0.05 * 0.95) / times));
			}
			expect(called / all).toBeLessThanOrEqual(0.05 + 2 * Math.sqrt((0.05 * 0.95) / all));
		},
	);

	test.each([6, 9, 15, 30, 42])(
		'with %i samples in clusters of 3 are called different in at most 5 percent of runs',
		(n) => {
			for (const draw of Object.values(kinds)) {
				const wrong = Array.from({ length: runs }, (_, run) => simulate(draw, n, 7000 * n + run, true));
				const share = wrong.filter(({ p }) => p <= 0.05).length / runs;
				expect(share).toBeLessThanOrEqual(0.05 + 3 * Math.sqrt((0.05 * 0.95) / runs));
			}
		},
	);
});

describe('an interval', () => {
	test('leaves out 0 exactly if p is at most 0.05, whatever the scores', () => {
		const random = createRandom(11);
		for (let run = 0; run < 1500; run += 1) {
			const draw = Object.values(kinds)[run % 7] as Draw;
			const n = 1 + random.below(40);
			const shift = random.next() < 0.5 ? 0 : 0.3;
			const first = Array.from({ length: n }, () => draw(random, random.next()));
			const second = first.map((value) => (random.next() < shift ? Math.min(1, value + 0.5) : draw(random, 0.5)));
			const clusters = run % 3 === 0 ? first.map((_, index) => `${index % 9}`) : null;
			const found = compareScores({ first, second, clusters, seed: run });
			if (found === null) throw new Error('nothing compared');
			const { low, high, p, difference } = found;
			expect(low > 0 || high < 0, JSON.stringify({ first, second, low, high, p })).toBe(p <= 0.05);
			expect(low).toBeLessThanOrEqual(difference + 1e-9);
			expect(high).toBeGreaterThanOrEqual(difference - 1e-9);
			expect(Number.isFinite(low) && Number.isFinite(high)).toBe(true);
		}
	});

	test('of graded scores holds the true difference in about 95 % of runs', () => {
		for (const n of [8, 13, 40]) {
			const covered = Array.from({ length: 300 }, (_, run) => {
				const random = createRandom(90_000 + 1000 * n + run);
				const first = Array.from({ length: n }, () => 0.6 * random.next());
				const second = first.map((value) => (random.next() < 0.7 ? value + 0.4 * random.next() - 0.1 : value));
				const found = compareScores({ first, second, seed: run });
				// 0.7 · (0.2 − 0.1)
				return found !== null && found.low <= 0.07 && found.high >= 0.07;
			}).filter(Boolean).length;
			expect(covered / 300, `${n} samples`).toBeGreaterThan(0.925);
		}
	});
});

test('five samples can’t tell two sides apart, however large the difference', () => {
	const grades = compareScores({ first: [0, 0.1, 0.2, 0, 0.1], second: [1, 0.9, 1, 0.8, 1] });
	expect(grades).toMatchObject({ p: 0.0625, method: 'permutation, exact', gained: 5 });
	expect(grades?.low).toBeLessThan(0);
	const six = compareScores({ first: [0, 0.1, 0.2, 0, 0.1, 0.3], second: [1, 0.9, 1, 0.8, 1, 0.7] });
	expect(six).toMatchObject({ p: 0.03125, method: 'permutation, exact' });
	expect(six?.low).toBeGreaterThan(0);
});

test('six graded samples, of which 1 gains and 4 lose, are no finding', () => {
	const found = compareScores({ first: [0.5, 0.6, 0.8, 0.4, 0.9, 0.2], second: [0.5, 0.2, 0.3, 0.1, 0.2, 0.5] });
	expect(found).toMatchObject({ gained: 1, lost: 4 });
	expect(found?.p).toBeGreaterThan(0.05);
});

test('two clusters that agree prove nothing', () => {
	const found = compareScores({ first: [0, 0, 0, 0], second: [1, 1, 1, 1], clusters: ['a', 'a', 'b', 'b'] });
	expect(found?.p).toBe(0.5);
	expect(found?.low).toBeLessThanOrEqual(0);
});
