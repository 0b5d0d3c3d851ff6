import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createModelSlot } from '../../../electron/library/loaded/model-slot.ts';
import { defaultLoadOptions } from '../../../models/contract/load.ts';
import { createModelRuntime, createNodeLauncher, type ModelRuntime } from '../../../models/runtime/runtime.ts';
import { addMethods, type ExtendedEngine } from '../../support/extended-engine.ts';
import { answerOf, ask } from '../../support/worker-runtime.ts';

let runtime: ModelRuntime;
beforeAll(() => {
	addMethods();
	runtime = createModelRuntime({
		launcher: createNodeLauncher({
			workerEntry: fileURLToPath(new URL('../../support/extended-worker.ts', import.meta.url)),
			env: { ASSAY_ENGINE_SCRIPT: '{}' },
		}),
		log: () => {},
		checkFile: async () => {},
	});
});
afterAll(() => runtime.close());

/** Loads the model if necessary and returns the engine that the application hands out. */
async function load(): Promise<ExtendedEngine> {
	const inner = await runtime.load({ key: 'model', path: '/models/scripted.gguf', options: defaultLoadOptions });
	const asked = { requested: {}, options: defaultLoadOptions, weightBytes: 0 };
	const slot = createModelSlot(
		1,
		inner,
		asked,
		async () => {},
		() => {},
	);
	return slot.engine as ExtendedEngine;
}

describe('a method that exists only in the engine and its table of schemas', () => {
	test('reaches the worker from the application and returns its result', async () => {
		const engine = await load();
		expect(await engine.repeat('ab', 3)).toEqual({ text: 'ababab' });
		engine.remember('no answer');
		expect(await engine.recall()).toEqual(['no answer']);
	});

	test('leaves the others alone: answers and failures work as before', async () => {
		const engine = await load();
		expect((await answerOf(engine, ask('hi'))).text).toBe('You said: hi');
		expect(await engine.tokenize('one two')).toHaveLength(2);
	});

	test('ends the worker if its result breaks its schema, and the next call gets a new worker', async () => {
		const engine = await load();
		await expect(engine.repeat('ab', -1)).rejects.toMatchObject({ code: 'worker-protocol' });
		expect(await (await load()).repeat('ab', 2)).toEqual({ text: 'abab' });
	});

	test('fails alone if its arguments break its schema: the worker, and what it answers, go on', async () => {
		const engine = await load();
		await expect(engine.repeat('ab', 0.5)).rejects.toMatchObject({ code: 'internal' });
		expect(await engine.repeat('ab', 1)).toEqual({ text: 'ab' });
	});
});
