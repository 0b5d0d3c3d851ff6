import { join } from 'node:path';
import type { ModelRuntime } from '../../models/runtime/runtime.ts';
import type { ModelState } from '../contract/model.ts';
import { createDownloads, type DownloadOptions, type Downloads } from './downloads.ts';
import { createLoadedModels } from './loaded/loaded-models.ts';
import { createModelFiles, type ModelFiles } from './model-files.ts';
import type { EngineFacts, LibrarySeam, ModelLibrary } from './model-service.ts';

export interface LibraryOptions {
	readonly runtime: ModelRuntime;
	/** What the engine is called; known without starting anything. */
	readonly engineBuild: string;
	/** Looks whether the engine works here. */
	readonly probeEngine: () => Promise<EngineFacts>;
	/** Memory that models may share, bytes; this computer's unless a test says otherwise. */
	readonly memoryBytes?: () => number;
	readonly downloads?: DownloadOptions;
}

/** The library with everything that its calls need. */
export interface Library extends ModelLibrary {
	readonly files: Pick<ModelFiles, 'list' | 'add' | 'inspect' | 'setDefault'>;
	readonly downloads: Pick<Downloads, 'entries' | 'list' | 'start' | 'cancel'>;
	state(modelFileId: number): ModelState;
	load(modelFileId: number, contextSize?: number): Promise<ModelState>;
	unload(modelFileId: number): Promise<ModelState>;
	/** Unloads it first. Returns the bytes that were freed on the disk. */
	remove(modelFileId: number, deleteFile: boolean): Promise<number>;
}

/** Opens the library of a data folder. Nothing is loaded; hashes that are missing are computed in the background. */
export function createLibrary(seam: LibrarySeam, options: LibraryOptions): Library {
	const { runtime } = options;
	const modelsFolder = join(seam.dataFolder, 'models');
	const files = createModelFiles(seam, modelsFolder);
	const downloads = createDownloads(seam, files, modelsFolder, options.downloads);
	const loaded = createLoadedModels(seam, runtime, options.memoryBytes);

	return {
		files,
		downloads,
		state: loaded.state,
		modelFile: files.get,
		defaultModelFile: files.default,
		count: files.count,
		all: files.all,
		add: (path) => files.add(path),
		unloadAll: loaded.unloadAll,
		async acquire(modelFileId, wanted, hooks) {
			return loaded.acquire(await files.check(modelFileId), wanted, hooks);
		},
		loaded: loaded.engine,
		async load(modelFileId, contextSize) {
			const wanted = contextSize === undefined ? {} : { contextSize };
			return loaded.load(await files.check(modelFileId), wanted);
		},
		async unload(modelFileId) {
			files.get(modelFileId);
			return loaded.unload(modelFileId);
		},
		async remove(modelFileId, deleteFile) {
			files.get(modelFileId);
			await loaded.unload(modelFileId);
			return files.remove(modelFileId, deleteFile);
		},
		engine: options.probeEngine,
		engineBuild: () => options.engineBuild,
		async close() {
			await Promise.all([downloads.close(), loaded.close(), files.hasher.close()]);
		},
	};
}
