import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isOllamaFolder, type OllamaBlob, ollamaBlobs } from './ollama-models.ts';

/** A file that may be a model. */
export interface Candidate {
	readonly path: string;
	/** Its name if the file's own name is not meaningful. */
	readonly name: string | null;
}

export interface WalkOptions {
	readonly signal: AbortSignal;
	/** Receives a folder that can't be read. */
	readonly onUnreadable: (path: string, error: unknown) => void;
}

/** Depth of nested folders; models are three or four deep. */
const maxDepth = 16;

/** Entries examined; a full home folder has a few hundred thousand. */
const maxEntries = 500_000;

/** Folders with very many files and no models. */
const passedOver = new Set([
	'node_modules',
	'.git',
	'.Trash',
	'.deleted',
	'$RECYCLE.BIN',
	'System Volume Information',
	'proc',
	'sys',
	'dev',
]);

const isModelName = (name: string): boolean => name.toLowerCase().endsWith('.gguf');

/**
 * Yields files that may be models in a folder and its subfolders. Follows links; enters a folder once, however many
 * links lead to it, so that cycles end.
 */
export async function* walkFolders(root: string, options: WalkOptions): AsyncGenerator<Candidate> {
	const { signal } = options;
	const entered = new Set<string>();
	let entries = 0;

	async function enter(folder: string): Promise<boolean> {
		const real = await realpath(folder);
		if (entered.has(real)) return false;
		entered.add(real);
		return true;
	}

	async function* visit(folder: string, depth: number): AsyncGenerator<Candidate> {
		signal.throwIfAborted();
		let list: Dirent[];
		try {
			if (!(await enter(folder))) return;
			list = await readdir(folder, { withFileTypes: true });
		} catch (error) {
			options.onUnreadable(folder, error);
			return;
		}
		if (await isOllamaFolder(folder)) {
			yield* withNames(await ollamaBlobs(folder, signal));
			return;
		}
		const folders: string[] = [];
		for (const entry of list.toSorted((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }))) {
			entries += 1;
			if (entries > maxEntries) return;
			if (entries % 256 === 0) signal.throwIfAborted();
			const path = join(folder, entry.name);
			const kind = entry.isSymbolicLink() ? await targetOf(path) : entry;
			if (kind === null) continue;
			if (kind.isFile() && isModelName(entry.name)) yield { path, name: null };
			else if (kind.isDirectory() && !passedOver.has(entry.name) && depth < maxDepth) folders.push(path);
		}
		for (const inner of folders) yield* visit(inner, depth + 1);
	}

	yield* visit(root, 0);
}

/** Returns the target of a link; null if it does not exist. */
async function targetOf(path: string): Promise<{ isFile(): boolean; isDirectory(): boolean } | null> {
	return stat(path).catch(() => null);
}

function* withNames(blobs: readonly OllamaBlob[]): Generator<Candidate> {
	// Several tags may refer to one blob.
	yield* new Map(blobs.map((blob) => [blob.path, blob])).values();
}
