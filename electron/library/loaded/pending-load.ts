import { orAborted } from '../../../models/abort-signal.ts';
import type { LoadProgress } from '../../../models/contract/load.ts';
import type { AcquireHooks, AcquireOptions } from '../model-service.ts';
import type { ModelSlot } from './model-slot.ts';

/** A load in progress and its waiters. */
export interface PendingLoad {
	readonly requested: AcquireOptions;
	readonly progress: () => LoadProgress;
	/** Settles with the load, even if nobody waits any more. */
	readonly ended: Promise<unknown>;
	/** It is being cancelled; a new caller starts another load once this has settled. */
	isEnding(): boolean;
	/** Waits for the load, which is cancelled when its last waiter leaves. */
	join(hooks: AcquireHooks): Promise<ModelSlot>;
	cancel(reason: unknown): void;
}

/** Starts `load`, which must obey its signal. */
export function startLoading(
	requested: AcquireOptions,
	load: (signal: AbortSignal, onProgress: (progress: LoadProgress) => void) => Promise<ModelSlot>,
): PendingLoad {
	const ending = new AbortController();
	const listeners = new Set<(progress: LoadProgress) => void>();
	let progress: LoadProgress = { stage: 'starting', fraction: null };
	let waiting = 0;
	const loaded = load(ending.signal, (step) => {
		progress = step;
		for (const listener of listeners) listener(step);
	});
	// Waiters receive the failure; by now there may be none.
	const ended = loaded.catch(() => {});

	async function join({ onProgress, signal }: AcquireHooks): Promise<ModelSlot> {
		signal?.throwIfAborted();
		waiting += 1;
		if (onProgress !== undefined) {
			listeners.add(onProgress);
			onProgress(progress);
		}
		try {
			return await orAborted(loaded, signal);
		} finally {
			waiting -= 1;
			if (onProgress !== undefined) listeners.delete(onProgress);
			if (waiting === 0) ending.abort(signal?.reason ?? new Error('nobody waits for the model'));
		}
	}

	return {
		requested,
		progress: () => progress,
		ended,
		isEnding: () => ending.signal.aborted,
		join,
		cancel: (reason) => ending.abort(reason),
	};
}
