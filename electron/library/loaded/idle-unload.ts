import type { ModelSlot } from './model-slot.ts';

const lookEveryMs = 30_000;

/**
 * Unloads models that nobody has used for `minutes()` (null: never), so that their memory is there for other programs.
 * Returns the function that ends it.
 */
export function unloadIdle(
	slots: ReadonlyMap<number, ModelSlot>,
	minutes: () => number | null,
	unload: (slot: ModelSlot) => Promise<void>,
	now: () => number = () => performance.now(),
): () => void {
	const look = (): void => {
		const limit = minutes();
		if (limit === null) return;
		for (const slot of slots.values()) {
			if (slot.isBusy() || slot.phase.kind !== 'ready') continue;
			if (now() - slot.lastUsed() >= limit * 60_000) void unload(slot);
		}
	};
	const timer = setInterval(look, lookEveryMs);
	timer.unref();
	return () => clearInterval(timer);
}
