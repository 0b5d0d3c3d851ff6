import { availableParallelism, cpus } from 'node:os';
import type { ThreadTrial } from '../../../models/contract/load.ts';
import type { LibrarySeam } from '../model-service.ts';
import { readModelSetting, writeModelSetting } from '../store/model-settings.ts';

/** What speed depends on; a data folder may be carried to another computer. */
function thisMachine(): string {
	return `${process.platform} ${process.arch}, ${cpus()[0]?.model.trim() ?? 'unknown'}, ${availableParallelism()} cores`;
}

/** Thread counts measured for this model on this machine. */
export function knownThreadTrials({ database }: LibrarySeam, modelFileId: number): readonly ThreadTrial[] {
	const kept = readModelSetting(database, modelFileId, 'thread-trials');
	return kept?.machine === thisMachine() ? kept.trials : [];
}

/** Keeps what a load measured. Nothing measured says nothing new. */
export function keepThreadTrials(seam: LibrarySeam, modelFileId: number, trials: readonly ThreadTrial[]): void {
	if (trials.length === 0) return;
	const value = { machine: thisMachine(), trials: [...trials] };
	writeModelSetting(seam.database, modelFileId, 'thread-trials', value, seam.clock());
}
