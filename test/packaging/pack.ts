import { spawnSync } from 'node:child_process';
import {
	closeSync,
	mkdirSync,
	openSync,
	readdirSync,
	readFileSync,
	readSync,
	rmSync,
	statSync,
	writeFileSync,
} from 'node:fs';
import { join, relative, sep } from 'node:path';

export const root = join(import.meta.dirname, '..', '..');

/** Contents of a packed app apart from Electron's own files. */
export interface PackedApp {
	resources: string;
	/** Files in the archive, without a leading slash. */
	archive: string[];
	program: string;
}

/**
 * Packs the built app as `npm run package` does, but offline: around an empty file instead of Electron, and so without
 * the fuses, which are switches inside Electron's binary.
 */
export function pack(folder: string): PackedApp {
	const electron = join(folder, 'electron');
	mkdirSync(join(electron, 'locales'), { recursive: true });
	mkdirSync(join(electron, 'resources'));
	const { version } = JSON.parse(readFileSync(join(root, 'node_modules', 'electron', 'package.json'), 'utf8'));
	const files = { electron: '', version, LICENSE: '', 'LICENSES.chromium.html': '', 'locales/en-US.pak': '' };
	for (const [name, text] of Object.entries(files)) writeFileSync(join(electron, name), text, { mode: 0o755 });
	const config = join(folder, 'electron-builder.yml');
	const settings = readFileSync(join(root, 'electron-builder.yml'), 'utf8');
	writeFileSync(config, settings.replace(/^electronFuses:\n(?:[ \t].*\n)+/m, ''));

	const command = join(root, 'node_modules', 'electron-builder', 'cli.js');
	const output = join(folder, 'release');
	const args = ['--dir', '--config', config, `-c.electronDist=${electron}`, `-c.directories.output=${output}`];
	const run = spawnSync(process.execPath, [command, ...args], { cwd: root, encoding: 'utf8' });
	rmSync(join(root, 'dist', 'staged'), { recursive: true, force: true });
	if (run.status !== 0) throw new Error(`electron-builder failed:\n${run.stdout}\n${run.stderr}`);
	const resources = join(output, 'linux-unpacked', 'resources');
	return { resources, archive: archiveFiles(join(resources, 'app.asar')), program: join(resources, 'program') };
}

/** The part of a folder in an archive's header that we read. */
interface ArchiveFolder {
	files: Record<string, Partial<ArchiveFolder>>;
}

/**
 * Lists the files of an asar archive, which begins with the length of its header (bytes 12 to 15) and the header as
 * JSON.
 */
function archiveFiles(path: string): string[] {
	const descriptor = openSync(path, 'r');
	try {
		const start = Buffer.alloc(16);
		readSync(descriptor, start, 0, 16, 0);
		const header = Buffer.alloc(start.readUInt32LE(12));
		readSync(descriptor, header, 0, header.length, 16);
		const walk = ({ files }: ArchiveFolder, above: string): string[] =>
			Object.entries(files).flatMap(([name, { files: below }]) =>
				below === undefined ? [`${above}${name}`] : walk({ files: below }, `${above}${name}/`),
			);
		return walk(JSON.parse(header.toString()) as ArchiveFolder, '').sort();
	} finally {
		closeSync(descriptor);
	}
}

/** Lists every file below a folder, relative to it, with its size in bytes. */
export function filesBelow(folder: string): { path: string; bytes: number }[] {
	return readdirSync(folder, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile())
		.map((entry) => {
			const path = join(entry.parentPath, entry.name);
			return { path: relative(folder, path).split(sep).join('/'), bytes: statSync(path).size };
		});
}
