import { availableParallelism, cpus } from 'node:os';
import { type EngineName, engineNames } from '../../../models/contract/engine-names.ts';
import type { Capabilities, ThreadTrial, ThreadTrialsByEngine } from '../../../models/contract/load.ts';
import type { LibrarySeam } from '../model-service.ts';
import { readModelSetting, writeModelSetting } from '../store/model-settings.ts';

/** Identifies what speed depends on; a data folder may move to another computer. */
export function machineName(): string {
	return `${process.platform} ${process.arch}, ${cpus()[0]?.model.trim() ?? 'unknown'}, ${availableParallelism()} cores`;
}

/** Each engine has its own speeds. */
const keys = { 'c-api': 'thread-trials', 'node-llama-cpp': 'thread-trials-node-llama-cpp' } as const;

/** Reads the thread counts measured for this model and engine on this machine. */
export function readThreadTrials(
	{ database }: Pick<LibrarySeam, 'database'>,
	modelFileId: number,
	engine: EngineName = 'c-api',
): readonly ThreadTrial[] {
	const kept = readModelSetting(database, modelFileId, keys[engine]);
	return kept?.machine === machineName() ? kept.trials : [];
}

/** Reads them for every engine: which one answers is decided when the model is loaded. */
export function readAllThreadTrials(seam: Pick<LibrarySeam, 'database'>, modelFileId: number): ThreadTrialsByEngine {
	return Object.fromEntries(engineNames.map((engine) => [engine, readThreadTrials(seam, modelFileId, engine)]));
}

/** Reads the speed of the best thread count on this machine, tokens per second; null if none was measured. */
export function fastestTokensPerSecond(seam: Pick<LibrarySeam, 'database'>, modelFileId: number): number | null {
	const speeds = readThreadTrials(seam, modelFileId).map(({ tokensPerSecond }) => tokensPerSecond);
	return speeds.length === 0 ? null : Math.max(...speeds);
}

/** Stores the thread counts that a load measured. Without measurements, keeps the old ones. */
export function storeThreadTrials(
	seam: LibrarySeam,
	modelFileId: number,
	{ threadTrials: trials, engine = 'c-api' }: Pick<Capabilities, 'threadTrials' | 'engine'>,
): void {
	if (trials.length === 0) return;
	const value = { machine: machineName(), trials: [...trials] };
	writeModelSetting(seam.database, modelFileId, keys[engine], value, seam.clock());
}
