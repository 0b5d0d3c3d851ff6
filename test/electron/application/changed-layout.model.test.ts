import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { failureOf } from '../../../electron/api/call-failure.ts';
import type { Application } from '../../../electron/application/application.ts';
import { type RunConfig, runConfigSchema } from '../../../electron/contract/evaluation/run-config.ts';
import { defaultSampling } from '../../../models/contract/default-sampling.ts';
import { failureFacts } from '../../../models/contract/failure.ts';
import { engineBuild } from '../../../models/engine-build.ts';
import { openWithChangedLayout } from '../../support/changed-layout.ts';
import { nodeLlamaCppBuild } from '../../support/fixtures/model.ts';
import { starterModelPath } from '../../support/starter-model.ts';

const greedy = { temperature: 0, repeatPenalty: 1, maxTokens: 12 } as const;

describe('on a computer whose libllama is not the one that Assay was written for', () => {
	const folder = mkdtempSync(join(tmpdir(), 'assay-changed-layout-'));
	let application: Application;
	let id: number;
	let made = 0;
	beforeAll(async () => {
		application = await openWithChangedLayout(folder);
		id = (await application.client.models.add({ path: await starterModelPath() })).id;
		await application.client.models.setOptions({ id, options: { threads: 1, contextSize: 1024 } });
		await application.client.settings.set({ sampling: { ...defaultSampling, ...greedy } });
	});
	afterAll(async () => {
		await application.close();
		rmSync(folder, { recursive: true, force: true });
	});

	test('before any model was loaded, a run fails with the reason that the measuring process found', async () => {
		const { client } = application;
		const { id: runId } = await client.evaluations.start(await configOf());
		let run = await client.evaluations.get({ id: runId });
		while (run.status === 'running' || run.status === 'waiting') {
			await sleep(50);
			run = await client.evaluations.get({ id: runId });
		}
		expect(run.failure).toMatchObject({ code: 'native-layout-changed', next: [expect.stringContaining('Reinstall')] });
	});

	async function configOf(): Promise<RunConfig> {
		const { client } = application;
		made += 1;
		const dataset = await client.datasets.create({ name: `Sums ${made}` });
		await client.datasets.samples.add({
			datasetId: dataset.id,
			samples: [{ input: '1 + 1', target: '2', key: 'one' }],
		});
		const prompt = await client.prompts.create({ name: `Plain ${made}`, template: '{{input}}' });
		return runConfigSchema.parse({
			dataset: { datasetId: dataset.id },
			promptVersionIds: [prompt.latest.id],
			modelFileIds: [id],
			scorers: [{ kind: 'exact' }],
		});
	}

	async function say(text: string, conversationId: number | null = null) {
		const { client } = application;
		const sent = await client.conversations.send({ conversationId, text, modelFileId: id });
		for await (const update of await client.generations.subscribe({ id: sent.generationId })) {
			if (update.type === 'end') return { conversationId: sent.conversationId, message: update.message };
		}
		throw new Error('the stream of updates stopped before the answer ended');
	}

	test('a conversation goes on with node-llama-cpp, and each answer says so', { timeout: 60_000 }, async () => {
		const { conversationId, message } = await say('What is the capital of England?');
		expect(message).toMatchObject({
			status: 'complete',
			content: expect.stringContaining('London'),
			generation: { engineBuild: nodeLlamaCppBuild, threads: 1 },
		});
		const second = await say('And of Japan?', conversationId);
		expect(second.message).toMatchObject({
			status: 'complete',
			generation: { engineBuild: nodeLlamaCppBuild, cachedTokens: expect.any(Number) },
		});
		// The follow-up reuses what was computed for the first answer.
		expect(second.message.generation?.cachedTokens).toBeGreaterThan(40);
	});

	test('the state of the model and its history name the engine and the reason', async () => {
		const { client } = application;
		const [state] = (await client.models.list()).states;
		expect(state).toMatchObject({
			state: 'loaded',
			capabilities: {
				engine: 'node-llama-cpp',
				engineBuild: nodeLlamaCppBuild,
				engineFailure: { code: 'native-layout-changed' },
				limits: expect.arrayContaining([expect.objectContaining({ feature: 'measuring' })]),
			},
		});
		const { loads } = await client.models.history({ id });
		expect(loads[0]).toMatchObject({ outcome: 'loaded', engineBuild: nodeLlamaCppBuild });
		expect(nodeLlamaCppBuild).not.toBe(engineBuild);
	});

	test('doctor says which engine answers and why, and that nothing can be measured', { timeout: 60_000 }, async () => {
		const { engine, checks } = await application.client.system.doctor();
		expect(engine).toEqual({ build: nodeLlamaCppBuild, available: true, name: 'node-llama-cpp' });
		expect(checks.find(({ name }) => name === 'engine')).toMatchObject({
			ok: true,
			detail: expect.stringMatching(
				/^node-llama-cpp answers .*llama_context_params\.n_ubatch reads 512 instead of 513/,
			),
		});
		expect(checks.find(({ name }) => name === 'measuring')).toMatchObject({
			ok: false,
			detail: expect.stringContaining('evaluations and comparisons are off'),
			next: expect.stringContaining('Reinstall Assay'),
		});
	});

	test('an evaluation and a comparison are refused with the reason', async () => {
		const { client } = application;
		const config = await configOf();
		const works: readonly (() => Promise<unknown>)[] = [
			() => client.evaluations.start(config),
			() => client.evaluations.estimate(config),
			() => client.comparisons.start({ referenceId: id, quantize: ['Q4_0'] }),
			() => client.comparisons.estimate({ referenceId: id, quantize: ['Q4_0'] }),
		];
		for (const work of works) {
			const failure = failureFacts(failureOf(await work().catch((error: unknown) => error)));
			expect(failure).toMatchObject({ code: 'engine-cannot-measure', next: [expect.stringContaining('Reinstall')] });
			expect(failure.message).toMatch(
				/Models run on node-llama-cpp here.*no logits.*n_ubatch reads 512 instead of 513/s,
			);
		}
	});
});
