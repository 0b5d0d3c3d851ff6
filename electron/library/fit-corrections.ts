import type { Fit } from '../contract/library/fit.ts';
import type { ReadableDatabase } from '../database/database.ts';
import { median } from '../statistics/median.ts';
import { type MeasuredLoad, measuredLoads } from './store/model-loads.ts';

/** A larger error has another cause than the estimate: a model that was never used, a leak. */
const mostOfOthers = 100_000_000;

export interface Correction {
	/** Bytes to add to an estimate. */
	readonly bytes: number;
	/** Second copies of the model's weights by the engine's log of the load that `bytes` comes from; null if it has said nothing. */
	readonly copiedBytes: number | null;
	readonly last: Fit['last'];
}

/**
 * Returns the error of a load's estimate. A model that has not answered has not used its buffers, so taking less than
 * estimated means nothing.
 */
function errorOf({ measuredBytes, predictedBytes, worked }: MeasuredLoad): number {
	const error = measuredBytes - predictedBytes;
	return worked === 1 ? error : Math.max(0, error);
}

/**
 * Learns from earlier loads on this machine with this engine: uses a model's own last load if there is one, else the
 * median error of the other models' last loads (the process itself is larger or smaller here).
 */
export function correctionsFrom(loads: readonly MeasuredLoad[]): (modelFileId: number | null) => Correction {
	const newest = new Map<number, MeasuredLoad>();
	for (const load of loads) if (!newest.has(load.modelFileId)) newest.set(load.modelFileId, load);
	// A load that has answered says more than a newer one that has not.
	const telling = new Map<number, MeasuredLoad>();
	for (const load of loads) {
		const known = telling.get(load.modelFileId);
		if (known === undefined || (known.worked === 0 && load.worked === 1)) telling.set(load.modelFileId, load);
	}
	const common = median([...telling.values()].map(errorOf));
	const bounded = Math.max(-mostOfOthers, Math.min(mostOfOthers, common));
	return (modelFileId) => {
		const own = modelFileId === null ? undefined : telling.get(modelFileId);
		const last = modelFileId === null ? undefined : newest.get(modelFileId);
		return {
			bytes: Math.round(own === undefined ? bounded : errorOf(own)),
			// From the load that the error is taken from, because its estimate counted these copies.
			copiedBytes: own?.copiedBytes ?? null,
			last:
				last === undefined
					? null
					: { at: last.at, predictedBytes: last.predictedBytes, measuredBytes: last.measuredBytes },
		};
	};
}

export function readCorrections(
	database: ReadableDatabase,
	machine: string,
	engineBuild: string,
): (modelFileId: number | null) => Correction {
	return correctionsFrom(measuredLoads(database, machine, engineBuild));
}
