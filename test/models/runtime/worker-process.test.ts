import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { defaultLoadOptions } from '../../../models/contract/load.ts';
import { createModelRuntime, createNodeLauncher } from '../../../models/runtime/runtime.ts';
import type { Script } from '../../../models/worker/engine-script.ts';
import { answerOf, ask, resultOf, scriptedRuntime, type TestRuntime } from '../../support/worker-runtime.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
	await Promise.all(open.splice(0).map((one) => one.close()));
});

function start(script: Script, ...rest: [] | [Parameters<typeof scriptedRuntime>[1]]): TestRuntime {
	const started = scriptedRuntime(script, ...rest);
	open.push(started);
	return started;
}

const hello: Script = { answers: [{ steps: [{ type: 'text', text: 'Hello from another process.' }] }] };

describe('worker process', () => {
	test('it loads with progress, answers, and reports events in order', async () => {
		const { load, events } = start(hello);
		const engine = await load();
		const answer = await answerOf(engine, ask('hi'));
		expect(answer.text).toBe('Hello from another process.');
		expect(resultOf(answer)).toMatchObject({ stopReason: 'end', completionTokens: 4 });
		expect(engine.capabilities().backend).toBe('scripted');
		const types = events.map((event) => event.type).filter((type) => type !== 'resident-bytes');
		expect(types).toEqual(['loading', 'loading', 'loading', 'loaded', 'busy', 'busy']);
	});

	test('a listener that fails is logged, and neither the answer nor another listener notices', async () => {
		const { runtime, load, events, log } = start(hello);
		runtime.onEvent(() => {
			throw new Error('the disk is full');
		});
		const after: string[] = [];
		runtime.onEvent(({ type }) => void after.push(type));
		const answer = await answerOf(await load(), ask('hi'));
		expect(answer.text).toBe('Hello from another process.');
		expect(after).toEqual(events.map(({ type }) => type));
		expect(log.join('\n')).toContain('a listener failed at busy of model: Error: the disk is full');
	});

	test('it tokenises and renders', async () => {
		const { load } = start(hello);
		const engine = await load();
		expect(await engine.tokenize('one two one')).toHaveLength(3);
		const rendered = await engine.render([{ role: 'user', content: 'hi' }]);
		expect(rendered).toMatchObject({ text: '<|user|> hi <|end|>\n<|assistant|>', droppedTurns: 0 });
	});

	test('every JavaScript character survives the round trip', async () => {
		const { load } = start({});
		const engine = await load();
		const text = 'NUL\u0000 lone\ud800 surrogate \udc00, שלום, 😀👩‍🚀, e\u0301';
		const answer = await answerOf(engine, ask(text));
		expect(answer.text).toBe(`You said: ${text}`);
	});

	test('two loads of one model share it, and changed options replace it', async () => {
		const { runtime, load, workers } = start(hello);
		const [first, second] = await Promise.all([load(), load()]);
		expect(first).toBe(second);
		const other = await runtime.load({
			key: 'model',
			path: '/models/scripted.gguf',
			options: { ...defaultLoadOptions, threads: 2 },
		});
		expect(other).not.toBe(first);
		expect(runtime.get('model')).toBe(other);
		expect(workers()).toHaveLength(1);
	});

	test('it is gone after unload, which does not count as a crash', async () => {
		const { runtime, load, events, workers } = start(hello);
		const engine = await load();
		await runtime.unload('model');
		expect(workers()).toEqual([]);
		expect(events.at(-1)).toEqual({ type: 'unloaded', key: 'model' });
		expect(events.some((event) => event.type === 'crashed')).toBe(false);
		expect(runtime.get('model')).toBeUndefined();
		expect((await answerOf(engine, ask('hi'))).last).toMatchObject({
			type: 'failed',
			failure: { code: 'model-unloaded' },
		});
	});

	test('it is ended while loading if its only caller gives up', async () => {
		const { runtime, workers } = start({ load: [{ type: 'hang' }] });
		const abort = new AbortController();
		const loading = runtime.load(
			{ key: 'model', path: '/models/scripted.gguf', options: defaultLoadOptions },
			{ signal: abort.signal, onProgress: ({ stage }) => stage === 'weights' && abort.abort() },
		);
		await expect(loading).rejects.toThrow('aborted');
		expect(workers()).toEqual([]);
	});

	test('it continues loading if one of several callers gives up', async () => {
		const { runtime, load } = start({ ...hello, load: [{ type: 'wait', ms: 300 }] });
		const abort = new AbortController();
		const model = { key: 'model', path: '/models/scripted.gguf', options: defaultLoadOptions };
		const impatient = runtime.load(model, { signal: abort.signal });
		const patient = load();
		abort.abort();
		await expect(impatient).rejects.toThrow('aborted');
		expect((await answerOf(await patient, ask('hi'))).text).toBe('Hello from another process.');
	});

	test('it ends when its host disappears, even during a blocked call', async () => {
		const entry = fileURLToPath(new URL('../../../models/worker/entry.ts', import.meta.url));
		const worker = fork(entry, [], {
			env: { ...process.env, ASSAY_ENGINE_SCRIPT: JSON.stringify({ load: [{ type: 'hang' }] }) },
			execArgv: ['--disable-warning=ExperimentalWarning'],
			stdio: ['ignore', 'ignore', 'inherit', 'ipc', 'pipe'],
		});
		await once(worker, 'message');
		worker.send({ type: 'load', request: { path: '/x.gguf', options: defaultLoadOptions } });
		await once(worker, 'message');
		await sleep(100);
		const exit = once(worker, 'exit');
		// As the system does when a process dies: closes both ends of the channels.
		worker.stdio[4]?.destroy();
		worker.disconnect();
		expect(await exit).toEqual([null, 'SIGKILL']);
	});

	test('a process that can not be started is explained', async () => {
		const runtime = createModelRuntime({
			launcher: createNodeLauncher({ nodeBinary: '/nowhere/node' }),
			log: () => {},
			checkFile: async () => {},
		});
		open.push(runtime);
		const loading = runtime.load({ key: 'model', path: '/x.gguf', options: defaultLoadOptions });
		await expect(loading).rejects.toMatchObject({ code: 'worker-not-started' });
	});

	test('another version of the protocol is refused', async () => {
		const runtime = createModelRuntime({
			launcher: createNodeLauncher({
				workerEntry: fileURLToPath(new URL('../../support/foreign-worker.ts', import.meta.url)),
			}),
			log: () => {},
			checkFile: async () => {},
		});
		open.push(runtime);
		const loading = runtime.load({ key: 'model', path: '/x.gguf', options: defaultLoadOptions });
		await expect(loading).rejects.toMatchObject({ code: 'worker-protocol' });
	});
});
