import type { FailureFacts } from '../../../models/contract/failure.ts';
import type { LoadOptions, LoadProgress, ThreadTrial } from '../../../models/contract/load.ts';
import type { Engine } from '../../../models/engine.ts';
import type { EngineFacts } from '../model-service.ts';

export interface LoadRequest {
	readonly path: string;
	readonly options: LoadOptions;
	/** Measured at earlier loads on this machine; they need not be measured again. */
	readonly knownThreadTrials: readonly ThreadTrial[];
}

export interface LoadHooks {
	readonly onProgress: (progress: LoadProgress) => void;
	/** Ends the load and its process. */
	readonly signal: AbortSignal;
}

/** A model in a process of its own. */
export interface LoadedModel {
	readonly engine: Engine;
	/** Resident memory of the process when it was last looked at, bytes. */
	residentBytes(): number;
	/** Hears once of the end of the process: null after `engine.stop()`, else what ended it. */
	onEnd(listener: (failure: FailureFacts | null) => void): void;
}

/** What the library needs of whatever runs models. */
export interface ModelRuntime {
	/** Known without starting anything. */
	engineBuild(): string;
	/** Looks at the engine afresh. */
	engine(): Promise<EngineFacts>;
	/** Rejects with a Failure that says why the file can't be loaded, with the signal's reason after an abort. */
	load(request: LoadRequest, hooks: LoadHooks): Promise<LoadedModel>;
	/** Ends every process. */
	close(): Promise<void>;
}
