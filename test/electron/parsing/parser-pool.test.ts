import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { createParserPool, type ParserControl, type ParserPool } from '../../../electron/parsing/parser-pool.ts';
import type { ParserLimits } from '../../../electron/parsing/parser-stopped.ts';
import { hostEffects } from '../../support/host-effects.ts';
import { watchLateness } from '../../support/lateness.ts';
import type { ParserScript } from './scripted-parser.ts';

const entry = new URL('./scripted-parser.ts', import.meta.url);

function pool(limits: Partial<ParserLimits> = {}): ParserPool {
	const created = createParserPool({ entry }, { memoryMb: 256, silenceMs: 20_000, outputBytes: 4_000_000, ...limits });
	onTestFinished(() => created.close());
	return created;
}

const doing = (script: ParserScript): ParserScript => script;

async function answer(parsers: ParserPool, control: ParserControl = {}): Promise<{ pid: number; bytes: number }> {
	return (await parsers.run(doing({ do: 'answer' }), control)) as { pid: number; bytes: number };
}

function collectGarbage(): void {
	setFlagsFromString('--expose-gc');
	(runInNewContext('gc') as () => void)();
}

function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch {
		return false;
	}
}

describe('a parser that exceeds a limit ends alone, and the next task gets another process', () => {
	test.for([
		['memory', 'buffers, which no heap limit counts', { do: 'fill-buffers' }, {}],
		['memory', 'the heap', { do: 'fill-heap' }, {}],
		['time', 'a parser that hangs', { do: 'hang' }, { silenceMs: 3_000 }],
		['output', 'a result that is larger than allowed', { do: 'talk', megabytes: 40 }, {}],
		['died', 'a message that is none', { do: 'garble' }, {}],
	] as const)('%s: %s', async ([reason, , script, limits]) => {
		const parsers = pool(limits);
		const effects = hostEffects();
		const run = parsers.run(doing(script), {
			onMessage: ({ type }) => {
				if (type !== 'progress') throw new Error('no such message');
			},
		});
		await expect(run).rejects.toMatchObject({ name: 'ParserStopped', reason });
		expect(effects()).toMatchObject({ grewMuch: false });
		expect(await answer(parsers)).toMatchObject({ bytes: 0 });
	});

	test('killed in the middle: the task says so, and the next one works', async () => {
		const parsers = pool();
		const { pid } = await answer(parsers);
		const run = parsers.run(doing({ do: 'hang' }));
		await sleep(200);
		process.kill(pid, 'SIGKILL');
		await expect(run).rejects.toMatchObject({ reason: 'died', why: 'SIGKILL' });
		expect((await answer(parsers)).pid).not.toBe(pid);
	});

	test('a program that cannot be started says why', async () => {
		const parsers = createParserPool(
			{ entry, nodeBinary: '/nowhere/node' },
			{ memoryMb: 256, silenceMs: 20_000, outputBytes: 4_000_000 },
		);
		await expect(parsers.run(doing({ do: 'answer' }))).rejects.toMatchObject({ reason: 'died' });
	});
});

test('the operating system limits its memory, too', async ({ skip }) => {
	if (process.platform !== 'linux') skip('SKIPPED: only Linux limits what a process allocates');
	const parsers = pool();
	const { pid } = await answer(parsers);
	const limits = readFileSync(`/proc/${pid}/limits`, 'utf8');
	const bytes = Number(/^Max data size\s+(\d+)/m.exec(limits)?.[1]);
	expect(bytes).toBe((256 + 768) * 1024 * 1024);
});

describe('a process is reused', () => {
	test('for the next small task; two tasks at once get one each', async () => {
		const parsers = pool();
		const first = await answer(parsers);
		expect(await answer(parsers, { bytes: new Uint8Array(3_000_000) })).toEqual({ pid: first.pid, bytes: 3_000_000 });
		const both = await Promise.all([answer(parsers), answer(parsers)]);
		expect(new Set(both.map(({ pid }) => pid)).size).toBe(2);
	});

	test('a reused process takes a file in a few milliseconds', async () => {
		const parsers = pool();
		await answer(parsers);
		const within = watchLateness();
		const began = performance.now();
		for (let n = 0; n < 20; n += 1) await answer(parsers, { bytes: new Uint8Array(100_000) });
		expect((performance.now() - began) / 20).toBeLessThan(within(50));
	});

	test('an answer that comes too late for one task does not reach the next', async () => {
		const parsers = pool();
		const late = parsers.run(doing({ do: 'wait' }), {
			onMessage: (_, reply) => {
				reply({ type: 'turn', n: 1 });
				reply({ type: 'turn', n: 2 });
			},
		});
		expect(await late).toEqual({ type: 'turn', n: 1 });
		const next = parsers.run(doing({ do: 'wait' }), { onMessage: (_, reply) => reply({ type: 'turn', n: 3 }) });
		expect(await next).toEqual({ type: 'turn', n: 3 });
	});

	test('and holds no result of earlier tasks', async () => {
		const parsers = pool();
		const results: WeakRef<object>[] = [];
		for (let n = 0; n < 3; n += 1) results.push(new WeakRef(await answer(parsers)));
		// What was read in this turn of the event loop stays until the next.
		await sleep(10);
		collectGarbage();
		expect(results.map((result) => result.deref())).toEqual([undefined, undefined, undefined]);
	});

	test('but not for a task that comes just as it ends after a rest', async () => {
		vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
		onTestFinished(() => void vi.useRealTimers());
		const parsers = pool();
		const { pid } = await answer(parsers);
		vi.advanceTimersByTime(15_000);
		expect((await answer(parsers)).pid).not.toBe(pid);
	});

	test('close ends every process', async () => {
		const parsers = pool();
		const { pid } = await answer(parsers);
		const run = parsers.run(doing({ do: 'hang' }));
		run.catch(() => {});
		await parsers.close();
		await expect(run).rejects.toMatchObject({ reason: 'died' });
		expect(isAlive(pid)).toBe(false);
	});
});

describe('cancelling', () => {
	test('ends a parser at once, with the reason of the signal', async () => {
		const controller = new AbortController();
		const run = pool().run(doing({ do: 'hang' }), { signal: controller.signal });
		controller.abort(new Error('given up'));
		await expect(run).rejects.toThrow('given up');
	});

	test('a task that stops itself is asked to, and its own error arrives', async () => {
		const controller = new AbortController();
		const run = pool().run(doing({ do: 'babble' }), {
			signal: controller.signal,
			stopsItself: true,
			onMessage: () => controller.abort(new Error('given up')),
		});
		await expect(run).rejects.toThrow('cancelled');
	});

	test('a task that does not stop as asked is ended', async () => {
		const controller = new AbortController();
		const run = pool().run(doing({ do: 'hang' }), { signal: controller.signal, stopsItself: true });
		controller.abort(new Error('given up'));
		await expect(run).rejects.toThrow('given up');
	});
});

test('signs of life keep a slow parser going beyond its time limit', async () => {
	const controller = new AbortController();
	let messages = 0;
	const run = pool({ silenceMs: 3_000 }).run(doing({ do: 'babble' }), {
		signal: controller.signal,
		stopsItself: true,
		onMessage: () => {
			messages += 1;
			if (messages === 200) controller.abort(new Error('enough'));
		},
	});
	await expect(run).rejects.toThrow('cancelled');
});

test('a parser gets no secrets of the application', async () => {
	process.env.HF_TOKEN = 'secret';
	onTestFinished(() => {
		delete process.env.HF_TOKEN;
	});
	const { names } = (await pool().run(doing({ do: 'environment' }))) as { names: string[] };
	expect(names).not.toContain('HF_TOKEN');
});
