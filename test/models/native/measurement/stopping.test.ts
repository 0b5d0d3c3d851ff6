import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, test, vi } from 'vitest';
import { openMeasurement } from '../../../../models/native/measurement/session.ts';
import { failureOf } from '../../../support/failure.ts';
import { workshop } from '../tiny.ts';
import { asked, bitsOf } from './ask.ts';
import { measuring, mixed, shots } from './sessions.ts';

function isRunning(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch {
		return false;
	}
}

describe('stopping', () => {
	test('an abort stops a call with the signal’s reason, and the session answers the next one', async () => {
		const session = await measuring({ seed: 7 });
		const calm = await session.generate(mixed);
		const controller = new AbortController();
		const reason = new Error('enough');
		const long = Array.from({ length: 60 }, (_, index) => asked(`${shots} ${index}`, { maxTokens: 200 }, index));
		const stopped = session.generate(long, { signal: controller.signal, onRow: () => controller.abort(reason) });
		await expect(stopped).rejects.toBe(reason);
		await expect(session.count([], { signal: controller.signal })).rejects.toBe(reason);
		expect(bitsOf(await session.generate(mixed))).toEqual(bitsOf(calm));
		const waiting = new AbortController();
		const busy = session.generate(mixed);
		const behind = session.generate(mixed, { signal: waiting.signal });
		waiting.abort(reason);
		await expect(behind).rejects.toBe(reason);
		expect(bitsOf(await busy)).toEqual(bitsOf(calm));
	});

	test('a session on hold pauses, then continues with the same bits', async () => {
		const session = await measuring({ seed: 7 });
		const calm = await session.generate(mixed);
		const rows: number[] = [];
		let held = false;
		const generated = session.generate(mixed, {
			onRow(index) {
				rows.push(index);
				if (held) return;
				held = true;
				session.hold(true);
			},
		});
		await vi.waitFor(() => expect(held).toBe(true), { timeout: 20_000 });
		// Rows under way when the hold arrived may still come.
		await new Promise((resolve) => setTimeout(resolve, 300));
		const before = rows.length;
		await new Promise((resolve) => setTimeout(resolve, 300));
		expect(rows.length).toBe(before);
		session.hold(false);
		expect(bitsOf(await generated)).toEqual(bitsOf(calm));
	});

	test.skipIf(process.platform === 'win32')('a computer that sleeps during a call loses nothing', async () => {
		const session = await measuring({ seed: 7 });
		const calm = await session.generate(mixed);
		let asleep = false;
		const generated = session.generate(mixed, {
			onRow() {
				if (asleep) return;
				asleep = true;
				process.kill(session.processId, 'SIGSTOP');
				// Longer than the heartbeat interval.
				setTimeout(() => process.kill(session.processId, 'SIGCONT'), 1_300);
			},
		});
		expect(bitsOf(await generated)).toEqual(bitsOf(calm));
		expect(asleep).toBe(true);
	});

	test('a closed session is gone and says so; one aborted while opening leaves no process', async () => {
		const session = await measuring();
		const running = failureOf(() => session.generate(mixed));
		await session.close();
		expect((await running).code).toBe('measurement-closed');
		expect((await failureOf(() => session.generate(mixed))).code).toBe('measurement-closed');
		expect(isRunning(session.processId)).toBe(false);
		const reason = new Error('no more');
		const model = workshop().model('a.gguf');
		await expect(openMeasurement({ model, width: 2, threads: 1, signal: AbortSignal.abort(reason) })).rejects.toBe(
			reason,
		);
		const controller = new AbortController();
		const opening = openMeasurement({ model, width: 2, threads: 1, signal: controller.signal });
		controller.abort(reason);
		await expect(opening).rejects.toBe(reason);
	});

	test('a process that crashes in a call or is ended from outside says so, and what to do', async () => {
		for (const [signal, words] of [
			['SIGABRT', /ended unexpectedly \(SIGABRT\)/],
			['SIGKILL', /most likely because memory ran out/],
		] as const) {
			const session = await measuring();
			const failure = await failureOf(() =>
				session.generate(mixed, { onRow: () => process.kill(session.processId, signal) }),
			);
			expect(failure).toMatchObject({ code: 'native-process-died' });
			expect(failure.message).toMatch(words);
			expect(failure.next.length).toBeGreaterThan(0);
			expect((await failureOf(() => session.count([]))).code).toBe('native-process-died');
		}
	});

	test('the process dies with its host, even during a call', async () => {
		const model = workshop().model('a.gguf');
		const host = fork(fileURLToPath(new URL('./doomed-host.ts', import.meta.url)), [model]);
		const [{ pid }] = (await once(host, 'message')) as [{ pid: number }];
		expect(isRunning(pid)).toBe(true);
		host.kill('SIGKILL');
		await vi.waitFor(() => expect(isRunning(pid)).toBe(false), { timeout: 20_000, interval: 50 });
	});
});
