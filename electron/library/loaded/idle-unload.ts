import type { ModelSlot } from './model-slot.ts';

const checkIntervalMs = 30_000;

/**
 * Unloads models that were not used for `minutes()` (null: never), so that other programs can use their memory. Returns
 * the function that stops it.
 */
export function unloadIdle(
	slots: ReadonlyMap<number, ModelSlot>,
	minutes: () => number | null,
	unload: (slot: ModelSlot) => Promise<void>,
	now: () => number = () => performance.now(),
): () => void {
	const check = (): void => {
		const limit = minutes();
		if (limit === null) return;
		for (const slot of slots.values()) {
			if (slot.isBusy() || slot.phase.kind !== 'ready') continue;
			if (now() - slot.lastUsed() >= limit * 60_000) void unload(slot);
		}
	};
	const timer = setInterval(check, checkIntervalMs);
	timer.unref();
	return () => clearInterval(timer);
}
