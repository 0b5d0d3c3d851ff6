import { expect, test } from 'vitest';
import { type CpuTimes, watchOtherPrograms } from '../../models/cpu-contention.ts';

/** Watches two cores over one second, of which this process and others took so much, ms. */
function watched(ownMs: number, othersMs: number): boolean {
	let now: CpuTimes = { busyMs: 5000, totalMs: 90_000, ownMs: 700 };
	const disturbed = watchOtherPrograms(() => now);
	now = { busyMs: now.busyMs + ownMs + othersMs, totalMs: now.totalMs + 2000, ownMs: now.ownMs + ownMs };
	return disturbed();
}

test('a busy computer is told from the work of this process', () => {
	expect([watched(2000, 0), watched(0, 100), watched(1000, 1000), watched(1500, 400)]).toEqual([
		...[false, false, true, true],
	]);
});

test('a system that reports no times counts as undisturbed', () => {
	expect(watchOtherPrograms(() => ({ busyMs: 0, totalMs: 0, ownMs: 0 }))()).toBe(false);
});
