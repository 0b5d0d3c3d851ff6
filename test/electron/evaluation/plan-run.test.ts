import { expect, test, vi } from 'vitest';
import { run } from '../../../electron/database/sql.ts';
import { createPrompt } from '../../../electron/prompt/prompts.ts';
import { Failure } from '../../../models/contract/failure.ts';
import { failureOf } from '../../support/failure.ts';
import { adds, setUp, sums } from './setup.ts';

test('the estimate has no duration before the first run, and one after it', async () => {
	const { evaluations, config, ended } = setUp(sums(40), { models: 2 });
	const before = await evaluations.estimate(
		config({ epochs: 2, techniques: [{ kind: 'zero-shot' }, { kind: 'self-consistency', k: 3 }] }),
	);
	expect(before).toMatchObject({ samples: 40, arms: 4, calls: 2 * (80 + 240), seconds: null, basis: 'none' });
	expect(before.words).toContain('40 samples × 4 combinations, 640 calls');
	expect(before.mostCompletionTokens).toBe(640 * 256);
	await ended((await evaluations.start(config())).id);
	const after = await evaluations.estimate(config());
	expect(after.basis).toBe('runs');
	expect(after.seconds).toBeGreaterThan(0);
	// Two digits per answer, as before, not the 256 tokens that an answer may have.
	expect(after.completionTokens).toBeLessThan(80 * 4);
});

test('a plan that can only fail is refused before anything is measured', async () => {
	const { evaluations, config, datasetId } = setUp(sums(5));
	const refused = (changes: object) => failureOf(() => evaluations.start(config(changes)));
	expect(await refused({ dataset: { datasetId, split: 'nowhere' } })).toMatchObject({ code: 'run-empty' });
	expect(await refused({ scorers: [{ kind: 'exact' }, { kind: 'exact' }] })).toMatchObject({
		code: 'scorer-name-taken',
	});
	expect(await refused({ criteria: [{ metric: 'acuracy', operator: 'at-least', value: 1 }] })).toMatchObject({
		code: 'metric-unknown',
	});
	expect(await refused({ scorers: [{ kind: 'regex', pattern: '(' }] })).toMatchObject({ code: 'pattern-invalid' });
	expect(
		await refused({ techniques: [{ kind: 'zero-shot', extract: { kind: 'regex', pattern: '(' } }] }),
	).toMatchObject({ code: 'pattern-invalid' });
	expect(await refused({ techniques: [{ kind: 'choice-letter' }] })).toMatchObject({ code: 'choices-missing' });
	expect(await refused({ techniques: [{ kind: 'few-shot', split: 'train' }] })).toMatchObject({
		code: 'too-few-examples',
	});
	expect(await refused({ techniques: [{ kind: 'few-shot', split: 'test', shots: 2 }] })).toMatchObject({
		code: 'run-empty',
		message: 'All 5 samples are in “test”, where the examples come from: no sample is left to test.',
	});
	expect(await refused({ techniques: [{ kind: 'zero-shot' }, { kind: 'zero-shot' }] })).toMatchObject({
		code: 'arm-twice',
		message: 'The technique “Zero-shot” is listed twice.',
	});
	expect(await refused({ contextSize: 100_000 })).toMatchObject({ code: 'context-too-large' });
	expect(await refused({ modelFileIds: [9] })).toMatchObject({ code: 'model-unknown' });
	expect(evaluations.list().runs).toEqual([]);
	// Reported once, however many techniques it can't score.
	const techniques = [{ kind: 'zero-shot' }, { kind: 'chain-of-thought' }];
	const { warnings } = await evaluations.estimate(config({ techniques, scorers: [{ kind: 'choice' }] }));
	expect(warnings).toEqual([expect.objectContaining({ code: 'scorer-needs-likelihood' })]);
});

test('samples selected by tags have all of the tags', async () => {
	const { evaluations, config, datasetId, ended } = setUp([
		...sums(6),
		{ input: '9 + 1', target: '10', tags: ['odd', 'rare'] },
	]);
	const tagged = (...tags: string[]) => config({ dataset: { datasetId, tags } });
	expect(await evaluations.estimate(tagged('odd'))).toMatchObject({ samples: 4 });
	const run = await ended((await evaluations.start(tagged('rare', 'odd'))).id);
	expect(run).toMatchObject({ progress: { total: 1 }, manifest: { dataset: { tags: ['odd', 'rare'] } } });
	expect((await failureOf(() => evaluations.start(tagged('rare', 'even')))).message).toContain('“rare” and “even”');
	// A run without a tag selection keeps its old manifest.
	expect(Object.keys((await evaluations.start(config())).manifest.dataset)).not.toContain('tags');
});

test('a prompt that shows the answer causes a warning before the run and in its result', async () => {
	const worked = (n: number) => ({
		input: `${n} + 1`,
		target: String(n + 1),
		key: `k${n}`,
		variables: { answer: `${n} and 1 more.\n#### ${n + 1}`, near: `${n + 1}9`, context: 'A sum.' },
	});
	const { evaluations, config, context, ended } = setUp([1, 2, 3].map(worked));
	const versionOf = (template: string) =>
		createPrompt(context, { name: template, description: '', note: '', system: '', example: '', template }).latest.id;
	const asking = (template: string) => config({ promptVersionIds: [versionOf(template)] });
	const shown = asking('{{input}} {{answer}}');
	const warning = {
		code: 'answer-shown',
		message: expect.stringMatching(/^The prompt shows the answer: \{\{answer\}\}.* 3 of the 3 /),
	};
	expect((await evaluations.estimate(shown)).warnings).toMatchObject([warning]);
	const run = await ended((await evaluations.start(shown)).id);
	expect(run.warnings).toMatchObject([warning]);
	expect((await evaluations.estimate(asking('{{input}} {{near}} {{context}}'))).warnings).toEqual([]);
});

test('a scorer has nothing to score only if no sample has what it needs, not just none of the first ones', async () => {
	const asked = (count: number, target: string | null) =>
		Array.from({ length: count }, (_, index) => ({ input: `${index} + 1`, target, key: `${target} ${index}` }));
	const warningsOf = async (samples: Parameters<typeof setUp>[0]): Promise<readonly string[]> => {
		const { evaluations, config } = setUp(samples);
		return (await evaluations.estimate(config({ scorers: [{ kind: 'includes' }] }))).warnings.map(({ code }) => code);
	};
	expect(await warningsOf(asked(40, null))).toEqual(['scorer-needs-targets']);
	expect(await warningsOf([...asked(40, null), ...asked(2, '1')])).toEqual([]);
});

test('targets that look like alternatives cause a notice for each scorer that takes them as one text', async () => {
	const sample = (target: string, index: number) => ({ input: `${index} + 1`, target, key: `k${index}` });
	const noticesOf = async (targets: readonly string[], scorers: readonly object[]): Promise<readonly string[]> => {
		const { evaluations, config } = setUp(targets.map(sample));
		const { warnings } = await evaluations.estimate(config({ scorers }));
		expect(warnings.every(({ code }) => code === 'scorer-alternatives')).toBe(true);
		return warnings.map(({ message }) => message);
	};
	const plain = Array.from({ length: 40 }, (_, index) => String(index));
	const whole = [
		{ kind: 'includes' },
		{ kind: 'exact' },
		{ kind: 'numeric' },
		{ kind: 'exact', name: 'own', expected: 'a|b' },
	];
	// The only one is not among the samples of the trial.
	expect(await noticesOf([plain[0] ?? '', 'ten|10', ...plain.slice(2)], whole)).toEqual([
		'“includes” takes the target “ten|10” as one text, though it looks like alternatives. If each of them is right, set the scorer’s alternatives separator to “|” (separator: "|" in a config file).',
		expect.stringMatching(/^“exact” takes the target “ten\|10” as one text/),
	]);
	const split = [
		{ kind: 'includes', separator: '|' },
		{ kind: 'exact', separator: ';' },
	];
	expect(await noticesOf(['ten|10'], split)).toEqual([]);
	expect(
		await noticesOf(['a || b', '| a | b |', 'a | b\nc | d', '{"a": "b|c"}', `a|${'b'.repeat(90)}`], whole),
	).toEqual([]);
});

test('examples come from another split, whose rows are never tested', async () => {
	const examples = Array.from({ length: 3 }, (_, index) => ({
		input: `${90 + index} + 1`,
		target: String(91 + index),
		split: 'examples',
		key: `e${index}`,
	}));
	const { evaluations, config, ended, sessions, datasetId } = setUp([...sums(4), ...examples]);
	const run = await ended((await evaluations.start(config({ techniques: [{ kind: 'few-shot', shots: 2 }] }))).id);
	expect(run.progress).toMatchObject({ done: 4, total: 4 });
	expect(run.manifest.arms[0]?.examples).toHaveLength(2);
	expect(new Set(sessions.asked).size).toBe(4);
	const { answers } = evaluations.row([run.arms[0]!.id], 0, 0);
	expect(answers[0]?.turns.map(({ role }) => role)).toEqual(['user', 'assistant', 'user', 'assistant', 'user']);
	const none = await evaluations.estimate(config());
	expect(none.samples).toBe(4);
	expect((await evaluations.estimate(config({ dataset: { datasetId, split: 'examples' } }))).samples).toBe(3);
});

test('a run whose model file has changed does not resume', async () => {
	const setup = setUp(sums(30));
	const { evaluations, config, ended, sessions, context } = setup;
	sessions.delayMs = 5;
	const { id } = await evaluations.start(config());
	while (evaluations.get(id).progress.done < 9) await new Promise((resolve) => setTimeout(resolve, 5));
	await evaluations.pause(id);
	const { modelFile } = context.library;
	(context.library as { modelFile: typeof modelFile }).modelFile = (one) => ({
		...modelFile(one),
		sha256: 'c'.repeat(64),
	});
	evaluations.resume(id);
	expect(await ended(id)).toMatchObject({ status: 'failed', failure: { code: 'run-model-changed' } });
	expect(await failureOf(() => evaluations.repeat(id))).toMatchObject({
		code: 'run-not-repeatable',
		message: expect.stringContaining('a different file'),
	});
});

test('a model that can’t be opened ends the run with the reason and keeps the measurements', async () => {
	const { evaluations, config, ended } = setUp(sums(3), {
		more: {
			openSession: async () => {
				throw new Failure({ code: 'model-load-failed', message: 'The file is damaged.', next: ['Fetch it again'] });
			},
		},
	});
	const failed = await ended((await evaluations.start(config())).id);
	expect(failed).toMatchObject({ status: 'failed', failure: { code: 'model-load-failed', next: ['Fetch it again'] } });
});

test('several answers per sample are averaged, with pass@k and majority', async () => {
	const { evaluations, config, ended } = setUp(sums(10), {
		// Right in the first of three epochs or, for even numbers, in two of them.
		answer: (_, place) => {
			const [first = 0] = [Number(/(\d+)/.exec(place.text)?.[1])];
			const turn = (seen.get(place.text) ?? 0) + 1;
			seen.set(place.text, turn);
			return turn === 1 || (turn === 2 && first % 2 === 0) ? { text: String(first + 1) } : { text: 'no' };
		},
	});
	const seen = new Map<string, number>();
	const run = await ended((await evaluations.start(config({ epochs: 3 }))).id);
	expect(run.arms[0]?.metrics.exact).toMatchObject({ value: expect.closeTo((5 * (2 / 3) + 5 / 3) / 10, 10), n: 10 });
	const named = Object.fromEntries(run.repeats.map(({ name, value }) => [name, value]));
	expect(named['pass@3']).toBe(1);
	expect(named['majority@3']).toBe(0.5);
	expect(named['pass@2']).toBeCloseTo((5 * 1 + 5 * (2 / 3)) / 10, 10);
});

test('a criterion is met, not met or undecided by the whole interval', async () => {
	const { evaluations, config, ended } = setUp(sums(100), { answer: adds(new Set([1, 2, 3, 4, 5])) });
	const criteria = [
		{ metric: 'exact', operator: 'at-least', value: 0.8 },
		{ metric: 'exact', operator: 'at-least', value: 0.94 },
		{ metric: 'exact', operator: 'at-least', value: 0.99 },
		{ metric: 'latency-p95', operator: 'at-most', value: 2 },
		{ metric: 'failed', operator: 'at-most', value: 0.01 },
	];
	const run = await ended((await evaluations.start(config({ criteria }))).id);
	expect(run.criteria.map(({ state }) => state)).toEqual(['met', 'undecided', 'not-met', 'met', 'undecided']);
	expect(run.criteria[1]?.words).toBe('exact at least 94 %: undecided, 95.0 % (88.8 to 97.8)');
	expect(run.criteria[3]?.words).toBe('p95 latency at most 2.000 s: met, 0.005 s');
});

test('a chat template chosen for the model is part of the manifest and its hash', async () => {
	const { evaluations, config, ended, context } = setUp(sums(3));
	const first = await evaluations.start(config());
	await ended(first.id);
	expect(JSON.stringify(evaluations.get(first.id).manifest)).not.toContain('chatTemplate');
	const template = { source: '{{ messages[0].content }}', stop: ['User:'] };
	Object.assign(context.library, { chatTemplate: () => template });
	expect(await failureOf(() => evaluations.repeat(first.id))).toMatchObject({ code: 'run-not-repeatable' });
	const second = await evaluations.start(config());
	await ended(second.id);
	const { manifest, manifestHash } = evaluations.get(second.id);
	expect(manifest.arms[0]?.model.chatTemplate).toEqual(template);
	expect(manifestHash).not.toBe(evaluations.get(first.id).manifestHash);
});

test('the estimate reads samples from the whole dataset: long ones may stand last', async () => {
	const short = Array.from({ length: 30 }, (_, index) => ({ key: `short-${index}`, input: 'Sum?', target: '1' }));
	const long = short.map((_, index) => ({ key: `long-${index}`, input: 'word '.repeat(200), target: '1' }));
	const { evaluations, config, datasetId, ended } = setUp([...short, ...long]);
	const { promptTokens } = await evaluations.estimate(config());
	expect(promptTokens).toBeGreaterThan(30 * 250);
	// With a limit, those that are tested.
	const limited = await evaluations.estimate(config({ dataset: { datasetId, limit: 1 } }));
	const { id } = await evaluations.start(config({ dataset: { datasetId, limit: 1 } }));
	await ended(id);
	const { sample } = evaluations.row([evaluations.get(id).arms[0]!.id], 0, 0);
	expect(limited.promptTokens > 100).toBe(sample.key.startsWith('long'));
});

test('the estimate of a draft does without samples that are removed meanwhile', async () => {
	const { evaluations, config, context } = setUp(sums(40));
	// A model whose file is still being hashed takes a while here.
	vi.spyOn(context.library, 'chatTemplate').mockImplementation(() => {
		run(context.database, 'DELETE FROM dataset_version_samples WHERE position < 20');
		return null;
	});
	expect((await evaluations.estimate(config())).promptTokens).toBeGreaterThan(0);
});
