import type { Gpu, GpuLayers } from '../../models/contract/gpu.ts';
import type { LoadProgress } from '../../models/contract/load.ts';
import type { Engine } from '../../models/engine.ts';
import type { Processor } from '../../models/fit/processor.ts';
import type { ComputeDevice, ModelFile, ModelOptions } from '../contract/library/schema.ts';
import type { WritableDatabase } from '../database/database.ts';
import type { EventBus } from '../events.ts';
import type { Jobs } from '../jobs/jobs.ts';

/** How a model is to be loaded; what is left out is taken from the model's own settings, then 'auto'. */
export interface AcquireOptions {
	readonly contextSize?: number;
	readonly threads?: number;
	readonly gpu?: Gpu;
	readonly gpuLayers?: GpuLayers;
	/** With the settings that crash least, whatever a person chose for the model. */
	readonly safe?: boolean;
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
	/** The engine that holds the file, for a question about text; null where it is not loaded. Loads nothing. */
	loaded(modelFileId: number): Engine | null;
}

/** What is to be found out about the engine. */
export interface ProbeWish {
	/** Also what each kind of GPU offers, for which processes may be started. */
	readonly everyGpu?: boolean;
}

/** What runs models on this computer. */
export interface EngineFacts {
	/** e.g. "node-llama-cpp 3.21.1 (llama.cpp v0.4.0)". */
	readonly build: string;
	/** false: its native part can't be loaded here; `detail` says why. */
	readonly available: boolean;
	readonly detail: string;
	readonly gpus: readonly string[];
	/** What it uses of the processor, where it could be asked. */
	readonly processor?: Processor | null;
	/** Every kind of GPU with what can be had of it, where that was asked for. */
	readonly found?: readonly ComputeDevice[];
}

/** The library as the whole application knows it. */
export interface ModelLibrary extends ModelService {
	/** Looks at the engine afresh; starts a process for it where that is the only way to know. */
	engine(): Promise<EngineFacts>;
	/** What the status bar shows; known without starting anything. */
	engineBuild(): string;
	/** Files in the library. */
	count(): number;
	/** Every file of the library, as the last look found it. Newest first. */
	all(): readonly ModelFile[];
	/** Adds a file where it lies. Throws the Failure of a file that can't be used. */
	add(path: string): Promise<ModelFile>;
	/** How a person wants it loaded; what is missing is decided at each load. */
	options(modelFileId: number): ModelOptions;
	/** Ends every load and every model in memory; whoever asks next loads again. */
	unloadAll(): Promise<void>;
	/** Ends every worker process. */
	close(): Promise<void>;
}

/** What the library is given. */
export interface LibrarySeam {
	readonly database: WritableDatabase;
	readonly events: EventBus;
	readonly jobs: Jobs;
	readonly dataFolder: string;
	/** The switch that blocks every request over the network. */
	readonly networkBlocked: () => boolean;
	/** Address of the model hub in the settings; empty: the usual one. */
	readonly hubUrl: () => string;
	/** Whether this process stays: then downloads of an earlier start go on by themselves. A command does not. */
	readonly staysOpen: boolean;
	/** Milliseconds since 1970. */
	readonly clock: () => number;
	readonly log: (line: string) => void;
}
