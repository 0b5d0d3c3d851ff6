import { availableParallelism, cpus } from 'node:os';
import type { ThreadTrial } from '../../../models/contract/load.ts';
import type { LibrarySeam } from '../model-service.ts';
import { readModelSetting, writeModelSetting } from '../store/model-settings.ts';

/** Identifies what speed depends on; a data folder may move to another computer. */
export function machineName(): string {
	return `${process.platform} ${process.arch}, ${cpus()[0]?.model.trim() ?? 'unknown'}, ${availableParallelism()} cores`;
}

/** Reads the thread counts measured for this model on this machine. */
export function readThreadTrials(
	{ database }: Pick<LibrarySeam, 'database'>,
	modelFileId: number,
): readonly ThreadTrial[] {
	const kept = readModelSetting(database, modelFileId, 'thread-trials');
	return kept?.machine === machineName() ? kept.trials : [];
}

/** Reads the speed of the best thread count on this machine, tokens per second; null if none was measured. */
export function fastestTokensPerSecond(seam: Pick<LibrarySeam, 'database'>, modelFileId: number): number | null {
	const speeds = readThreadTrials(seam, modelFileId).map(({ tokensPerSecond }) => tokensPerSecond);
	return speeds.length === 0 ? null : Math.max(...speeds);
}

/** Stores the thread counts that a load measured. Without measurements, keeps the old ones. */
export function storeThreadTrials(seam: LibrarySeam, modelFileId: number, trials: readonly ThreadTrial[]): void {
	if (trials.length === 0) return;
	const value = { machine: machineName(), trials: [...trials] };
	writeModelSetting(seam.database, modelFileId, 'thread-trials', value, seam.clock());
}
