import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { app } from 'electron';
import { type PackedProgram, parseChecksums } from '../hosts/program-check.ts';
import { readUpdateSource, type UpdateSource } from '../updates/source.ts';

/** Paths of the program's own files. */
export interface ProgramPaths {
	readonly preload: string;
	readonly rendererFolder: string;
	/** A real Node; Electron's binary never replaces it. */
	readonly nodeBinary: string;
	readonly workerEntry: string;
	readonly nativeEntry: string;
	readonly readerEntry: URL;
	/** The command line, for that Node. */
	readonly commandLine: string;
	/** What an installed app verifies before it runs any of it; null in a checkout. */
	readonly packed: PackedProgram | null;
	/** Where an installed app gets its updates; null in a checkout, and if it was packed without a source. */
	readonly updateSource: UpdateSource | null;
}

/**
 * In an installed app, files that Node runs are real files next to the archive (`resources/program`, laid out like a
 * checkout); in a checkout `npm start` says which Node to use.
 */
export function programPaths(): ProgramPaths {
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
			commandLine: join(dist, 'cli', 'cli.js'),
			packed: null,
			updateSource: null,
		};
	}
	const program = join(process.resourcesPath, 'program');
	return {
		...shown,
		nodeBinary: join(program, process.platform === 'win32' ? 'node.exe' : 'node'),
		workerEntry: join(program, 'dist', 'worker', 'worker.js'),
		nativeEntry: join(program, 'dist', 'native', 'native.js'),
		readerEntry: pathToFileURL(join(program, 'dist', 'cli', 'reader-worker.js')),
		commandLine: join(program, 'dist', 'cli', 'cli.js'),
		packed: {
			resources: process.resourcesPath,
			// In the archive, whose own integrity Electron checks on macOS and Windows.
			checksums: parseChecksums(readFileSync(join(dist, 'checksums', 'program.sha256'), 'utf8')),
		},
		updateSource: readUpdateSource(join(dist, 'updates', 'source.json')),
	};
}
