import { onTestFinished } from 'vitest';
import type { WritableDatabase } from '../../electron/database/database.ts';
import { createEventBus, type InternalEvent } from '../../electron/events.ts';
import { createJobs } from '../../electron/jobs/jobs.ts';
import { createLibrary, type Library, type LibraryOptions } from '../../electron/library/library.ts';
import type { LibrarySeam } from '../../electron/library/model-service.ts';
import { Failure, type FailureFacts } from '../../models/contract/failure.ts';
import type { Engine } from '../../models/engine.ts';
import type { ModelRuntime, ModelToLoad, RuntimeEvent } from '../../models/runtime/runtime.ts';
import type { Script } from '../../models/worker/engine-script.ts';
import { createScriptedEngine } from '../../models/worker/scripted-engine.ts';
import { createDatabase } from './database.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** A runtime without processes whose models follow a script; records what the test requests of it. */
export interface ScriptedRuntime extends ModelRuntime {
	/** Every requested load. */
	readonly requests: ModelToLoad[];
	/** Paths of the models in memory. */
	readonly running: () => string[];
	/** Runs before the next loads finish. */
	hold: (model: ModelToLoad, signal: AbortSignal | undefined) => Promise<void>;
	/** Acts as if the processes of all models had died; each restarts at its next request. */
	crash: (failure: FailureFacts) => void;
	tell: (event: RuntimeEvent) => void;
}

export const threadTrials = [{ threads: 2, tokensPerSecond: 50 }];

export function scriptedRuntime(script: Script = {}, residentBytes = 1_000_000): ScriptedRuntime {
	const entries = new Map<string, { model: ModelToLoad; engine: Engine; crashed: boolean }>();
	const listeners = new Set<(event: RuntimeEvent) => void>();
	const requests: ModelToLoad[] = [];
	const tell = (event: RuntimeEvent): void => {
		for (const listener of listeners) listener(event);
	};
	const runtime: ScriptedRuntime = {
		requests,
		running: () => [...entries.values()].flatMap(({ model, crashed }) => (crashed ? [] : [model.path])),
		hold: async () => {},
		tell,
		crash(failure) {
			for (const [key, entry] of entries) {
				entry.crashed = true;
				tell({ type: 'crashed', key, failure });
			}
		},
		async load(model, { signal, onProgress } = {}) {
			requests.push(model);
			onProgress?.({ stage: 'weights', fraction: 0.5 });
			await runtime.hold(model, signal);
			signal?.throwIfAborted();
			const { contextSize } = model.options;
			const inner = createScriptedEngine(contextSize === 'auto' ? script : { ...script, contextSize });
			const capabilities = () => ({ ...inner.capabilities(), threadTrials, residentBytes });
			const engine: Engine = {
				...inner,
				capabilities,
				async tokenize(text) {
					const entry = entries.get(model.key);
					if (entry?.crashed === true) {
						tell({ type: 'loading', key: model.key, progress: { stage: 'starting', fraction: null } });
						entry.crashed = false;
						tell({ type: 'loaded', key: model.key, capabilities: capabilities() });
					}
					return inner.tokenize(text);
				},
			};
			entries.set(model.key, { model, engine, crashed: false });
			return engine;
		},
		get: (key) => entries.get(key)?.engine,
		async unload(key) {
			entries.delete(key);
		},
		onEvent(listener) {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
		async close() {
			entries.clear();
		},
	};
	return runtime;
}

/** The failure of a load that fails. */
export const loadFailure = new Failure({
	code: 'load-failed',
	message: 'The engine refuses the file.',
	next: ['Choose another model'],
});

export interface TestLibrary<Runtime extends ModelRuntime = ScriptedRuntime> {
	readonly library: Library;
	readonly seam: LibrarySeam;
	readonly runtime: Runtime;
	readonly events: InternalEvent[];
	readonly folder: string;
}

export type TestLibraryOptions = Partial<Omit<LibraryOptions, 'runtime'>> & {
	readonly networkBlocked?: boolean | (() => boolean);
	readonly hubUrl?: string;
	readonly staysOpen?: boolean;
	/** Folder of an earlier library, to open it again. */
	readonly folder?: string;
	readonly database?: WritableDatabase;
};

/** Creates a library on a temporary database and data folder; closed when the test ends. */
export function createTestLibrary(options?: TestLibraryOptions): TestLibrary;
export function createTestLibrary<Runtime extends ModelRuntime>(
	options: TestLibraryOptions & { readonly runtime: Runtime },
): TestLibrary<Runtime>;
export function createTestLibrary(
	options: TestLibraryOptions & { readonly runtime?: ModelRuntime } = {},
): TestLibrary<ModelRuntime> {
	const database = options.database ?? createDatabase().database;
	const folder = options.folder ?? temporaryFolder();
	const events: InternalEvent[] = [];
	const bus = createEventBus((error) => {
		throw error;
	});
	bus.subscribe((event) => void events.push(event));
	let now = 1_000;
	const seam: LibrarySeam = {
		database,
		events: bus,
		jobs: createJobs({ events: bus, clock: () => now, log: () => {} }),
		dataFolder: folder,
		networkBlocked: () =>
			typeof options.networkBlocked === 'function' ? options.networkBlocked() : options.networkBlocked === true,
		hubUrl: () => options.hubUrl ?? '',
		staysOpen: options.staysOpen ?? true,
		clock: () => now++,
		log: () => {},
	};
	const runtime = options.runtime ?? scriptedRuntime();
	const probeEngine = async () => ({ build: 'scripted', available: true, detail: 'scripted', gpus: [] });
	const library = createLibrary(seam, { engineBuild: 'scripted', probeEngine, ...options, runtime });
	onTestFinished(() => library.close());
	return { library, seam, runtime, events, folder };
}
