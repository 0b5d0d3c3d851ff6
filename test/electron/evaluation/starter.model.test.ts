import { expect, test } from 'vitest';
import { all } from '../../../electron/database/sql.ts';
import { createPrompt } from '../../../electron/prompt/prompts.ts';
import { openMeasurement } from '../../../models/native/measurement/session.ts';
import { starterModelPath } from '../../support/starter-model.ts';
import { type Setup, setUp, type TestSample } from './setup.ts';

const questions: TestSample[] = [
	['What is the capital of France?', 'Paris', ['Paris', 'Madrid', 'Oslo']],
	['What colour is the sky on a clear day?', 'blue', ['blue', 'green', 'red']],
	['How many legs has a dog?', 'four', ['four', 'two', 'nine']],
	['What do cows give?', 'milk', ['milk', 'petrol', 'ink']],
	['Which planet do we live on?', 'Earth', ['Earth', 'Mars', 'Venus']],
	['What is frozen water called?', 'ice', ['ice', 'steam', 'sand']],
	['What is the opposite of hot?', 'cold', ['cold', 'warm', 'dry']],
	['What is two plus two?', '4', ['4', '5', '9']],
	['In which season does snow fall?', 'winter', ['winter', 'summer', 'spring']],
	['What do bees make?', 'honey', ['honey', 'bread', 'silk']],
].map(([input, target, choices], index) => ({ key: `q${index}`, input, target, choices }) as TestSample);

async function real(): Promise<Setup> {
	return setUp(questions, { path: await starterModelPath(), more: { openSession: openMeasurement } });
}

const heated = { temperature: 0.8, maxTokens: 12 };

function answers({ database }: Setup, runId: number) {
	return all(
		database,
		`SELECT r.position, r.epoch, o.output, o.token_ids AS tokens FROM eval_results r JOIN eval_arms a ON a.id = r.arm_id
		 JOIN eval_outputs o ON o.id = r.output_id
		 WHERE a.run_id = :runId ORDER BY a.position, r.epoch, r.position`,
		{ runId },
	);
}

test('two prompts on the starter model give the same bits twice, even if the second run is interrupted and resumed', async () => {
	const setup = await real();
	const { evaluations, config, ended, database, events } = setup;
	const terse = createPrompt(
		{ database, events, clock: () => 1 },
		{
			name: 'Terse',
			description: '',
			note: '',
			system: 'Answer with one word.',
			template: 'Question: {{input}}',
			example: '',
		},
	);
	const wanted = config({
		promptVersionIds: [setup.promptVersionId, terse.latest.id],
		parameters: [heated],
		scorers: [{ kind: 'includes', ignoreCase: true }],
		width: 4,
		shardSize: 5,
		contextSize: 512,
		seed: 3,
	});
	const first = await ended((await evaluations.start(wanted)).id);
	expect(first).toMatchObject({ status: 'done', failure: null, progress: { done: 20, errors: 0 } });
	expect(first.arms.map(({ label }) => label)).toEqual(['Plain', 'Terse']);
	expect(first.arms[0]?.tokensPerSecond).toBeGreaterThan(0);
	expect(first.arms[0]?.latency?.p95).toBeGreaterThan(0);
	expect(first.conditions).toMatchObject({ engine: expect.stringContaining('llama.cpp'), threads: 1 });

	const { id } = await evaluations.repeat(first.id);
	while (evaluations.get(id).progress.done < 7) await new Promise((resolve) => setTimeout(resolve, 5));
	const paused = await evaluations.pause(id);
	expect(paused.progress.done).toBeLessThan(20);
	evaluations.resume(id);
	const second = await ended(id);
	expect(second).toMatchObject({ status: 'done', repeatable: 'yes', manifestHash: first.manifestHash });
	expect(answers(setup, id)).toEqual(answers(setup, first.id));
	const digests = all<{ digest: string }>(database, 'SELECT digest FROM eval_shards ORDER BY arm_id, position').map(
		({ digest }) => digest,
	);
	expect(digests).toHaveLength(8);
	expect(digests.slice(0, 4)).toEqual(digests.slice(4));

	const comparison = await evaluations.compare([first.arms[0]!.id, first.arms[1]!.id], null);
	expect(comparison).toMatchObject({ n: 10, leftOut: 0, unfair: [] });
	expect(comparison.words).toContain('10 samples');
});

test.each([
	['answers', { parameters: [heated] }],
	['likelihoods', { techniques: [{ kind: 'choice-likelihood' }], scorers: [{ kind: 'choice' }] }],
])(
	'the self-test repeats a shard of %s in fresh processes, one of them killed, and finds it the same',
	async (_, more) => {
		const { evaluations, config, ended, context } = await real();
		const { id } = await ended(
			(await evaluations.start(config({ ...more, width: 5, shardSize: 5, contextSize: 512 }))).id,
		);
		const job = evaluations.selfTest(id);
		while (context.jobs.get(job.id).endedAt === null) await new Promise((resolve) => setTimeout(resolve, 20));
		expect(context.jobs.get(job.id)).toMatchObject({ state: 'done', kind: 'evaluation', failure: null });
		expect(evaluations.get(id)).toMatchObject({
			repeatable: 'yes',
			repeatableNote: expect.stringContaining('even after an interruption'),
		});
	},
);

test('choices by likelihood, and a vote among several answers', async () => {
	const { evaluations, config, ended } = await real();
	const { id } = await evaluations.start(
		config({
			techniques: [
				{ kind: 'choice-likelihood' },
				{ kind: 'self-consistency', k: 3, instruction: '', extract: { kind: 'whole' } },
			],
			parameters: [{ maxTokens: 6 }],
			scorers: [{ kind: 'choice' }],
			width: 6,
			shardSize: 5,
			contextSize: 512,
		}),
	);
	const done = await ended(id);
	expect(done).toMatchObject({ status: 'done', progress: { done: 20, errors: 0 } });
	const [likelihood, votes] = done.arms;
	expect(likelihood?.metrics.choice?.value).toBeGreaterThan(0.5);
	// The scorer needs likelihoods: written answers can't be scored, and are counted.
	expect(votes?.metrics.choice).toBeUndefined();
	const detail = evaluations.row([likelihood!.id, votes!.id], 0, 0);
	expect(detail.answers[0]?.choices).toHaveLength(3);
	expect(detail.answers[1]?.votes).toHaveLength(3);
});
