import { availableParallelism, cpus } from 'node:os';
import type { ThreadTrial } from '../../../models/contract/load.ts';
import type { LibrarySeam } from '../model-service.ts';
import { readModelSetting, writeModelSetting } from '../store/model-settings.ts';

/** What speed depends on; a data folder may be carried to another computer. */
export function machineName(): string {
	return `${process.platform} ${process.arch}, ${cpus()[0]?.model.trim() ?? 'unknown'}, ${availableParallelism()} cores`;
}

/** Thread counts measured for this model on this machine. */
export function readThreadTrials(
	{ database }: Pick<LibrarySeam, 'database'>,
	modelFileId: number,
): readonly ThreadTrial[] {
	const kept = readModelSetting(database, modelFileId, 'thread-trials');
	return kept?.machine === machineName() ? kept.trials : [];
}

/** Speed of the best thread count measured on this machine, tokens per second; null: none was measured. */
export function fastestTokensPerSecond(seam: Pick<LibrarySeam, 'database'>, modelFileId: number): number | null {
	const speeds = readThreadTrials(seam, modelFileId).map(({ tokensPerSecond }) => tokensPerSecond);
	return speeds.length === 0 ? null : Math.max(...speeds);
}

/** Keeps what a load measured. Nothing measured says nothing new. */
export function storeThreadTrials(seam: LibrarySeam, modelFileId: number, trials: readonly ThreadTrial[]): void {
	if (trials.length === 0) return;
	const value = { machine: machineName(), trials: [...trials] };
	writeModelSetting(seam.database, modelFileId, 'thread-trials', value, seam.clock());
}
