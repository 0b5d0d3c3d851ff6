import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import type { ModelState } from '../../../../electron/contract/library/schema.ts';
import { storeThreadTrials } from '../../../../electron/library/loaded/measured-threads.ts';
import { readModelSetting } from '../../../../electron/library/store/model-settings.ts';
import { orAborted } from '../../../../models/abort-signal.ts';
import { greedySampling } from '../../../../models/contract/default-sampling.ts';
import type { LoadProgress } from '../../../../models/contract/load.ts';
import type { Engine } from '../../../../models/engine.ts';
import { failureOf } from '../../../support/failure.ts';
import {
	createTestLibrary,
	loadFailure,
	scriptedRuntime,
	type TestLibrary,
	threadTrials,
} from '../../../support/library.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { writeTinyGguf } from '../../../support/tiny-gguf.ts';

const slow = { answers: [{ steps: [{ type: 'text' as const, text: 'one two three four five', tokenDelayMs: 40 }] }] };

async function addModels(one: TestLibrary, ...names: readonly string[]): Promise<number[]> {
	const folder = temporaryFolder();
	const ids: number[] = [];
	// Different weights each: files with the same weights are one model.
	for (const [index, name] of names.entries()) {
		const path = writeTinyGguf(join(folder, `${name}.gguf`), { seed: index + 1 });
		ids.push((await one.library.files.add(path)).id);
	}
	return ids;
}

async function say(engine: Engine): Promise<string> {
	let text = '';
	const sampling = {
		temperature: 0,
		topK: 0,
		topP: 1,
		minP: 0,
		repeatPenalty: 1,
		maxTokens: null,
		stop: [],
		seed: 1,
	};
	const request = { turns: [{ role: 'user' as const, content: 'Hi' }], sampling, cacheKey: 'a' };
	for await (const event of engine.generate(request)) if (event.type === 'tokens') text += event.text;
	return text;
}

const states = ({ events }: TestLibrary): ModelState[] =>
	events.flatMap((event) => (event.type === 'model-state' ? [event.state] : []));

describe('acquiring', () => {
	test('loads a model again once its adapters are others, and only then', async () => {
		const one = createTestLibrary({ runtime: scriptedRuntime(slow) });
		const [id = 0] = await addModels(one, 'a');
		const alone = await one.library.acquire(id, {});
		one.library.setOptions(id, { adapters: [{ path: join(temporaryFolder(), 'a.gguf'), scale: 1 }] });
		const adapted = await one.library.acquire(id, {});
		expect(adapted).not.toBe(alone);
		expect(await one.library.acquire(id, {})).toBe(adapted);
		// As when the adapter is removed: its file is gone, and the model could not answer with it.
		one.library.setOptions(id, {});
		const aloneAgain = await one.library.acquire(id, {});
		expect(aloneAgain).not.toBe(adapted);
		one.library.setOptions(id, { threads: 1 });
		expect(await one.library.acquire(id, {})).toBe(aloneAgain);
		await one.library.close();
	});

	test('loads a model once for all callers, and reports progress', async () => {
		const one = createTestLibrary({ runtime: scriptedRuntime(slow) });
		const [id = 0] = await addModels(one, 'a');
		const progress: LoadProgress[] = [];
		const [first, second] = await Promise.all([
			one.library.acquire(id, {}, { onProgress: (step) => void progress.push(step) }),
			one.library.acquire(id, {}),
		]);
		expect(second).toBe(first);
		expect(await one.library.acquire(id, {})).toBe(first);
		expect(one.runtime.requests.length).toBe(1);
		expect(progress.map(({ stage }) => stage)).toEqual(['starting', 'weights']);
		expect(await say(first)).toBe('one two three four five');
		expect(states(one).map((state) => (state.state === 'loaded' ? [state.state, state.busy] : state.state))).toEqual([
			'loading',
			'loading',
			['loaded', false],
			['loaded', true],
			['loaded', false],
		]);
	});

	test('with another context size loads again, but only after the running answer', async () => {
		const one = createTestLibrary({ runtime: scriptedRuntime(slow) });
		const [id = 0] = await addModels(one, 'a');
		const first = await one.library.acquire(id, { contextSize: 1024 });
		const answer = say(first);
		const second = await one.library.acquire(id, { contextSize: 2048 });
		expect(await answer).toBe('one two three four five');
		expect(second.capabilities().contextSize).toBe(2048);
		expect(await one.library.acquire(id, {})).toBe(second);
		expect(one.runtime.requests.map(({ options }) => options.contextSize)).toEqual([1024, 2048]);
	});

	test('cancels the load when its last waiter leaves, and only then', async () => {
		const one = createTestLibrary();
		const [id = 0] = await addModels(one, 'a');
		const aborts: boolean[] = [];
		let held = Promise.withResolvers<void>();
		one.runtime.hold = async (_request, signal) => {
			await orAborted(held.promise, signal).catch(() => {});
			aborts.push(signal?.aborted === true);
		};
		const requested = (count: number) => vi.waitFor(() => expect(one.runtime.requests).toHaveLength(count));
		const leaving = new AbortController();
		const patient = one.library.acquire(id, {});
		const hasty = one.library.acquire(id, {}, { signal: leaving.signal });
		await requested(1);
		leaving.abort(new Error('no longer wanted'));
		await expect(hasty).rejects.toThrow('no longer wanted');
		held.resolve();
		await patient;
		await one.library.unload(id);
		held = Promise.withResolvers();
		const alone = new AbortController();
		const only = one.library.acquire(id, {}, { signal: alone.signal });
		await requested(2);
		alone.abort(new Error('no longer wanted'));
		await expect(only).rejects.toThrow('no longer wanted');
		held.resolve();
		// A caller that arrives while the load is being cancelled gets a new load.
		await one.library.acquire(id, {});
		expect(aborts).toEqual([false, true, false]);
	});

	test('tells every caller why a load failed, keeps the reason in the state, and tries again on request', async () => {
		const one = createTestLibrary();
		const [id = 0] = await addModels(one, 'a');
		one.runtime.hold = async () => {
			throw loadFailure;
		};
		const results = await Promise.allSettled([one.library.acquire(id, {}), one.library.acquire(id, {})]);
		expect(results.map((result) => result.status === 'rejected' && result.reason)).toEqual([loadFailure, loadFailure]);
		expect(one.library.state(id)).toEqual({ state: 'unloaded', modelFileId: id, failure: loadFailure.facts() });
		one.runtime.hold = async () => {};
		await one.library.acquire(id, {});
		expect(one.library.state(id).state).toBe('loaded');
	});

	test('reports that a file was deleted while its model is loaded', async () => {
		const one = createTestLibrary();
		const [id = 0] = await addModels(one, 'a');
		await one.library.acquire(id, {});
		rmSync(one.library.modelFile(id).path);
		// A check of the file of a loaded model holds for a second.
		await wait(1_000);
		expect((await failureOf(() => one.library.acquire(id, {}))).code).toBe('model-file-missing');
	});

	test('a model larger than any memory is not tried', async () => {
		const one = createTestLibrary({ memoryBytes: () => 100_000 });
		const [id = 0] = await addModels(one, 'a');
		const failure = await failureOf(() => one.library.acquire(id, {}));
		expect([failure.code, failure.message]).toEqual([
			'model-larger-than-memory',
			'The weights of a F32 alone take 488 kB; this computer has 100 kB of memory.',
		]);
		expect(one.runtime.requests).toEqual([]);
	});

	test('a model that fits into main memory and GPU together is tried, unless it runs on the processor', async () => {
		const found = [{ kind: 'cuda' as const, name: 'NVIDIA RTX 3050', memoryBytes: 4e9, freeBytes: 3.6e9 }];
		const probeEngine = async () => ({ build: 'test', available: true, detail: '', gpus: [], found });
		const one = createTestLibrary({ memoryBytes: () => 100_000, probeEngine });
		const [id = 0] = await addModels(one, 'a');
		await one.library.acquire(id, {});
		expect(one.library.state(id).state).toBe('loaded');
		await one.library.unload(id);
		const failure = await failureOf(() => one.library.acquire(id, { gpu: 'cpu' }));
		expect(failure.code).toBe('model-larger-than-memory');
	});
});

describe('memory', () => {
	test('the least recently used model makes room, once it has finished', async () => {
		// Two models of 1 GB fit into three quarters of 2.7 GB; a third does not.
		const one = createTestLibrary({ runtime: scriptedRuntime(slow, 1_000_000_000), memoryBytes: () => 2_700_000_000 });
		const [a = 0, b = 0, c = 0] = await addModels(one, 'a', 'b', 'c');
		const first = await one.library.acquire(a, {});
		await one.library.acquire(b, {});
		await wait(2);
		await one.library.acquire(a, {});
		const busy = say(first);
		await one.library.acquire(c, {});
		const running = one.runtime.running().map((path) => path.slice(-6));
		expect(running).toEqual(['a.gguf', 'c.gguf']);
		expect(await busy).toBe('one two three four five');
		expect(one.library.state(b)).toEqual({ state: 'unloaded', modelFileId: b, failure: null });
	});
});

describe('a worker that ends', () => {
	const facts = { code: 'worker-crashed', message: 'It ended with SIGABRT.', next: ['Send the message again'] };

	test('by itself leaves the reason in the state, and the next use restarts it, within its budget', async () => {
		const one = createTestLibrary();
		const [id = 0] = await addModels(one, 'a');
		const engine = await one.library.acquire(id, {});
		one.runtime.crash(facts);
		expect(one.library.state(id)).toEqual({ state: 'unloaded', modelFileId: id, failure: facts });
		const progress: LoadProgress[] = [];
		const onProgress = (step: LoadProgress) => void progress.push(step);
		expect(await one.library.acquire(id, {}, { onProgress })).toBe(engine);
		expect(progress).toEqual([{ stage: 'starting', fraction: null }]);
		expect(
			states(one)
				.slice(-3)
				.map(({ state }) => state),
		).toEqual(['unloaded', 'loading', 'loaded']);
		// The runtime keeps the count: it was not told to load the model again.
		expect(one.runtime.requests.length).toBe(1);
	});

	test('by itself is loaded again without counting past crashes when the user loads it', async () => {
		const one = createTestLibrary();
		const [id = 0] = await addModels(one, 'a');
		await one.library.acquire(id, {});
		one.runtime.crash(facts);
		expect((await one.library.load(id)).state).toBe('loaded');
		expect(one.runtime.requests.length).toBe(2);
	});

	test('reports later measurements: threads and memory', async () => {
		const one = createTestLibrary();
		const [id = 0] = await addModels(one, 'a');
		const engine = await one.library.acquire(id, {});
		one.runtime.tell({ type: 'resident-bytes', key: String(id), bytes: 5_000_000 });
		expect(one.library.state(id)).toMatchObject({ state: 'loaded', residentBytes: 5_000_000 });
		const again = { ...engine.capabilities(), threadTrials: [{ threads: 1, tokensPerSecond: 70 }] };
		one.runtime.tell({ type: 'capabilities', key: String(id), capabilities: again });
		expect(readModelSetting(one.seam.database, id, 'thread-trials')?.trials).toEqual(again.threadTrials);
	});

	test('because of an unload leaves no reason, and a model that answers is not unloaded', async () => {
		const one = createTestLibrary({ runtime: scriptedRuntime(slow) });
		const [id = 0] = await addModels(one, 'a');
		const answer = say(await one.library.acquire(id, {}));
		await wait(5);
		expect((await failureOf(() => one.library.unload(id))).code).toBe('model-busy');
		expect((await failureOf(() => one.library.remove(id, false))).code).toBe('model-busy');
		await answer;
		expect(await one.library.unload(id)).toEqual({ state: 'unloaded', modelFileId: id, failure: null });
		expect(one.runtime.running()).toEqual([]);
	});

	test('waits for a count of tokens, which is no answer', async () => {
		const runtime = scriptedRuntime();
		const held = Promise.withResolvers<number[]>();
		const { load } = runtime;
		runtime.load = async (...request) => ({ ...(await load(...request)), tokenize: () => held.promise });
		const one = createTestLibrary({ runtime });
		const [id = 0] = await addModels(one, 'a');
		const engine = await one.library.acquire(id, {});
		const counted = engine.tokenize('Hi');
		expect(one.library.state(id)).toMatchObject({ state: 'loaded', busy: false });
		const unloaded = one.library.unload(id);
		await wait(5);
		expect(one.library.state(id).state).toBe('loaded');
		held.resolve([1, 2]);
		expect(await counted).toEqual([1, 2]);
		expect((await unloaded).state).toBe('unloaded');
	});

	test('ends an answer that nobody waits for', async () => {
		const one = createTestLibrary({ runtime: scriptedRuntime(slow) });
		const [id = 0] = await addModels(one, 'a');
		await one.library.acquire(id, {});
		const ends: string[] = [];
		const answer = (async () => {
			const request = {
				turns: [{ role: 'user' as const, content: 'Hi' }],
				sampling: { ...greedySampling, seed: 0 },
				cacheKey: 'a',
			};
			for await (const event of one.library.inBackground(id)!.generate(request))
				if (event.type === 'done') ends.push(event.result.stopReason);
		})();
		await wait(5);
		expect(one.library.state(id)).toMatchObject({ state: 'loaded', busy: false });
		expect((await one.library.unload(id)).state).toBe('unloaded');
		await answer;
		expect(ends).toEqual(['stopped']);
		expect(one.library.inBackground(id)).toBeNull();
	});

	test('during a load counts as cancelled', async () => {
		const one = createTestLibrary();
		const [id = 0] = await addModels(one, 'a');
		one.runtime.hold = (_request, signal) => wait(5000, undefined, signal ? { signal } : {});
		const loading = failureOf(() => one.library.load(id));
		await vi.waitFor(() => expect(one.runtime.requests).toHaveLength(1));
		expect((await one.library.unload(id)).state).toBe('unloaded');
		expect((await loading).code).toBe('load-cancelled');
	});

	test('with the application leaves nothing running', async () => {
		const one = createTestLibrary();
		const [a = 0, b = 0] = await addModels(one, 'a', 'b');
		await one.library.acquire(a, {});
		one.runtime.hold = (_request, signal) => wait(5000, undefined, signal ? { signal } : {});
		const loading = failureOf(() => one.library.acquire(b, {}));
		await vi.waitFor(() => expect(one.runtime.requests).toHaveLength(2));
		await one.library.close();
		expect((await loading).code).toBe('load-cancelled');
		expect(one.runtime.running()).toEqual([]);
	});
});

test('thread counts measured by a load are stored and passed to the next load on this machine', async () => {
	const one = createTestLibrary();
	const [id = 0] = await addModels(one, 'a');
	await one.library.load(id);
	await one.library.unload(id);
	await one.library.load(id, { contextSize: 1024 });
	const known = one.runtime.requests.map(({ knownThreadTrials }) => knownThreadTrials?.['c-api']);
	expect(known).toEqual([[], threadTrials]);
	expect(readModelSetting(one.seam.database, id, 'thread-trials')?.machine).toContain('cores');
});

test('a load is given the thread counts measured with each engine, as either may answer', async () => {
	const one = createTestLibrary();
	const [id = 0] = await addModels(one, 'a');
	const own = [{ threads: 3, tokensPerSecond: 9 }];
	storeThreadTrials(one.seam, id, { threadTrials, engine: 'c-api' });
	storeThreadTrials(one.seam, id, { threadTrials: own, engine: 'node-llama-cpp' });
	await one.library.load(id);
	expect(one.runtime.requests[0]?.knownThreadTrials).toEqual({ 'c-api': threadTrials, 'node-llama-cpp': own });
});
