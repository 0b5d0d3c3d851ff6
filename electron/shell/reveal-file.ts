import { lstat } from 'node:fs/promises';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { shell } from 'electron';
import type { Application } from '../application/application.ts';

/** What the application itself has stored, added or written; a page can have nothing else shown. */
export interface KnownPaths {
	/** Shown themselves only. They may lie behind links: the user chose them. */
	readonly files: readonly string[];
	/** Shown with everything in them. */
	readonly folders: readonly string[];
}

/** The data folder, the folders that the user added, and every file of the library with its copies. */
export async function knownPaths({ models }: Application['client'], dataFolder: string): Promise<KnownPaths> {
	const [library, { places }] = await Promise.all([models.list(), models.places()]);
	return {
		files: library.models.flatMap(({ path, copies }) => [path, ...copies.map((copy) => copy.path)]),
		folders: [dataFolder, ...places.flatMap(({ id, path }) => (id === null ? [] : [path]))],
	};
}

/**
 * Shows a file or folder that the application knows in the system's file manager; never opens or runs it. Throws for
 * every other path, for one on a network share, and for one that leaves a known folder by a symbolic link.
 */
export async function revealFile(path: string, known: () => Promise<KnownPaths>): Promise<void> {
	// First of all: merely looking at such a path sends the user's name and a hash of the password to its server.
	if (isNetworkPath(path)) throw new Error('Assay shows no files on network shares. Copy the path instead.');
	if (!isAbsolute(path)) throw new Error(`not an absolute path: ${path}`);
	const asked = resolve(path);
	const { files, folders } = await known();
	if (!files.some((file) => !isNetworkPath(file) && resolve(file) === asked)) {
		const folder = folders.find((one) => !isNetworkPath(one) && stepsFrom(one, asked) !== null);
		if (folder === undefined) throw new Error(`Assay shows only what it knows, and this is none of it: ${asked}`);
		await refuseLinks(resolve(folder), stepsFrom(folder, asked) ?? []);
	}
	await lstat(asked).catch((error: unknown) => {
		throw new Error(`${asked} is not there any more`, { cause: error });
	});
	shell.showItemInFolder(asked);
}

/** UNC paths (`\\server\share`, also with other slashes) and the device paths that lead to them (`\\?\UNC\…`). */
export function isNetworkPath(path: string): boolean {
	return /^[\\/]{2}/.test(path);
}

/** Names of the folders and the file on the way from `folder` to `path`; null if it isn't in there. */
function stepsFrom(folder: string, path: string): string[] | null {
	const way = relative(resolve(folder), path);
	if (way === '') return [];
	const steps = way.split(sep);
	return steps[0] === '..' || isAbsolute(way) ? null : steps;
}

/** Looks at each step without following it, so that a link to a server is not followed either. */
async function refuseLinks(folder: string, steps: readonly string[]): Promise<void> {
	let at = folder;
	for (const step of steps) {
		at = resolve(at, step);
		const facts = await lstat(at).catch(() => null);
		if (facts?.isSymbolicLink()) throw new Error(`${at} is a link that may lead out of ${folder}`);
	}
}
