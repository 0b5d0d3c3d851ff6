import { availableParallelism, cpus } from 'node:os';
import { type EngineName, engineNames } from '../../../models/contract/engine-names.ts';
import type { Capabilities, ThreadTrial, ThreadTrialsByEngine } from '../../../models/contract/load.ts';
import type { LibrarySeam } from '../model-service.ts';
import { type ModelSetting, readModelSetting, writeModelSetting } from '../store/model-settings.ts';

let thisMachine: string | undefined;

/** Identifies what speed depends on; a data folder may move to another computer. */
export function machineName(): string {
	// Asking for the processors takes a good part of a millisecond, and every model of a list asks.
	thisMachine ??= `${process.platform} ${process.arch}, ${cpus()[0]?.model.trim() ?? 'unknown'}, ${availableParallelism()} cores`;
	return thisMachine;
}

/** Each engine has its own speeds. */
const keys = { 'c-api': 'thread-trials', 'node-llama-cpp': 'thread-trials-node-llama-cpp' } as const;

type KeptTrials = ModelSetting<'thread-trials'>;

/** Reads the thread counts measured for this model and engine on this machine. */
export function readThreadTrials(
	{ database }: Pick<LibrarySeam, 'database'>,
	modelFileId: number,
	engine: EngineName = 'c-api',
): readonly ThreadTrial[] {
	return trialsHere(readModelSetting(database, modelFileId, keys[engine]));
}

function trialsHere(kept: KeptTrials | null): readonly ThreadTrial[] {
	return kept?.machine === machineName() ? kept.trials : [];
}

/** Reads them for every engine: which one answers is decided when the model is loaded. */
export function readAllThreadTrials(seam: Pick<LibrarySeam, 'database'>, modelFileId: number): ThreadTrialsByEngine {
	return Object.fromEntries(engineNames.map((engine) => [engine, readThreadTrials(seam, modelFileId, engine)]));
}

/** Speed of the best thread count on this machine. */
export interface MeasuredSpeed {
	/** null: not measured. */
	readonly tokensPerSecond: number | null;
	/** Whether other programs kept the processor busy meanwhile. */
	readonly underLoad: boolean;
}

export function measuredSpeed(kept: KeptTrials | null): MeasuredSpeed {
	const trials = trialsHere(kept);
	const speeds = trials.map(({ tokensPerSecond }) => tokensPerSecond);
	return {
		tokensPerSecond: speeds.length === 0 ? null : Math.max(...speeds),
		underLoad: trials.some(({ underLoad }) => underLoad === true),
	};
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
