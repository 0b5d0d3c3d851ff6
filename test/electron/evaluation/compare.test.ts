import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { pairWords } from '../../../electron/evaluation/compare/words.ts';
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
	samplesNeeded: null,
};

describe('words', () => {
	const share = { share: true };
	test('a difference that is shown', () => {
		const pair = {
			...base,
			n: 1319,
			difference: 0.0432146,
			low: 0.0150674,
			high: 0.0713617,
			verdict: 'better' as const,
		};
		expect(pairWords('B', 'A', pair, share)).toBe(
			'B is better than A by 4.3 points, 95 % interval 1.5 to 7.1; 1,319 samples.',
		);
		const worse = { ...pair, difference: -0.0432146, low: -0.0713617, high: -0.0150674, verdict: 'worse' as const };
		expect(pairWords('B', 'A', worse, share)).toBe(
			'B is worse than A by 4.3 points, 95 % interval 1.5 to 7.1; 1,319 samples.',
		);
	});
	test('one that could be chance says what would tell', () => {
		const pair = {
			...base,
			n: 96,
			difference: 0.012,
			low: -0.008,
			high: 0.032,
			verdict: 'undecided' as const,
			samplesNeeded: 800,
		};
		expect(pairWords('B', 'A', pair, share)).toBe(
			'B scores 1.2 points higher than A, 95 % interval −0.8 to 3.2; 96 samples. That could still be chance; about 700 more samples would tell.',
		);
	});
	test('none at all says what could still hide', () => {
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
		expect(pairWords('B', 'A', pair, share)).toBe(
			'B and A score the same on each of 60 samples; a true difference of up to 5.0 points could still hide.',
		);
	});
});

test('two models on the same samples: paired, in words, with McNemar, and only where they differ', async () => {
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
		/^Q4_0 is better than Q8_0 by 35\.0 points, 95 % interval 24\.\d to 45\.\d; 80 samples\.$/,
	);
	const rows = (filter: 'different' | 'gained' | 'lost') =>
		evaluations.rows({ arms: [first, second], filter, scorer: null, tag: null, search: '', offset: 0, limit: 100 });
	expect((await rows('different')).total).toBe(28);
	expect((await rows('gained')).total).toBe(28);
	expect(await rows('lost')).toEqual({ rows: [], total: 0 });
	const odd = await evaluations.rows({
		arms: [first, second],
		filter: 'different',
		scorer: null,
		tag: 'odd',
		search: '7 +',
		offset: 0,
		limit: 100,
	});
	expect(odd.rows.map(({ key }) => key)).toEqual(['sum-7', 'sum-17', 'sum-27']);
});

test('of a distance too, nearer is better: the scorer turns it round', async () => {
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

test('runs of different datasets are paired by what is the same in both, and the rest is said', async () => {
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
	expect(comparison.unfair.map(({ code, serious }) => [code, serious])).toEqual([['samples', true]]);
	const { total, rows } = await evaluations.rows({
		arms: [one.arms[0]!.id, two.arms[0]!.id],
		filter: 'all',
		scorer: null,
		tag: null,
		search: '',
		offset: 3,
		limit: 4,
	});
	expect(total).toBe(30);
	expect(rows.map(({ cells }) => cells[1]?.status)).toEqual([null, null, 'done', 'done']);
});

test('a comparison in which two things differ says so before anything else', async () => {
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
	expect(unfair[0]?.message).toContain('was asked 5-shot');
	expect(unfair[0]?.message).toContain('not from the model');
	expect(unfair.map(({ code }) => code)).toContain('context');
	expect(words).toContain('Read the warning first');
	// One thing that differs is what is compared.
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

test('three sides are tested together, and a scorer that one lacks is refused', async () => {
	const { evaluations, config, ended } = setUp(sums(40), {
		models: 3,
		answer: (row, place) =>
			adds(new Set(place.path.includes('3') ? Array.from({ length: 20 }, (_, index) => index) : []))(row, place),
	});
	const run = await ended((await evaluations.start(config())).id);
	const arms = run.arms.map(({ id }) => id);
	const comparison = await evaluations.compare(arms, null);
	expect(comparison.pairs.map(({ verdict }) => verdict)).toEqual(['same', 'worse']);
	expect(comparison.words).toBe(
		"Q2_K is worse than Q8_0; of one that can't be said yet (all of them tested together at 5 %, Holm).",
	);
	expect(await failureOf(() => evaluations.compare(arms, 'rouge'))).toMatchObject({ code: 'scorer-unknown' });
	expect(await failureOf(() => evaluations.compare([1, 99], null))).toMatchObject({ code: 'arm-unknown' });
});

test('every format of an export is whole, also over several pieces', async () => {
	const hostile = 'x\u0000<]]>&"\'\n=1+1,\u{1F600}\uD800';
	const { evaluations, config, ended } = setUp(sums(250), {
		answer: (row, place) =>
			place.text.startsWith('5 ')
				? { text: hostile }
				: place.text.startsWith('6 ')
					? { failure: { code: 'x', message: 'No <room>.', next: [] } }
					: adds()(row, place),
	});
	const { id, arms } = await ended((await evaluations.start(config({ shardSize: 64 }))).id);
	const whole = (format: 'json' | 'csv' | 'junit' | 'inspect' | 'promptfoo'): string => {
		let text = '';
		let pieces = 0;
		for (let after: number | null = null; ; ) {
			const piece = evaluations.export(id, { format, armId: null, after });
			text += piece.text;
			pieces += 1;
			after = piece.next;
			if (after === null) break;
		}
		expect(pieces).toBe(2);
		return text;
	};
	const json = JSON.parse(whole('json')) as { run: { id: number }; rows: { key: string; output: string }[] };
	expect(json.run.id).toBe(id);
	expect(json.rows.map(({ key }) => key)).toEqual(sums(250).map(({ key }) => key));
	const csv = whole('csv').split('\r\n');
	expect(csv[0]).toBe(
		'combination,model,prompt,technique,sample,answer_number,input,target,output,answer,exact,failure,prompt_tokens,completion_tokens,ms',
	);
	const junit = whole('junit');
	expect(junit.match(/<testcase /g)).toHaveLength(250);
	expect(junit.match(/<failure /g)).toHaveLength(1);
	expect(junit.match(/<error /g)).toHaveLength(1);
	expect(junit).not.toMatch(/[\u0000\uD800-\uDFFF](?![\uDC00-\uDFFF])/u);
	const inspect = JSON.parse(whole('inspect'));
	expect(inspect).toMatchObject({
		version: 2,
		status: 'success',
		results: {
			total_samples: 250,
			completed_samples: 249,
			scores: [{ name: 'exact', metrics: { accuracy: { value: 248 / 249 } } }],
		},
	});
	expect(inspect.samples[5]).toMatchObject({ id: 'sum-5', epoch: 1, target: '6', scores: { exact: { value: 'I' } } });
	expect(inspect.samples[6]).toMatchObject({ error: { message: 'No <room>.' }, scores: {} });
	const promptfoo = JSON.parse(whole('promptfoo'));
	expect(promptfoo.results).toMatchObject({ version: 3, stats: { successes: 248, failures: 1, errors: 1 } });
	expect(promptfoo.results.results[0]).toMatchObject({
		success: true,
		score: 1,
		testIdx: 0,
		promptIdx: 0,
		gradingResult: { componentResults: [{ pass: true }] },
	});
	expect(arms).toHaveLength(1);
}, 120_000);

test('a log of Inspect holds one combination', async () => {
	const { evaluations, config, ended } = setUp(sums(3), { models: 2 });
	const { id, arms } = await ended((await evaluations.start(config())).id);
	expect(await failureOf(() => evaluations.export(id, { format: 'inspect', armId: null, after: null }))).toMatchObject({
		code: 'export-one-arm',
	});
	const log = JSON.parse(evaluations.export(id, { format: 'inspect', armId: arms[1]!.id, after: null }).text);
	expect(log.eval.model).toBe('Scripted Q4_0');
	const first = evaluations.export(id, { format: 'json', armId: null, after: null });
	const second = evaluations.export(id, { format: 'json', armId: null, after: first.next });
	expect(second.next).toBeNull();
	expect(JSON.parse(first.text + second.text).rows).toHaveLength(6);
});

test('the schema of config files that is published is the one that is read', async () => {
	const { configFileJsonSchema } = await import('../../../electron/contract/evaluation/config-file/config-file.ts');
	const published = readFileSync(
		new URL('../../../electron/contract/evaluation/config-file/config-file.schema.json', import.meta.url),
		'utf8',
	);
	// Written by: assay eval schema > electron/contract/evaluation/config-file/config-file.schema.json
	expect(JSON.parse(published)).toEqual(configFileJsonSchema());
});
