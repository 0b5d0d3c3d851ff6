import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isOllamaFolder, type OllamaBlob, ollamaBlobs } from './ollama-models.ts';

/** A file that may be a model. */
export interface Candidate {
	readonly path: string;
	/** What it is called where its own name says nothing. */
	readonly name: string | null;
}

export interface WalkOptions {
	readonly signal: AbortSignal;
	/** A folder that can't be read. */
	readonly onUnreadable: (path: string, error: unknown) => void;
}

/** Folders below each other; models lie three or four deep. */
const maxDepth = 16;

/** Entries that are looked at; a home folder with everything in it has some hundred thousand. */
const maxEntries = 500_000;

/** Folders that hold no models and very many files. */
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
 * Files of a folder that may be models, folders within included. Links are followed; a folder is entered once however
 * many links lead to it, so that circles end.
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
			yield* named(await ollamaBlobs(folder, signal));
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

/** What a link leads to; null where it leads nowhere. */
async function targetOf(path: string): Promise<{ isFile(): boolean; isDirectory(): boolean } | null> {
	return stat(path).catch(() => null);
}

function* named(blobs: readonly OllamaBlob[]): Generator<Candidate> {
	// Several tags may name one blob.
	yield* new Map(blobs.map((blob) => [blob.path, blob])).values();
}
