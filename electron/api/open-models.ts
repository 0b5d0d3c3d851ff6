import { engineBuild } from '../../models/engine-build.ts';
import { checkEngine, createModelRuntime, createNodeLauncher } from '../../models/runtime/runtime.ts';
import { createLibrary, type Library } from '../library/library.ts';
import type { LibrarySeam } from '../library/model-service.ts';
import { probeEngine } from '../library/probe-engine.ts';
import type { Implementer } from './implementer.ts';
import { hubHandlers, modelHandlers } from './library.ts';

export interface OpenModelsOptions {
	/** A real Node binary, version 24; default: the one that runs this process. */
	readonly nodeBinary?: string;
	/** Entry file of the process that holds a model. Default: the one next to the running code. */
	readonly workerEntry?: string;
	/** Entry file of the process that measures. Default: the one next to the running code. */
	readonly nativeEntry?: string;
}

/** Handlers for the calls that a library answers. */
export function libraryHandlers(os: Implementer, library: Library) {
	return { models: modelHandlers(os, library), ...hubHandlers(os, library) };
}

/**
 * Opens the models of an application: worker processes on this computer, files in the data folder. For
 * `createApplication`.
 */
export function openModels({ nodeBinary, workerEntry, nativeEntry }: OpenModelsOptions = {}) {
	const binary = nodeBinary === undefined ? {} : { nodeBinary };
	return (seam: LibrarySeam, os: Implementer): { library: Library; handlers: ReturnType<typeof libraryHandlers> } => {
		const launcher = createNodeLauncher({ ...binary, ...(workerEntry === undefined ? {} : { workerEntry }) });
		const library = createLibrary(seam, {
			runtime: createModelRuntime({ launcher, log: seam.log }),
			engineBuild,
			probeEngine: (wanted) =>
				probeEngine({
					...wanted,
					checkEngine: () => checkEngine(launcher),
					...binary,
					...(nativeEntry === undefined ? {} : { entry: nativeEntry }),
				}),
		});
		return { library, handlers: libraryHandlers(os, library) };
	};
}
