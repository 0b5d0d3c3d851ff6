import { expect, test } from 'vitest';
import { rescoreInputSchema } from '../../../electron/contract/evaluation/schema.ts';
import { all } from '../../../electron/database/sql.ts';
import type { Answering } from '../../support/evaluation.ts';
import { failureOf } from '../../support/failure.ts';
import { lastNumber, markedAgain, measured, talks } from './rescoring.ts';
import { adds, type Setup, setUp, sums } from './setup.ts';

function count({ database }: Setup, table: string): number {
	return all<{ n: number }>(database, `SELECT COUNT(*) AS n FROM ${table}`)[0]?.n ?? 0;
}

test('outputs are re-scored by other scorers and another extraction rule in a new run, without asking a model', async () => {
	const setup = setUp(sums(20), { models: 2, answer: talks });
	const source = await measured(setup);
	expect(source.arms[0]?.metrics.exact).toMatchObject({ value: 0, n: 20 });
	const [asked, outputs] = [setup.sessions.asked.length, count(setup, 'eval_outputs')];
	const plan = await setup.evaluations.planRescore(
		rescoreInputSchema.parse({ id: source.id, scorers: [{ kind: 'exact' }], extract: [lastNumber] }),
	);
	expect(plan).toMatchObject({
		outputs: 40,
		failed: 0,
		missing: 0,
		judged: 0,
		warnings: [],
		words: '40 outputs are re-scored; no answer is generated.',
	});
	const run = await markedAgain(setup, {
		id: source.id,
		scorers: [{ kind: 'exact' }, { kind: 'includes', name: 'inside' }],
		extract: [lastNumber],
		criteria: [{ metric: 'exact', operator: 'at-least', value: 0.8 }],
	});
	expect(run).toMatchObject({
		name: `${source.name} (re-scored)`,
		status: 'done',
		markedOf: source.id,
		repeatOf: null,
		scorers: ['exact', 'inside'],
		progress: { done: 40, total: 40, errors: 0 },
		warnings: [],
		arms: [{ label: 'Q8_0', n: 20, metrics: { exact: { value: 1, n: 20 }, inside: { value: 1 } } }, { label: 'Q4_0' }],
		criteria: [{ state: 'met' }, { state: 'met' }],
		config: { techniques: [{ kind: 'zero-shot', extract: lastNumber }] },
	});
	expect(run.byTag).toContainEqual(expect.objectContaining({ tag: 'odd', scorer: 'inside', value: 1 }));
	// Generated data is unchanged: facts, times, tokens.
	expect(run.manifest).toMatchObject({
		seed: source.manifest.seed,
		engineBuild: source.manifest.engineBuild,
		dataset: source.manifest.dataset,
		marked: { runId: source.id, name: source.name, manifestHash: source.manifestHash, scorers: [{ kind: 'exact' }] },
	});
	expect(run.conditions).toEqual(source.conditions);
	expect(
		run.arms.map(({ latency, tokensPerSecond, promptTokens }) => [latency, tokensPerSecond, promptTokens]),
	).toEqual(source.arms.map(({ latency, tokensPerSecond, promptTokens }) => [latency, tokensPerSecond, promptTokens]));
	expect(run.manifestHash).not.toBe(source.manifestHash);
	// No sample was asked, no output was copied, and the first run is unchanged.
	expect([setup.sessions.asked.length, count(setup, 'eval_outputs')]).toEqual([asked, outputs]);
	expect(setup.evaluations.get(source.id)).toEqual(source);
	const { answers } = setup.evaluations.row([source.arms[0]!.id, run.arms[0]!.id], 3, 0);
	expect(answers).toMatchObject([
		{ output: 'That makes 4.', answer: 'That makes 4.', scores: [{ scorer: 'exact', value: 0 }] },
		{ output: 'That makes 4.', answer: '4', scores: [{ value: 1 }, { scorer: 'inside', value: 1 }] },
	]);
	const again = await markedAgain(setup, {
		id: source.id,
		scorers: run.manifest.scorers,
		extract: [lastNumber],
		name: 'Other',
		criteria: run.manifest.criteria,
	});
	expect(again.manifestHash).toBe(run.manifestHash);
});

test('outputs outlive their original run and are deleted with the last run that has them', async () => {
	const setup = setUp(sums(6), { answer: talks });
	const { evaluations } = setup;
	const source = await measured(setup);
	const first = await markedAgain(setup, { id: source.id, scorers: [{ kind: 'includes' }] });
	const second = await markedAgain(setup, { id: first.id, scorers: [{ kind: 'numeric' }] });
	expect([second.name, second.markedOf]).toEqual([first.name, source.id]);
	await evaluations.remove(source.id);
	expect(
		await failureOf(() =>
			evaluations.rescore(rescoreInputSchema.parse({ id: source.id, scorers: [{ kind: 'exact' }] })),
		),
	).toMatchObject({ code: 'run-in-trash' });
	expect(evaluations.get(first.id)).toEqual(first);
	await evaluations.erase(source.id);
	expect(count(setup, 'eval_outputs')).toBe(6);
	expect(evaluations.get(first.id)).toMatchObject({ markedOf: null, manifest: { marked: { runId: source.id } } });
	expect(evaluations.row([first.arms[0]!.id], 2, 0).answers[0]).toMatchObject({ output: 'That makes 3.' });
	const third = await markedAgain(setup, { id: second.id, scorers: [{ kind: 'exact' }], extract: [lastNumber] });
	expect(third).toMatchObject({ markedOf: null, manifest: { marked: { runId: source.id } } });
	expect(third.arms[0]?.metrics.exact?.value).toBe(1);
	for (const { id } of [first, second, third]) {
		await evaluations.remove(id);
		await evaluations.erase(id);
	}
	for (const table of ['eval_runs', 'eval_results', 'eval_outputs', 'eval_shards', 'eval_samples', 'scores'])
		expect(count(setup, table)).toBe(0);
});

test('another extraction rule lets another vote count; the first run keeps its own', async () => {
	// Four votes give one answer, in a form that the first rule does not find; three give the other.
	const votes = ['Answer: 7', 'so 5', 'so 5', 'so 5', 'Answer: 7'];
	let vote = 0;
	const setup = setUp(sums(1), { answer: () => ({ text: votes[vote++ % votes.length] ?? '' }) });
	const source = await measured(setup, { techniques: [{ kind: 'self-consistency', k: 5 }] });
	const answerIn = (run: typeof source) => setup.evaluations.row([run.arms[0]!.id], 0, 0).answers[0];
	expect(answerIn(source)).toMatchObject({ answer: '7', output: 'Answer: 7' });
	const run = await markedAgain(setup, { id: source.id, scorers: [{ kind: 'exact' }], extract: [lastNumber] });
	expect(answerIn(run)).toMatchObject({ answer: '5', output: 'so 5' });
	expect(answerIn(run)?.votes.map(({ answer }) => answer)).toEqual(['7', '5', '5', '5', '7']);
	expect(answerIn(source)).toMatchObject({ answer: '7', output: 'Answer: 7' });
	expect(answerIn(source)?.votes.map(({ answer }) => answer)).toEqual(['7', null, null, null, '7']);
	for (const { id } of [source, run]) {
		await setup.evaluations.remove(id);
		await setup.evaluations.erase(id);
	}
	expect(count(setup, 'eval_outputs')).toBe(0);
});

test('another rule changes the figures over several answers per sample', async () => {
	let asked = 0;
	const setup = setUp(sums(4), {
		answer: (row, place) => ({ text: asked++ % 3 === 0 ? `It is ${adds()(row, place).text}` : '0' }),
	});
	const source = await measured(setup, { epochs: 3 });
	expect(source.repeats.map(({ name, value }) => [name, value])).toContainEqual(['pass@3', 0]);
	const run = await markedAgain(setup, { id: source.id, scorers: [{ kind: 'exact' }], extract: [lastNumber] });
	expect(run.repeats.map(({ name, value }) => [name, value])).toContainEqual(['pass@3', 1]);
	expect(run.repeats.map(({ name }) => name)).toContain('majority@3');
});

test('likelihoods are re-scored by another measure; a scorer that fits no output is refused with a next step', async () => {
	// The scripted model finds shorter texts more likely; normalised by length, the longer one is right.
	const choices = sums(6).map((sample) => ({
		...sample,
		target: 'thirteen signs',
		choices: ['two', 'thirteen signs'],
	}));
	const setup = setUp(choices);
	const { evaluations } = setup;
	const techniques = [{ kind: 'choice-likelihood' }];
	const source = await measured(setup, { techniques, scorers: [{ kind: 'choice' }] });
	expect(source.arms[0]?.metrics.choice?.value).toBe(0);
	const brier = await markedAgain(setup, {
		id: source.id,
		scorers: [{ kind: 'choice', name: 'brier', measure: 'brier' }, { kind: 'exact' }, { kind: 'letter' }],
	});
	expect(brier.arms[0]?.metrics).toMatchObject({ brier: { n: 6, unscored: 0 }, letter: { n: 6, value: 0 } });
	const refused = (input: object) =>
		failureOf(() => evaluations.rescore(rescoreInputSchema.parse({ id: source.id, ...input })));
	expect(await refused({ scorers: [{ kind: 'choice', measure: 'mutual-information' }] })).toMatchObject({
		code: 'scorer-fits-nothing',
		message: expect.stringMatching(/^No output of this run can be scored this way: “choice” needs /),
		next: ['Remove “choice”', 'Start a new run with that technique'],
	});
	expect(await refused({ scorers: [{ kind: 'exact' }], extract: [lastNumber] })).toMatchObject({
		code: 'extraction-fits-nothing',
	});
	expect(await refused({ scorers: [{ kind: 'exact' }], extract: [null, lastNumber] })).toMatchObject({
		code: 'extraction-fits-nothing',
	});
	expect(await refused({ scorers: [{ kind: 'exact' }, { kind: 'exact' }] })).toMatchObject({
		code: 'scorer-name-taken',
	});
	expect(count(setup, 'eval_runs')).toBe(2);
});

test('re-scoring keeps failed rows and given-up shards, and counts what a scorer can’t score', async () => {
	const answer: Answering = (row, place) => {
		if (place.text.startsWith('9 ')) return { failure: { code: 'prompt-too-long', message: 'Too long.', next: [] } };
		if (place.text.startsWith('20 ')) return { die: true };
		return talks(row, place);
	};
	const setup = setUp(sums(24), { answer });
	const { evaluations } = setup;
	const source = await measured(setup);
	expect(source.progress).toMatchObject({ done: 20, errors: 1, failedShards: 1 });
	const code = 'function score({ target }) { if (target === "3") throw new Error("no"); return true }';
	const run = await markedAgain(setup, {
		id: source.id,
		scorers: [{ kind: 'includes' }, { kind: 'javascript', name: 'own', code }],
	});
	expect(run).toMatchObject({
		status: 'done',
		progress: { done: 20, total: 24, errors: 1, failedShards: 1 },
		arms: [{ n: 20, errors: 1, metrics: { includes: { value: 1, n: 19, unscored: 1 }, own: { n: 18, unscored: 2 } } }],
		givenUp: [{ first: 16, last: 23, failure: { code: 'native-process-died' } }],
		warnings: [{ code: 'outputs-missing', message: expect.stringContaining('4 rows of run 1 were not measured') }],
	});
	expect(evaluations.row([run.arms[0]!.id], 9, 0).answers[0]).toMatchObject({ status: 'failed', scores: [] });
	// Actions that take a model point to the run that generated the answers.
	const way = { code: 'run-marked', next: [expect.stringContaining(`run ${source.id}`)] };
	expect(await failureOf(() => evaluations.retry(run.id))).toMatchObject(way);
	expect(await failureOf(() => evaluations.repeat(run.id))).toMatchObject(way);
	expect(await failureOf(() => evaluations.selfTest(run.id))).toMatchObject(way);
	expect(await failureOf(() => evaluations.resume(run.id))).toMatchObject({ code: 'run-done' });
});
