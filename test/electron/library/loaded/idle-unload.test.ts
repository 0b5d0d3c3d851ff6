import { afterEach, expect, test, vi } from 'vitest';
import { unloadIdle } from '../../../../electron/library/loaded/idle-unload.ts';
import type { ModelSlot } from '../../../../electron/library/loaded/model-slot.ts';

afterEach(() => vi.useRealTimers());

test('an idle model is unloaded; one that answers, or is used now and then, is not', () => {
	vi.useFakeTimers();
	let now = 0;
	const slot = (changes: Partial<ModelSlot>): ModelSlot =>
		({ phase: { kind: 'ready' }, isBusy: () => false, lastUsed: () => 0, ...changes }) as ModelSlot;
	const idle = slot({});
	const slots = new Map([
		[1, idle],
		[2, slot({ isBusy: () => true })],
		[3, slot({ lastUsed: () => now - 60_000 })],
	]);
	const unloaded: ModelSlot[] = [];
	let minutes: number | null = null;
	const stop = unloadIdle(
		slots,
		() => minutes,
		async (one) => {
			unloaded.push(one);
			slots.delete(1);
		},
		() => {},
		() => now,
	);
	const pass = (ms: number): void => {
		now += ms;
		vi.advanceTimersByTime(ms);
	};
	pass(3_600_000);
	expect(unloaded).toEqual([]);
	minutes = 10;
	pass(30_000);
	expect(unloaded).toEqual([idle]);
	stop();
	slots.set(1, idle);
	pass(3_600_000);
	expect(unloaded).toHaveLength(1);
});

test('settings that can’t be read keep the models, are logged, and are read again at the next check', async () => {
	vi.useFakeTimers();
	const slot = { phase: { kind: 'ready' }, isBusy: () => false, lastUsed: () => 0 } as ModelSlot;
	let isReadable = false;
	const unloaded: ModelSlot[] = [];
	const lines: string[] = [];
	const stop = unloadIdle(
		new Map([[1, slot]]),
		() => {
			if (!isReadable) throw new Error('disk I/O error');
			return 10;
		},
		async (one) => void unloaded.push(one),
		(line) => lines.push(line),
		() => 3_600_000,
	);
	await vi.advanceTimersByTimeAsync(30_000);
	expect(unloaded).toEqual([]);
	expect(lines).toEqual(['library: idle models stay in memory: disk I/O error']);
	isReadable = true;
	await vi.advanceTimersByTimeAsync(30_000);
	expect(unloaded).toEqual([slot]);
	stop();
});
