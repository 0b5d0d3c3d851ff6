import { expect, test } from 'vitest';
import { type Measured, testClaims } from '../../../electron/comparison/claims.ts';
import { decide } from '../../../electron/comparison/decide.ts';
import { seededRandom } from '../../support/seeded-random.ts';

const normal = (random: () => number): number =>
	Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

function file(id: number, name: string, more: Partial<Measured> = {}): Measured {
	const nothing = {
		changed: false,
		divergence: null,
		sameTop: null,
		approximate: false,
		generation: null,
		scores: null,
	};
	return { id, name, reference: false, sizeBytes: 100, ...nothing, ...more };
}

const scored = (values: readonly (number | null)[]): Measured['scores'] => ({ values: [...values], clusters: null });

/** Chunks around a mean; the same chunks are hard and easy for every file. */
const around = (mean: number): number[] => Array.from({ length: 12 }, (_, index) => mean * (0.8 + (index % 5) * 0.1));
const speeds = (mean: number): number[] => [0.99, 1, 1.01, 0.995, 1.005].map((factor) => factor * mean);

/**
 * The starter's ladder (docs/formulas.md#published-figures-used-by-tests): sizes and KL divergences are measured,
 * speeds are the mock's.
 */
const ladder = [
	file(1, 'F16', { reference: true, sizeBytes: 271, divergence: around(0), generation: speeds(31.4) }),
	file(2, 'Q8_0', { sizeBytes: 145, sameTop: 0.953, divergence: around(0.004), generation: speeds(52.8) }),
	file(3, 'Q6_K', { sizeBytes: 138, divergence: around(0.01), generation: speeds(50.1) }),
	file(4, 'Q5_K_M', { sizeBytes: 112, divergence: around(0.0793), generation: speeds(57.9) }),
	file(5, 'Q4_K_M', { sizeBytes: 105, sameTop: 0.862, divergence: around(0.0567), generation: speeds(62.3) }),
	file(6, 'Q3_K_M', { sizeBytes: 94, divergence: around(0.145), generation: speeds(66) }),
	file(7, 'Q2_K', { sizeBytes: 88, divergence: around(0.42), generation: speeds(68.1) }),
];

test("on the starter's ladder Q4_K_M is recommended, and Q5_K_M is larger and worse", () => {
	const { verdict, rows } = decide(ladder, 0.1);
	expect(verdict).toMatchObject({
		text: 'Use Q4_K_M. It picks the same next token as F16 86 % of the time, is 2.0 times as fast and 39 % of the size.',
		detail: 'KL divergence 0.055 ± 0.005 from F16.',
		choose: 5,
		confidence: 'measured',
	});
	expect(Object.fromEntries([...rows].map(([id, { outcome, reason }]) => [id, `${outcome}: ${reason}`]))).toEqual({
		1: 'reference: Reference',
		2: 'acceptable: Slower than Q4_K_M',
		3: 'acceptable: Slower than Q4_K_M',
		4: 'dominated: Beaten by Q4_K_M',
		5: 'recommended: Use this one',
		6: 'ruled-out: Ruled out',
		7: 'ruled-out: Ruled out',
	});
});

test('a divergence above the limit but within its error stays undecided, and the verdict says so', () => {
	const noisy = [0.02, 0.3, 0.05, 0.2, 0.01, 0.09];
	const files = [ladder[0]!, file(8, 'Q4_0', { sizeBytes: 90, divergence: noisy, generation: speeds(80) })];
	const short = files.map((each) => ({ ...each, divergence: each.divergence?.slice(0, 6) ?? null }));
	const { verdict, rows } = decide(short, 0.1);
	expect(rows.get(8)).toMatchObject({ outcome: 'undecided', reason: 'Too close to the limit to tell' });
	expect(verdict).toMatchObject({ choose: 1, text: expect.stringContaining('more text would tell') });
});

test('a paired task rules out a file that passed on divergence', () => {
	const right = Array.from({ length: 200 }, (_, index) => (index % 3 === 0 ? 0 : 1));
	const wrong = right.map((score, index) => (index % 7 === 0 ? 0 : score));
	const files = [
		{ ...ladder[0]!, scores: scored(right) },
		{ ...ladder[1]!, scores: scored(right) },
		{ ...ladder[4]!, scores: scored(wrong) },
	];
	const { verdict, rows } = decide(files, 0.1);
	expect(rows.get(5)?.outcome).toBe('worse');
	expect(verdict.choose).toBe(2);
	expect(verdict.text).toBe(
		'Use Q8_0. It shows no measurable loss against F16 on 200 samples, picks the same next token as F16 95 % of the time, is 1.7 times as fast and 54 % of the size.',
	);
});

test('a loss too small for so few samples is reported as undetectable', () => {
	const right = Array.from({ length: 40 }, (_, index) => index % 2);
	const files = [
		{ ...ladder[0]!, scores: scored(right) },
		{ ...ladder[4]!, scores: scored(right.map((score, index) => (index === 3 ? 0 : index === 4 ? 1 : score))) },
	];
	const { verdict } = decide(files, 0.1);
	expect(verdict.detail).toMatch(/A loss smaller than \d+\.\d points would rarely show on 40 samples; 160 would show/);
});

test('files that are equal in everything get no winner', () => {
	const same = [1, 2, 3].map((id) =>
		file(id, `copy ${id}`, { reference: id === 1, divergence: around(0), generation: speeds(50) }),
	);
	expect(decide(same, 0.1).verdict).toMatchObject({ choose: null, confidence: 'no-difference' });
});

test.each([2, 4, 8])('among %d equal files, at most 5 % of comparisons call one better', (count) => {
	let called = 0;
	const rounds = 600;
	for (let round = 0; round < rounds; round += 1) {
		const random = seededRandom(1000 * count + round);
		const files = Array.from({ length: count }, (_, index) =>
			file(index, `file ${index}`, {
				divergence: Array.from({ length: 16 }, () => 0.05 + 0.02 * normal(random)),
				generation: Array.from({ length: 5 }, () => 60 + 2 * normal(random)),
				scores: scored(Array.from({ length: 60 }, () => (random() < 0.5 ? 1 : 0))),
			}),
		);
		const claims = testClaims(files, 0.1);
		const metrics = ['divergence', 'generation', 'scores'] as const;
		const any = files.some((a) => files.some((b) => a !== b && metrics.some((metric) => claims.better(a, b, metric))));
		if (any) called += 1;
	}
	// 5 % plus three standard errors of the simulation itself.
	expect(called / rounds).toBeLessThanOrEqual(0.05 + 3 * Math.sqrt((0.05 * 0.95) / rounds));
});

test('a computer that slows down while measuring makes no file look faster, and hides no faster one', () => {
	const random = seededRandom(9);
	let called = 0;
	let found = 0;
	const rounds = 300;
	for (let round = 0; round < rounds; round += 1) {
		// Half as fast in the end, equally for all files of a round.
		const drift = [1, 0.9, 0.75, 0.6, 0.5];
		const times = (speed: number): number[] => drift.map((share) => share * speed + 0.3 * normal(random));
		const files = [file(0, 'a', { generation: times(60) }), file(1, 'b', { generation: times(60) })];
		const claims = testClaims(files, 0.1);
		if (claims.better(files[0]!, files[1]!, 'generation') || claims.better(files[1]!, files[0]!, 'generation'))
			called += 1;
		const faster = [file(0, 'a', { generation: times(60) }), file(1, 'c', { generation: times(66) })];
		if (testClaims(faster, 0.1).better(faster[1]!, faster[0]!, 'generation')) found += 1;
	}
	expect(called / rounds).toBeLessThanOrEqual(0.05 + 3 * Math.sqrt((0.05 * 0.95) / rounds));
	expect(found / rounds).toBeGreaterThan(0.9);
});

test('a real difference is found', () => {
	const { rows } = decide([ladder[0]!, ladder[1]!, ladder[4]!], 0.1);
	expect(rows.get(2)).toMatchObject({ outcome: 'acceptable', reason: 'Slower than Q4_K_M' });
});

test('an estimated divergence is labelled as one', () => {
	const estimated = ladder.map((one) => ({ ...one, approximate: !one.reference }));
	expect(decide(estimated, 0.1).verdict.detail).toMatch(/KL divergence about 0\.\d{3} ± /);
	expect(decide(ladder, 0.1).verdict.detail).toMatch(/KL divergence 0\.\d{3} ± /);
});

test.each([
	[0.1, 'too hard', 'easier'],
	[1, 'too easy', 'harder'],
])('a task on which every file scores %s is not counted, and the verdict says why', (share, level, other) => {
	const values = Array.from({ length: 20 }, (_, index) => (index < 20 * share ? 1 : 0));
	const files = [
		{ ...ladder[0]!, scores: scored(values) },
		{ ...ladder[4]!, scores: scored(values) },
	];
	const { verdict } = decide(files, 0.1);
	expect(verdict.text).not.toContain('loss');
	expect(verdict.detail).toContain(
		`The task is ${level} for this model (F16 gets ${100 * share} % of 20 samples right)`,
	);
	expect(verdict.detail).toContain(`it is not counted. Choose an ${other} dataset.`.replace('an harder', 'a harder'));
});

test('a task that only some files fail is counted', () => {
	const right = Array.from({ length: 100 }, () => 1);
	const wrong = right.map((_, index) => (index < 60 ? 1 : 0));
	const files = [
		{ ...ladder[0]!, scores: scored(right) },
		{ ...ladder[1]!, scores: scored(right) },
		{ ...ladder[4]!, scores: scored(wrong) },
	];
	const { rows, verdict } = decide(files, 0.1);
	expect(rows.get(5)?.outcome).toBe('worse');
	expect(verdict.detail).not.toContain('not counted');
});

test('speeds that vary more than they differ are not called equal', () => {
	const files = [
		{ ...ladder[0]!, generation: [35, 4] },
		{ ...ladder[4]!, generation: [90, 30] },
	];
	const { verdict } = decide(files, 0.1);
	expect(verdict.text).toBe(
		'Use Q4_K_M. It picks the same next token as F16 86 % of the time and is 39 % of the size.',
	);
	expect(verdict.detail).toContain('Speed not measurable: the computer was busy.');
});

test('too few steady repetitions are not blamed on the computer', () => {
	const files = [
		{ ...ladder[0]!, generation: [60, 62] },
		{ ...ladder[4]!, generation: [64, 61] },
	];
	expect(decide(files, 0.1).verdict.detail).toContain('Too few repetitions to tell a difference in speed.');
});

test('a speed measured once has no interval, and the verdict says so', () => {
	const files = [
		{ ...ladder[0]!, generation: [31] },
		{ ...ladder[4]!, generation: [62] },
	];
	expect(decide(files, 0.1).verdict.detail).toContain(
		'Speed was measured once, so a difference can’t be told from chance.',
	);
});

test('a file with an adapter is judged by its answers alone', () => {
	const right = Array.from({ length: 120 }, (_, index) => (index % 10 < 8 ? 1 : 0));
	const wrong = Array.from({ length: 120 }, (_, index) => (index % 10 < 3 ? 1 : 0));
	const base = file(1, 'Q8_0', {
		reference: true,
		divergence: around(0),
		generation: speeds(50),
		scores: scored(wrong),
	});
	const adapted = { changed: true, sizeBytes: 103, generation: speeds(45), sameTop: 0.6 };
	const better = decide([base, file(2, 'Q8_0 + Tickets', { ...adapted, scores: scored(right) })], 0.1);
	expect(better.verdict).toMatchObject({
		choose: 2,
		text: expect.stringContaining('Use Q8_0 + Tickets. It answers better'),
	});
	expect(better.rows.get(1)).toMatchObject({ outcome: 'worse', reason: 'Answers worse than Q8_0 + Tickets' });

	const worse = decide([{ ...base, scores: scored(right) }, file(2, 'T', { ...adapted, scores: scored(wrong) })], 0.1);
	expect(worse.verdict).toMatchObject({ choose: 1 });
	expect(worse.rows.get(2)).toMatchObject({ outcome: 'worse' });

	// Slower and larger, but nobody knows what for.
	const unknown = decide([{ ...base, scores: null }, file(2, 'Q8_0 + Tickets', adapted)], 0.1);
	expect(unknown.verdict).toMatchObject({ choose: 1, text: expect.stringContaining('Only samples tell') });
	expect(unknown.rows.get(2)).toMatchObject({ outcome: 'undecided' });

	// Asked, but too hard: to choose a dataset would be no news.
	const none = right.map(() => 0);
	const hard = decide([{ ...base, scores: scored(none) }, file(2, 'T', { ...adapted, scores: scored(none) })], 0.1);
	expect(hard.verdict).toMatchObject({
		text: expect.stringContaining('These samples don’t show whether the answers of T are better or worse.'),
		detail: expect.stringContaining('Choose an easier dataset'),
	});
});
