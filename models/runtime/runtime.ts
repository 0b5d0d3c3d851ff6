import { isDeepStrictEqual } from 'node:util';
import { orAborted } from '../abort-signal.ts';
import type { LoadOptions, LoadProgress, SavedStateOptions, ThreadTrialsByEngine } from '../contract/load.ts';
import type { Engine } from '../engine.ts';
import { loadObstacle, readGgufFacts } from '../gguf/read-gguf.ts';
import { defaultHeartbeatTimes, type HeartbeatTimes } from './hang-detection.ts';
import type { WorkerLauncher } from './launcher.ts';
import type { LoadRequest } from './protocol.ts';
import { createSupervisor, type Supervisor, type SupervisorEvent } from './supervisor.ts';

export { checkEngine } from './check-engine.ts';
export type { WorkerLauncher } from './launcher.ts';
export { createNodeLauncher } from './launcher.ts';
export type { EngineCheck } from './protocol.ts';

/** Events of one model, in order. */
export type RuntimeEvent = { readonly key: string } & (SupervisorEvent | { readonly type: 'unloaded' });

export interface ModelToLoad {
	/** Names the model for `get` and `unload`, for example the id of its file. */
	readonly key: string;
	readonly path: string;
	readonly options: LoadOptions;
	/** Thread counts measured earlier on this computer, which make trials at load unnecessary. */
	readonly knownThreadTrials?: ThreadTrialsByEngine;
	/** Keeps conversation states on disk. */
	readonly savedStates?: SavedStateOptions;
}

export interface LoadHooks {
	readonly onProgress?: (progress: LoadProgress) => void;
	/** Ends the wait, and the load too unless others wait for it. */
	readonly signal?: AbortSignal;
}

/** The loaded models, one worker process each. */
export interface ModelRuntime {
	/**
	 * Returns the model's engine, loading it if needed. With options that differ from the current ones, unloads the
	 * model and loads it again. Rejects with a Failure, or with the signal's reason.
	 */
	load(model: ModelToLoad, hooks?: LoadHooks): Promise<Engine>;
	/** Returns the engine of a model that is loaded, or that crashed and restarts on request. */
	get(key: string): Engine | undefined;
	/** Ends the worker process, which frees all its memory. */
	unload(key: string): Promise<void>;
	/**
	 * Returns the unsubscribe function. If a listener throws, for example on a full disk, the error is logged: events are
	 * raised by messages of a worker, where nothing else would catch it.
	 */
	onEvent(listener: (event: RuntimeEvent) => void): () => void;
	/** Ends every worker process. */
	close(): Promise<void>;
}

export interface ModelRuntimeOptions {
	readonly launcher: WorkerLauncher;
	readonly log: (line: string) => void;
	readonly heartbeat?: HeartbeatTimes;
	/** Checks a file before a process starts for it; default: reads the GGUF header. */
	readonly checkFile?: (path: string) => Promise<void>;
}

interface Entry {
	/** As currently loaded. */
	request: LoadRequest;
	readonly supervisor: Supervisor;
	readonly started: Promise<unknown>;
	loaded: boolean;
	waiting: number;
}

async function checkGguf(path: string): Promise<void> {
	const failure = loadObstacle(await readGgufFacts(path));
	if (failure) throw failure;
}

/**
 * Creates the runtime, which is the entry point of models/runtime: it loads models into worker processes and keeps them
 * there.
 */
export function createModelRuntime(options: ModelRuntimeOptions): ModelRuntime {
	const entries = new Map<string, Entry>();
	const listeners = new Set<(event: RuntimeEvent) => void>();
	let closed = false;

	const tell = (event: RuntimeEvent): void => {
		for (const listener of listeners) {
			try {
				listener(event);
			} catch (error) {
				options.log(`a listener failed at ${event.type} of ${event.key}: ${String(error)}`);
			}
		}
	};

	const begin = (key: string, request: LoadRequest): Entry => {
		const supervisor = createSupervisor({
			launcher: options.launcher,
			request,
			heartbeat: options.heartbeat ?? defaultHeartbeatTimes,
			checkFile: options.checkFile ?? checkGguf,
			emit: (event) => tell({ ...event, key }),
			log: options.log,
		});
		const entry: Entry = { request, supervisor, started: supervisor.start(), loaded: false, waiting: 0 };
		entries.set(key, entry);
		entry.started.then(
			() => {
				entry.loaded = true;
			},
			() => {
				if (entries.get(key) === entry) entries.delete(key);
			},
		);
		return entry;
	};

	const unload = async (key: string): Promise<void> => {
		const entry = entries.get(key);
		if (!entry) return;
		entries.delete(key);
		await entry.supervisor.stop();
		tell({ type: 'unloaded', key });
	};

	return {
		async load(model, { onProgress, signal } = {}) {
			const { key, path, options: loadOptions, knownThreadTrials, savedStates } = model;
			signal?.throwIfAborted();
			if (closed) throw new Error('the model runtime is closed');
			const request = { path, options: loadOptions };
			const known = entries.get(key);
			if (known?.loaded && differsInAdapters(known.request, request)) {
				await orAborted(known.supervisor.setAdapters(loadOptions.adapters ?? []), signal);
				known.request = { ...known.request, options: loadOptions };
				return known.supervisor;
			}
			const sameLoad = known && isDeepStrictEqual(withoutTrials(known.request), request) ? known : undefined;
			if (known && !sameLoad) await unload(key);
			const entry =
				sameLoad ??
				begin(key, {
					...request,
					...(knownThreadTrials ? { knownThreadTrials } : {}),
					...(savedStates ? { savedStates } : {}),
				});
			// Loading a model again resets its crash count.
			if (entry.loaded) {
				await orAborted(entry.supervisor.start(), signal);
				return entry.supervisor;
			}
			const listen = (event: RuntimeEvent): void => {
				if (event.key === key && event.type === 'loading') onProgress?.(event.progress);
			};
			listeners.add(listen);
			entry.waiting += 1;
			try {
				await orAborted(entry.started, signal);
				return entry.supervisor;
			} catch (error) {
				if (signal?.aborted && entry.waiting === 1) await unload(key);
				throw error;
			} finally {
				entry.waiting -= 1;
				listeners.delete(listen);
			}
		},
		get(key) {
			const entry = entries.get(key);
			return entry?.loaded ? entry.supervisor : undefined;
		},
		unload,
		onEvent(listener) {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
		async close() {
			closed = true;
			await Promise.all([...entries.keys()].map(unload));
		},
	};
}

/** Returns whether only the adapters differ, so that the weights need not be loaded again. */
function differsInAdapters(have: LoadRequest, want: LoadRequest): boolean {
	const bare = ({ path, options: { adapters: _, ...rest } }: LoadRequest): unknown => ({ path, rest });
	return (
		isDeepStrictEqual(bare(have), bare(want)) &&
		!isDeepStrictEqual(have.options.adapters ?? [], want.options.adapters ?? [])
	);
}

function withoutTrials({ path, options }: LoadRequest): LoadRequest {
	return { path, options };
}
