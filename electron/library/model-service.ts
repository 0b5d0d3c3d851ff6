import type { EngineName } from '../../models/contract/engine-names.ts';
import type { Failure, FailureFacts } from '../../models/contract/failure.ts';
import type { ModelKind } from '../../models/contract/gguf.ts';
import type { Gpu, GpuLayers } from '../../models/contract/gpu.ts';
import type { ChatTemplate, LoadProgress, LoraAdapter } from '../../models/contract/load.ts';
import type { Engine } from '../../models/engine.ts';
import type { Processor } from '../../models/fit/processor.ts';
import type { ComputeDevice, ModelFile, ModelOptions, ModelState } from '../contract/library/schema.ts';
import type { WritableDatabase } from '../database/database.ts';
import type { EventBus } from '../events.ts';
import type { Jobs } from '../jobs/jobs.ts';

/** How to load a model; missing options come from the model's own settings, then 'auto'. */
export interface AcquireOptions {
	readonly contextSize?: number;
	readonly threads?: number;
	/** LoRA adapters in place of those of the model's own settings; empty: none. */
	readonly adapters?: readonly LoraAdapter[];
	readonly gpu?: Gpu;
	readonly gpuLayers?: GpuLayers;
	/** Kind of file that the caller can use; default 'model'. Any other is refused. */
	readonly kind?: ModelKind;
	/** Uses the settings that crash least, whatever the user chose for the model. */
	readonly safe?: boolean;
}

export interface AcquireHooks {
	readonly onProgress?: (progress: LoadProgress) => void;
	/** Ends the wait; a load that others wait for continues. */
	readonly signal?: AbortSignal;
}

/** What a conversation needs of the model library: which file, and an engine that holds it. */
export interface ModelService {
	/** Throws Failure `model-unknown` if the library has no such file. */
	modelFile(id: number): ModelFile;
	/** Returns the file that new conversations use; null if the library is empty. */
	defaultModelFile(): ModelFile | null;
	/**
	 * Returns the engine that holds the file, and loads it if necessary. Rejects with a Failure that says why it can't
	 * be loaded (file missing or damaged, context larger than memory, worker crashed), and with the signal's reason
	 * after an abort.
	 */
	acquire(modelFileId: number, options: AcquireOptions, hooks?: AcquireHooks): Promise<Engine>;
	/** Returns the engine that holds the file, for a question about text; null if it is not loaded. Loads nothing. */
	loaded(modelFileId: number): Engine | null;
	/** The same for an answer that nobody waits for: it ends as `stopped` when the model is unloaded. */
	inBackground(modelFileId: number): Engine | null;
}

/** What to find out about the engine. */
export interface ProbeRequest {
	/** Also checks every kind of GPU, which may start processes. */
	readonly everyGpu?: boolean;
}

/** The engine that runs models on this computer. */
export interface EngineFacts {
	/** For example "node-llama-cpp 3.21.1 (llama.cpp v0.4.0)". */
	readonly build: string;
	/** Absent: the C API. */
	readonly name?: EngineName;
	/** Why the C API is not used; absent if it is. Nothing can be measured then. */
	readonly failure?: FailureFacts;
	/** false: no engine can be loaded here; `detail` says why. */
	readonly available: boolean;
	readonly detail: string;
	readonly gpus: readonly string[];
	/** The processor features that the engine uses, if it could be asked. */
	readonly processor?: Processor | null;
	/** Every kind of GPU with its devices or why there are none, if requested. */
	readonly found?: readonly ComputeDevice[];
}

/** The model library as the rest of the application sees it. */
export interface ModelLibrary extends ModelService {
	/** Checks the engine again; starts a process if there is no other way to know. */
	engine(): Promise<EngineFacts>;
	/** Text for the status bar; known without starting anything. */
	engineBuild(): string;
	/**
	 * Returns why nothing can be measured with this model; null if it can, as far as is known without starting anything.
	 * Throws Failure `model-unknown`.
	 */
	measuringObstacle(modelFileId: number): Failure | null;
	/** Returns whether the file can be loaded without unloading another model. Throws Failure `model-unknown`. */
	hasRoom(modelFileId: number): boolean;
	/** Number of files in the library. */
	count(): number;
	/** Returns every file of the library, as the last check found it. Newest first. */
	all(): readonly ModelFile[];
	/** Adds a file where it is. Throws the Failure of a file that can't be used. */
	add(path: string): Promise<ModelFile>;
	/** Load settings that the user chose; missing ones are decided at each load. */
	options(modelFileId: number): ModelOptions;
	/** The chat template that the user chose for the model; null: the file's own. */
	chatTemplate(modelFileId: number): ChatTemplate | null;
	/** Throws Failure `model-unknown`, `model-busy`. */
	unload(modelFileId: number): Promise<ModelState>;
	/** Cancels every load and unloads every model; the next caller loads again. */
	unloadAll(): Promise<void>;
	/** Ends every worker process. */
	close(): Promise<void>;
}

/** What the library needs. */
export interface LibrarySeam {
	readonly database: WritableDatabase;
	readonly events: EventBus;
	readonly jobs: Jobs;
	readonly dataFolder: string;
	/** Whether every request over the network is blocked. */
	readonly networkBlocked: () => boolean;
	/** Address of the model hub from the settings; empty for the default hub. */
	readonly hubUrl: () => string;
	/** Whether this process keeps running: then unfinished downloads resume by themselves. In a command they don't. */
	readonly staysOpen: boolean;
	/** Milliseconds since 1970. */
	readonly clock: () => number;
	readonly log: (line: string) => void;
}
