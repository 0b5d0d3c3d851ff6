import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { app } from 'electron';

/** Paths of the program's own files. */
export interface ProgramFiles {
	readonly preload: string;
	readonly rendererFolder: string;
	/** A real Node; Electron's binary never replaces it. */
	readonly nodeBinary: string;
	readonly workerEntry: string;
	readonly nativeEntry: string;
	readonly readerEntry: URL;
}

/**
 * In an installed app, files that Node runs are real files next to the archive (`resources/program`, laid out like a
 * checkout); in a checkout `npm start` says which Node to use.
 */
export function programFiles(): ProgramFiles {
	const dist = join(import.meta.dirname, '..');
	const shown = {
		preload: join(dist, 'preload', 'preload.cjs'),
		rendererFolder: join(dist, 'renderer'),
	};
	if (!app.isPackaged) {
		return {
			...shown,
			nodeBinary: process.env.ASSAY_NODE ?? 'node',
			workerEntry: join(dist, 'worker', 'worker.js'),
			nativeEntry: join(dist, 'native', 'native.js'),
			readerEntry: pathToFileURL(join(import.meta.dirname, 'reader-worker.js')),
		};
	}
	const program = join(process.resourcesPath, 'program');
	return {
		...shown,
		nodeBinary: join(program, process.platform === 'win32' ? 'node.exe' : 'node'),
		workerEntry: join(program, 'dist', 'worker', 'worker.js'),
		nativeEntry: join(program, 'dist', 'native', 'native.js'),
		readerEntry: pathToFileURL(join(program, 'dist', 'cli', 'reader-worker.js')),
	};
}
