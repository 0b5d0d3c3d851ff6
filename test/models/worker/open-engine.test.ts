import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { engineBuild } from '../../../models/engine-build.ts';
import {
	checkEngine,
	createModelRuntime,
	createNodeLauncher,
	type ModelRuntime,
} from '../../../models/runtime/runtime.ts';
import { nodeLlamaCppBuild } from '../../support/fixtures/model.ts';
import { writeTinyGguf } from '../../support/tiny-gguf.ts';
import { answerOf, ask, resultOf, testLoadOptions } from '../../support/worker-runtime.ts';

const changedLayout = createNodeLauncher({
	workerEntry: fileURLToPath(new URL('../../support/changed-layout-worker.ts', import.meta.url)),
});

const folder = mkdtempSync(join(tmpdir(), 'assay-engines-'));
const path = writeTinyGguf(join(folder, 'tiny.gguf'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("where llama.cpp's structs are not those that Assay knows", () => {
	let runtime: ModelRuntime;
	beforeAll(() => {
		runtime = createModelRuntime({ launcher: changedLayout, log: () => {} });
	});
	afterAll(() => runtime.close());

	test('node-llama-cpp answers, and the capabilities say why', async () => {
		const engine = await runtime.load({ key: 'model', path, options: testLoadOptions });
		expect(engine.capabilities()).toMatchObject({
			engine: 'node-llama-cpp',
			engineBuild: nodeLlamaCppBuild,
			engineFailure: {
				code: 'native-layout-changed',
				message: expect.stringContaining('llama_context_params.n_ubatch reads 512 instead of 513'),
			},
			limits: expect.arrayContaining([expect.objectContaining({ feature: 'measuring' })]),
			parallelAnswers: 1,
		});
		const { completionTokens } = resultOf(await answerOf(engine, ask('the cat', { maxTokens: 5 })));
		expect(completionTokens).toBe(5);
	});

	test('a check without a model says the same', async () => {
		expect(await checkEngine(changedLayout)).toEqual({
			name: 'node-llama-cpp',
			build: nodeLlamaCppBuild,
			failure: expect.objectContaining({ code: 'native-layout-changed' }),
		});
	});

	test('thread counts measured with the C API are measured again', async () => {
		const known = [{ threads: 1, tokensPerSecond: 1234 }];
		const engine = await runtime.load({
			key: 'known',
			path,
			options: testLoadOptions,
			knownThreadTrials: { 'c-api': known },
		});
		expect(engine.capabilities().threadTrials).toEqual([]);
	});

	test('thread counts measured with node-llama-cpp are not', async () => {
		const known = [{ threads: 1, tokensPerSecond: 1234 }];
		const knownThreadTrials = { 'node-llama-cpp': known };
		const engine = await runtime.load({ key: 'own', path, options: testLoadOptions, knownThreadTrials });
		expect(engine.capabilities().threadTrials).toEqual(known);
	});
});

describe('on this computer', () => {
	let runtime: ModelRuntime;
	beforeAll(() => {
		runtime = createModelRuntime({ launcher: createNodeLauncher(), log: () => {} });
	});
	afterAll(() => runtime.close());

	test('the C API answers unless another engine was chosen', async () => {
		expect(await checkEngine(createNodeLauncher())).toEqual({ name: 'c-api', build: engineBuild, failure: null });
		const usual = (await runtime.load({ key: 'usual', path, options: testLoadOptions })).capabilities();
		expect([usual.engine, usual.engineBuild, usual.limits]).toEqual([undefined, engineBuild, undefined]);
		const options = { ...testLoadOptions, engine: 'node-llama-cpp' } as const;
		const chosen = (await runtime.load({ key: 'chosen', path, options })).capabilities();
		expect(chosen).toMatchObject({ engine: 'node-llama-cpp', engineBuild: nodeLlamaCppBuild });
		expect(chosen.engineFailure).toBeUndefined();
	});

	test('node-llama-cpp refuses changed positions, which it would ignore', async () => {
		const options = { ...testLoadOptions, engine: 'node-llama-cpp', rope: { frequencyScale: 0.5 } } as const;
		await expect(runtime.load({ key: 'rope', path, options })).rejects.toMatchObject({
			code: 'load-option-unsupported',
			next: expect.arrayContaining([expect.stringContaining('load settings')]),
		});
	});

	test('an answer of node-llama-cpp starts alone, whatever else was asked for', async () => {
		const options = { ...testLoadOptions, engine: 'node-llama-cpp', parallelAnswers: 4, drafting: 'lookup' } as const;
		const engine = await runtime.load({ key: 'alone', path, options });
		expect(engine.capabilities().parallelAnswers).toBe(1);
		const answers = await Promise.all(['a', 'b'].map((text) => answerOf(engine, ask(text, { maxTokens: 20 }))));
		expect(answers.map((answer) => [resultOf(answer).width, resultOf(answer).drafted])).toEqual([
			[undefined, undefined],
			[undefined, undefined],
		]);
	});
});
