import { expect, onTestFinished, test, vi } from 'vitest';
import { defaultHeartbeatTimes, watchHeartbeat } from '../../../models/runtime/hang-detection.ts';

const beat = { silentMs: 0, workingMs: 0, cpuMs: 0, pagesRead: 0, residentBytes: 0 } as const;

function watched() {
	vi.useFakeTimers();
	onTestFinished(() => void vi.useRealTimers());
	const hung = vi.fn<(what: string) => void>();
	return { hung, heartbeat: watchHeartbeat(defaultHeartbeatTimes, hung) };
}

test('a process that a busy computer keeps from starting has a minute', () => {
	const { hung, heartbeat } = watched();
	vi.advanceTimersByTime(55_000);
	expect(hung).not.toHaveBeenCalled();
	heartbeat.beat(beat);
	vi.advanceTimersByTime(19_999);
	expect(hung).not.toHaveBeenCalled();
	vi.advanceTimersByTime(1);
	expect(hung.mock.calls).toEqual([['it gave no sign of life for 20 s']]);
});

test('a process that never starts is ended after a minute', () => {
	const { hung } = watched();
	vi.advanceTimersByTime(60_000);
	expect(hung.mock.calls).toEqual([['it gave no sign of life for 60 s']]);
});

test('a process that answers is alive, though its heartbeats come late', () => {
	const { hung, heartbeat } = watched();
	heartbeat.beat(beat);
	for (let second = 0; second < 60; second += 5) {
		vi.advanceTimersByTime(5_000);
		heartbeat.frame();
	}
	expect(hung).not.toHaveBeenCalled();
});
