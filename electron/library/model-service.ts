import type { LoadProgress } from '../../models/contract/load.ts';
import type { Engine } from '../../models/engine.ts';
import type { ModelFile } from '../contract/model.ts';

/** How a model is to be loaded; what is left out is taken from the model's own settings, then 'auto'. */
export interface AcquireOptions {
	readonly contextSize?: number;
	readonly threads?: number;
}

export interface AcquireHooks {
	readonly onProgress?: (progress: LoadProgress) => void;
	/** Ends the wait; a load that others wait for goes on. */
	readonly signal?: AbortSignal;
}

/** What a conversation needs to know of models: which file, and an engine that holds it. */
export interface ModelService {
	/** Throws Failure `model-unknown` where the library has no such file. */
	modelFile(id: number): ModelFile;
	/** The file that a new conversation uses; null where the library is empty. */
	defaultModelFile(): ModelFile | null;
	/**
	 * The engine that holds the file, loaded first if it must be. Rejects with a Failure that says why it can't be
	 * (file gone, damaged, context larger than memory, worker crashed), and with the signal's reason after an abort.
	 */
	acquire(modelFileId: number, options: AcquireOptions, hooks?: AcquireHooks): Promise<Engine>;
}
