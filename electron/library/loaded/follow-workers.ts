import type { ThreadTrial } from '../../../models/contract/load.ts';
import type { ModelRuntime } from '../../../models/runtime/runtime.ts';
import type { ModelSlot } from './slot.ts';

/**
 * Keeps the slots true to what their processes do by themselves: crash, start again, grow, measure their threads anew.
 * The first load has no slot yet and is followed by whoever waits for it. Returns the function that ends it.
 */
export function followWorkers(
	runtime: ModelRuntime,
	slots: ReadonlyMap<number, ModelSlot>,
	onChange: (modelFileId: number) => void,
	onTrials: (modelFileId: number, trials: readonly ThreadTrial[]) => void,
): () => void {
	return runtime.onEvent((event) => {
		const id = Number(event.key);
		const slot = slots.get(id);
		if (slot === undefined) return;
		switch (event.type) {
			case 'loading':
				slot.phase = { kind: 'restarting', progress: event.progress };
				return onChange(id);
			case 'loaded':
				slot.phase = { kind: 'ready' };
				slot.residentBytes = event.capabilities.residentBytes;
				return onChange(id);
			case 'capabilities':
				onTrials(id, event.capabilities.threadTrials);
				return onChange(id);
			case 'crashed':
			case 'load-failed':
				slot.phase = { kind: 'crashed', failure: event.failure };
				slot.residentBytes = 0;
				return onChange(id);
			case 'resident-bytes':
				slot.residentBytes = event.bytes;
				return onChange(id);
			case 'busy':
			case 'unloaded':
				// The slot counts its own uses, and whoever unloads says so.
				return;
		}
	});
}
