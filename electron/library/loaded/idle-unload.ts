import { unattended } from '../../jobs/unattended.ts';
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
	log: (line: string) => void,
	now: () => number = () => performance.now(),
): () => void {
	const check = async (): Promise<void> => {
		const limit = minutes();
		if (limit === null) return;
		for (const slot of slots.values()) {
			if (slot.isBusy() || slot.phase.kind !== 'ready') continue;
			if (now() - slot.lastUsed() >= limit * 60_000) await unload(slot);
		}
	};
	const timer = setInterval(unattended(log, 'library: idle models stay in memory', check), checkIntervalMs);
	timer.unref();
	return () => clearInterval(timer);
}
