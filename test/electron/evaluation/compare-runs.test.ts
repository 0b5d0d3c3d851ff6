import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { pairWords } from '../../../electron/evaluation/comparison-words.ts';
import { failureOf } from '../../support/failure.ts';
import { adds, setUp, sums } from './setup.ts';

const base = {
	armId: 1,
	standardError: 0.01,
	p: 0.5,
	method: 'x',
	gained: 3,
	lost: 2,
	detectable: 0.05,
	fewest: null,
	samplesNeeded: null,
};

describe('wording', () => {
	const share = { share: true };
	test('a proven difference', () => {
		const pair = {
			...base,
			n: 1319,
			difference: 0.0432146,
			low: 0.0150674,
			high: 0.0713617,
			verdict: 'better' as const,
		};
		expect(String(pairWords('B', 'A', pair, share))).toBe(
			'B is better than A by 4.3 points, 95 % interval 1.5 to 7.1; 1,319 samples.',
		);
		const worse = { ...pair, difference: -0.0432146, low: -0.0713617, high: -0.0150674, verdict: 'worse' as const };
		expect(String(pairWords('B', 'A', worse, share))).toBe(
			'B is worse than A by 4.3 points, 95 % interval 1.5 to 7.1; 1,319 samples.',
		);
	});
	test('a difference that may be chance says what would settle it', () => {
		const pair = {
			...base,
			n: 96,
			difference: 0.012,
			low: -0.008,
			high: 0.032,
			verdict: 'undecided' as const,
			samplesNeeded: 800,
		};
		expect(String(pairWords('B', 'A', pair, share))).toBe(
			'Can’t tell yet: B scores 1.2 points higher than A, 95 % interval −0.8 to 3.2; 96 samples. About 700 more samples would tell.',
		);
	});
	test('too few samples say nothing but how many it takes', () => {
		const pair = {
			...base,
			...({ n: 5, difference: -0.263, low: -0.9, high: 0.4, verdict: 'undecided', fewest: 6 } as const),
		};
		expect(String(pairWords('B', 'A', pair, share))).toBe(
			'Too few samples to tell: B scores 26.3 points lower than A on 5 samples. It takes at least 6.',
		);
	});
	test('no difference says what could still be hidden', () => {
		const pair = {
			...base,
			n: 60,
			difference: 0,
			low: -0.05,
			high: 0.05,
			verdict: 'same' as const,
			gained: 0,
			lost: 0,
		};
		expect(String(pairWords('B', 'A', pair, share))).toBe(
			'B and A score the same on each of 60 samples; a true difference of up to 5.0 points is still possible.',
		);
	});
});

test('two models on the same samples are paired, with McNemar’s test, in words, and with a list of differences', async () => {
	const { evaluations, config, ended } = setUp(sums(80), {
		models: 2,
		answer: (row, place) =>
			adds(new Set(place.path.includes('1') ? Array.from({ length: 30 }, (_, index) => index) : [2, 3]))(row, place),
	});
	const run = await ended((await evaluations.start(config())).id);
	const [first, second] = run.arms.map(({ id }) => id) as [number, number];
	const comparison = await evaluations.compare([first, second], null);
	expect(comparison).toMatchObject({ n: 80, leftOut: 0, unfair: [], scorer: 'exact', scorers: ['exact'] });
	expect(comparison.pairs[0]).toMatchObject({
		n: 80,
		difference: expect.closeTo(0.35, 10),
		gained: 28,
		lost: 0,
		verdict: 'better',
		method: 'McNemar, mid-p',
	});
	expect(comparison.words).toMatch(
		/^Q4_0 is better than Q8_0 by 35\.0 points, 95 % interval 23\.\d to 45\.\d; 80 samples\.$/,
	);
	const rows = (filter: 'different' | 'gained' | 'lost') =>
		evaluations.rows({
			arms: [first, second],
			filter,
			bound: 1,
			scorer: null,
			tag: null,
			search: '',
			offset: 0,
			limit: 100,
		});
	expect((await rows('different')).total).toBe(28);
	expect((await rows('gained')).total).toBe(28);
	expect(await rows('lost')).toEqual({ rows: [], total: 0 });
	const odd = await evaluations.rows({
		arms: [first, second],
		filter: 'different',
		bound: 1,
		scorer: null,
		tag: 'odd',
		search: '7 +',
		offset: 0,
		limit: 100,
	});
	expect(odd.rows.map(({ key }) => key)).toEqual(['sum-7', 'sum-17', 'sum-27']);
});

test('a scorer that turns a distance into a score makes nearer better', async () => {
	const { evaluations, config, ended } = setUp(sums(40), {
		models: 2,
		answer(row, place) {
			const { text = '' } = adds(new Set())(row, place);
			return { text: place.path.includes('1') ? `${text} or so` : text };
		},
	});
	const run = await ended((await evaluations.start(config({ scorers: [{ kind: 'levenshtein' }] }))).id);
	const [far, near] = run.arms.map(({ id }) => id) as [number, number];
	const { pairs, words } = await evaluations.compare([far, near], null);
	expect(pairs[0]).toMatchObject({ verdict: 'better', gained: 40, lost: 0 });
	expect(pairs[0]?.difference).toBeGreaterThan(0);
	expect(words).toMatch(/^Q4_0 is better than Q8_0 by/);
});

test('runs of different datasets are paired by their common samples, and the rest is reported', async () => {
	const setup = setUp(sums(30));
	const { evaluations, config, ended, database } = setup;
	const { addDataset } = await import('./setup.ts');
	const changed = sums(20).map((sample, index) => (index < 5 ? { ...sample, target: 'other' } : sample));
	const other = addDataset(database, 'Other sums', changed);
	const one = await ended((await evaluations.start(config())).id);
	const two = await ended(
		(await evaluations.start(config({ dataset: { datasetId: other.datasetId }, name: 'Second' }))).id,
	);
	const comparison = await evaluations.compare([one.arms[0]!.id, two.arms[0]!.id], null);
	expect(comparison).toMatchObject({ n: 15, leftOut: 20, pairs: [{ n: 15, verdict: 'same' }] });
	expect(comparison.unfair).toMatchObject([
		{
			...{ code: 'samples', serious: true },
			message: '15 samples were scored on both sides and are compared; 20 left out because a side has no score.',
		},
	]);
	const { total, rows } = await evaluations.rows({
		arms: [one.arms[0]!.id, two.arms[0]!.id],
		filter: 'all',
		bound: 1,
		scorer: null,
		tag: null,
		search: '',
		offset: 3,
		limit: 4,
	});
	expect(total).toBe(30);
	expect(rows.map(({ cells }) => cells[1]?.status)).toEqual([null, null, 'done', 'done']);
});

test('a comparison in which two things differ says so first', async () => {
	const examples = Array.from({ length: 8 }, (_, index) => ({
		input: `${90 + index} + 1`,
		target: String(91 + index),
		split: 'examples',
		key: `e${index}`,
	}));
	const { evaluations, config, ended } = setUp([...sums(12), ...examples], { models: 2 });
	const few = await ended(
		(await evaluations.start(config({ modelFileIds: [1], techniques: [{ kind: 'few-shot', shots: 5 }] }))).id,
	);
	const chain = await ended(
		(
			await evaluations.start(
				config({
					modelFileIds: [2],
					techniques: [{ kind: 'self-consistency', k: 4, instruction: '', extract: { kind: 'whole' } }],
					dataset: { datasetId: 1, split: 'test' },
					contextSize: 2048,
				}),
			)
		).id,
	);
	const { unfair, words } = await evaluations.compare([few.arms[0]!.id, chain.arms[0]!.id], null);
	expect(unfair[0]).toMatchObject({ code: 'technique', serious: true });
	expect(unfair[0]?.message).toContain('used 5-shot');
	expect(unfair[0]?.message).toContain('not from the model');
	expect(unfair.map(({ code }) => code)).toContain('context');
	expect(words).toContain('Read the warning first');
	// A single difference is the subject of the comparison.
	const both = await ended(
		(
			await evaluations.start(
				config({
					modelFileIds: [1],
					techniques: [
						{ kind: 'few-shot', shots: 1 },
						{ kind: 'few-shot', shots: 5 },
					],
				}),
			)
		).id,
	);
	expect(
		(
			await evaluations.compare(
				both.arms.map(({ id }) => id),
				null,
			)
		).unfair,
	).toEqual([]);
});

test('one arm measured twice says how many shared outputs differ, where rows reach each other', async () => {
	// Answers differ in the longer run, as rows of one decode would make them.
	let longer = false;
	const { evaluations, config, ended } = setUp(sums(20), {
		answer: (row, place) => {
			const answer = adds()(row, place);
			return longer && /\b[456] \+ 1/.test(place.text) ? { text: `${answer.text}!` } : answer;
		},
	});
	const run = async (independent: boolean, limit: number, seed = 0) => {
		longer = limit > 10;
		const dataset = { datasetId: 1, limit };
		return (await ended((await evaluations.start(config({ modelFileIds: [1], dataset, independent, seed }))).id))
			.arms[0]!.id;
	};
	const said = async (arms: number[]) =>
		(await evaluations.compare(arms, null)).unfair.filter(({ code }) => code === 'neighbours');
	expect(await said([await run(true, 10), await run(true, 20)])).toEqual([]);
	const together = await said([await run(false, 10), await run(false, 20)]);
	expect(together).toHaveLength(1);
	expect(together[0]?.serious).toBe(false);
	expect(together[0]?.message).toMatch(
		/^Answers of .* depend slightly on the samples .*: of 10 outputs that the two runs share, 3 differ/,
	);
	// With another seed, outputs may differ for that reason.
	const [reseeded] = await said([await run(false, 10), await run(false, 20, 7)]);
	expect(reseeded?.message).toMatch(/so a small part of the difference may come from that\.$/);
});

test('two sides with equal scores on a few samples are undecided, not the same', async () => {
	const { evaluations, config, ended } = setUp(sums(2), { models: 2 });
	const run = await ended((await evaluations.start(config())).id);
	const { pairs, words } = await evaluations.compare(
		run.arms.map(({ id }) => id),
		null,
	);
	expect(pairs).toMatchObject([{ n: 2, gained: 0, lost: 0, verdict: 'undecided', fewest: 6 }]);
	expect(words).toMatch(/^Too few samples to tell/);
});

test('three sides are tested together, and a scorer that one side lacks is refused', async () => {
	const { evaluations, config, ended } = setUp(sums(40), {
		models: 3,
		answer: (row, place) =>
			adds(new Set(place.path.includes('3') ? Array.from({ length: 20 }, (_, index) => index) : []))(row, place),
	});
	const run = await ended((await evaluations.start(config())).id);
	const arms = run.arms.map(({ id }) => id);
	const comparison = await evaluations.compare(arms, null);
	expect(comparison.pairs.map(({ verdict }) => verdict)).toEqual(['same', 'worse']);
	expect(comparison.words).toBe('Q2_K is worse than Q8_0; can’t tell yet for one (tested together at 5 %, Holm).');
	expect(await failureOf(() => evaluations.compare(arms, 'rouge'))).toMatchObject({ code: 'scorer-unknown' });
	expect(await failureOf(() => evaluations.compare([1, 99], null))).toMatchObject({ code: 'arm-unknown' });
});

test('answers that were forced into a format are compared as asked otherwise', async () => {
	const { evaluations, config, ended } = setUp(sums(8), { models: 2 });
	const runs = [
		{ modelFileIds: [1], techniques: [{ kind: 'zero-shot' as const }] },
		{ modelFileIds: [2], techniques: [{ kind: 'zero-shot' as const, answerFormat: 'json' }] },
	];
	const arms: number[] = [];
	for (const run of runs) arms.push((await ended((await evaluations.start(config(run))).id)).arms[0]!.id);
	const { unfair } = await evaluations.compare(arms, null);
	expect(unfair[0]).toMatchObject({ code: 'technique', serious: true });
	expect(unfair[0]?.message).toMatch(/used zero-shot, .+ zero-shot, JSON;/);
});

test('the published schema of config files is the one that is used', async () => {
	const { configFileJsonSchema } = await import('../../../electron/contract/evaluation/config-file.ts');
	const published = readFileSync(
		new URL('../../../electron/contract/evaluation/config-file.schema.json', import.meta.url),
		'utf8',
	);
	// Written by: assay eval schema > electron/contract/evaluation/config-file.schema.json
	expect(JSON.parse(published)).toEqual(configFileJsonSchema());
});

test('scorers of one name and different settings: the settings are named as config files write them', async () => {
	const { evaluations, config, ended } = setUp(sums(8));
	const arms: number[] = [];
	for (const ignoreCase of [true, false]) {
		const scorers = [{ kind: 'includes' as const, ignoreCase }];
		arms.push((await ended((await evaluations.start(config({ scorers, seed: arms.length }))).id)).arms[0]!.id);
	}
	const { unfair } = await evaluations.compare(arms, null);
	expect(unfair.find(({ code }) => code === 'scorer')?.message).toBe(
		'“includes” scores the two by different rules: they differ in ignoreCase.',
	);
});
