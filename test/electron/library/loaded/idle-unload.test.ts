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
