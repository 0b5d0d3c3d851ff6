import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import type { Script, ScriptStep } from '../../../models/worker/engine-script.ts';
import { watchLateness } from '../../support/lateness.ts';
import { answerOf, ask, resultOf, scriptedRuntime, type TestRuntime } from '../../support/worker-runtime.ts';

const open: TestRuntime[] = [];
afterEach(async () => {
	await Promise.all(open.splice(0).map((one) => one.close()));
});

function start(script: Script, ...rest: [] | [Parameters<typeof scriptedRuntime>[1]]): TestRuntime {
	const started = scriptedRuntime(script, ...rest);
	open.push(started);
	return started;
}

const assertion = '/build/ggml/src/ggml.c:123: GGML_ASSERT(n_head_kv > 0) failed';

/** Creates a script that writes something, then does `step`; any other message is answered. */
function scriptWith(step: ScriptStep): Script {
	return {
		answers: [
			{ when: 'boom', steps: [{ type: 'text', text: 'So far so' }, { type: 'wait', ms: 30 }, step] },
			{ steps: [{ type: 'text', text: 'Fine.' }] },
		],
	};
}

describe('crash', () => {
	test.each([
		{ how: { signal: 'SIGABRT' }, says: 'SIGABRT' },
		{ how: { signal: 'SIGSEGV' }, says: 'SIGSEGV' },
		{ how: { signal: 'SIGKILL' }, says: 'SIGKILL' },
		{ how: { exitCode: 7 }, says: 'exit code 7' },
	] as const)(
		'by $says it fails only the running answer, keeps its text and names the cause',
		async ({ how, says }) => {
			const { load, events } = start(scriptWith({ type: 'crash', how, lastWords: assertion }));
			const engine = await load();
			const broken = await answerOf(engine, ask('boom'));
			expect(broken.text).toBe('So far so');
			expect(broken.last).toMatchObject({
				type: 'failed',
				failure: { code: 'worker-crashed', message: expect.stringContaining(says) },
			});
			const failure = broken.last?.type === 'failed' ? broken.last.failure : undefined;
			expect(failure?.message).toContain('GGML_ASSERT(n_head_kv > 0) failed');
			expect(failure?.detail).toContain(assertion);
			expect(events.filter((event) => event.type === 'crashed')).toHaveLength(1);

			expect((await answerOf(engine, ask('hi'))).text).toBe('Fine.');
			expect(events.filter((event) => event.type === 'loaded')).toHaveLength(2);
		},
	);

	test('an idle crash is reported, and the next message works', async () => {
		const { load, events, runtime, workers } = start(scriptWith({ type: 'stall' }));
		const engine = await load();
		const { promise: crashed, resolve } = Promise.withResolvers<void>();
		runtime.onEvent((event) => event.type === 'crashed' && resolve());
		for (const pid of workers()) process.kill(pid, 'SIGKILL');
		await crashed;
		expect(events.at(-1)).toMatchObject({ type: 'crashed', failure: { code: 'worker-crashed' } });
		expect((await answerOf(engine, ask('hi'))).text).toBe('Fine.');
	});

	test('five crashes restart the model; then a person must load it again', async () => {
		const { load } = start(scriptWith({ type: 'crash', how: { signal: 'SIGABRT' } }));
		const engine = await load();
		const codes: string[] = [];
		for (let round = 0; round < 7; round += 1) {
			const { last } = await answerOf(engine, ask('boom'));
			codes.push(last?.type === 'failed' ? last.failure.code : 'none');
		}
		expect(codes).toEqual([...Array<string>(6).fill('worker-crashed'), 'worker-restarts-spent']);
		const again = await load();
		expect((await answerOf(again, ask('hi'))).text).toBe('Fine.');
	});

	test('a crash while loading fails the load with the last words', async () => {
		const { load, events } = start({
			load: [{ type: 'crash', how: { signal: 'SIGABRT' }, lastWords: assertion }],
		});
		await expect(load()).rejects.toMatchObject({
			code: 'worker-crashed-loading',
			message: expect.stringContaining('GGML_ASSERT(n_head_kv > 0) failed'),
		});
		expect(events.at(-1)).toMatchObject({ type: 'load-failed', failure: { code: 'worker-crashed-loading' } });
	});
});

describe('unresponsive worker', () => {
	const fast = { startMs: [30_000, 30_000], noBeatMs: [3000, 1000], standstillMs: [500, 500] } as const;

	test('if it uses no CPU time, it is ended as hung, and the next message works', async () => {
		const { load } = start(scriptWith({ type: 'hang' }), fast);
		const engine = await load();
		const broken = await answerOf(engine, ask('boom'));
		expect(broken.text).toBe('So far so');
		expect(broken.last).toMatchObject({ type: 'failed', failure: { code: 'worker-hung' } });
		expect((await answerOf(engine, ask('hi'))).text).toBe('Fine.');
	});

	test('if it uses the CPU, it may finish', async () => {
		const { load } = start(scriptWith({ type: 'busy', ms: 4000 }), fast);
		const engine = await load();
		expect(resultOf(await answerOf(engine, ask('boom'))).stopReason).toBe('end');
	});

	test('if it is frozen, it is ended as hung', async () => {
		const { load, workers } = start(scriptWith({ type: 'stall' }), {
			...fast,
			standstillMs: [60_000, 60_000],
		});
		const engine = await load();
		const running = answerOf(engine, ask('boom'));
		await sleep(200);
		for (const pid of workers()) process.kill(pid, 'SIGSTOP');
		expect((await running).last).toMatchObject({ type: 'failed', failure: { code: 'worker-hung' } });
	});

	test('if it only waits for something to write, it stays', async () => {
		const { load } = start(scriptWith({ type: 'wait', ms: 2500 }), fast);
		const engine = await load();
		expect(resultOf(await answerOf(engine, ask('boom'))).stopReason).toBe('end');
	});
});

describe('abort', () => {
	test('it is answered at once while the worker waits', async () => {
		const { load } = start(scriptWith({ type: 'stall' }));
		const engine = await load();
		const abort = new AbortController();
		let abortedAt = 0;
		const within = watchLateness();
		const answer = await answerOf(engine, ask('boom'), abort.signal, (event) => {
			if (event.type !== 'tokens' || !event.text.includes('so')) return;
			setTimeout(() => {
				abortedAt = performance.now();
				abort.abort();
			}, 50);
		});
		expect(performance.now() - abortedAt).toBeLessThan(within(100));
		expect(resultOf(answer)).toMatchObject({ stopReason: 'stopped', completionTokens: 3 });
	});

	test('it ends the process of a worker that can not be interrupted, which does not count as a crash', async () => {
		const { load, events } = start(scriptWith({ type: 'hang' }));
		const engine = await load();
		const abort = new AbortController();
		setTimeout(() => abort.abort(), 200);
		const answer = await answerOf(engine, ask('boom'), abort.signal);
		expect(resultOf(answer)).toMatchObject({ stopReason: 'stopped', completionTokens: 3 });
		expect((await answerOf(engine, ask('hi'))).text).toBe('Fine.');
		expect(events.some((event) => event.type === 'crashed')).toBe(false);
	});

	test('a queued request gives up its place', async () => {
		const { load } = start(scriptWith({ type: 'wait', ms: 400 }));
		const engine = await load();
		const first = answerOf(engine, ask('boom'));
		const abort = new AbortController();
		const second = answerOf(engine, ask('hi'), abort.signal);
		const third = answerOf(engine, ask('hi'));
		setTimeout(() => abort.abort(), 100);
		expect(resultOf(await second)).toMatchObject({ stopReason: 'stopped', completionTokens: 0 });
		expect(resultOf(await first).stopReason).toBe('end');
		expect((await third).text).toBe('Fine.');
	});
});
