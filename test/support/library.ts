import { onTestFinished } from 'vitest';
import { createEventBus, type InternalEvent } from '../../electron/events.ts';
import { createLibrary, type Library, type LibraryOptions } from '../../electron/library/library.ts';
import type { LoadedModel, LoadRequest, ModelRuntime } from '../../electron/library/loaded/runtime.ts';
import type { LibrarySeam } from '../../electron/library/model-service.ts';
import { Failure, type FailureFacts } from '../../models/contract/failure.ts';
import type { Engine } from '../../models/engine.ts';
import type { Script } from '../../models/worker/script.ts';
import { createScriptedEngine } from '../../models/worker/scripted-engine.ts';
import { createDatabase } from './database.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** A runtime whose models say what a script says; the test sees what was asked of it. */
export interface ScriptedRuntime extends ModelRuntime {
	readonly requests: LoadRequest[];
	/** Paths of the models in memory. */
	readonly running: Map<string, { crash(failure: FailureFacts): void }>;
	/** What the next loads do before they are done. */
	hold: (request: LoadRequest, signal: AbortSignal) => Promise<void>;
}

export function scriptedRuntime(script: Script = {}, residentBytes = 1_000_000): ScriptedRuntime {
	const running: ScriptedRuntime['running'] = new Map();
	const runtime: ScriptedRuntime = {
		requests: [],
		running,
		hold: async () => {},
		engineBuild: () => 'scripted',
		engine: async () => ({ build: 'scripted', available: true, detail: 'scripted', gpus: [] }),
		async load(request, { signal, onProgress }): Promise<LoadedModel> {
			runtime.requests.push(request);
			onProgress({ stage: 'weights', fraction: 0.5 });
			await runtime.hold(request, signal);
			signal.throwIfAborted();
			const { contextSize } = request.options;
			const inner = createScriptedEngine(contextSize === 'auto' ? script : { ...script, contextSize });
			const listeners: ((failure: FailureFacts | null) => void)[] = [];
			const end = (failure: FailureFacts | null): void => {
				if (!running.delete(request.path)) return;
				for (const listener of listeners) listener(failure);
			};
			const engine: Engine = {
				...inner,
				capabilities: () => ({ ...inner.capabilities(), threadTrials: [{ threads: 2, tokensPerSecond: 50 }] }),
				async stop() {
					await inner.stop();
					end(null);
				},
			};
			running.set(request.path, { crash: end });
			return { engine, residentBytes: () => residentBytes, onEnd: (listener) => void listeners.push(listener) };
		},
		async close() {},
	};
	return runtime;
}

/** The reason of a load that fails. */
export const loadFailure = new Failure({
	code: 'load-failed',
	message: 'The engine refuses the file.',
	next: ['Choose another model'],
});

export interface TestLibrary {
	readonly library: Library;
	readonly seam: LibrarySeam;
	readonly runtime: ScriptedRuntime;
	readonly events: InternalEvent[];
	readonly folder: string;
}

/** A library on a database and a data folder of the test's own, closed when the test ends. */
export function createTestLibrary(
	options: Partial<LibraryOptions> & { readonly runtime?: ScriptedRuntime; readonly networkBlocked?: boolean } = {},
): TestLibrary {
	const { database } = createDatabase();
	const folder = temporaryFolder();
	const events: InternalEvent[] = [];
	const bus = createEventBus((error) => {
		throw error;
	});
	bus.subscribe((event) => void events.push(event));
	let now = 1_000;
	const seam: LibrarySeam = {
		database,
		events: bus,
		dataFolder: folder,
		networkBlocked: () => options.networkBlocked === true,
		clock: () => now++,
		log: () => {},
	};
	const runtime = options.runtime ?? scriptedRuntime();
	const library = createLibrary(seam, { ...options, runtime });
	onTestFinished(() => library.close());
	return { library, seam, runtime, events, folder };
}
