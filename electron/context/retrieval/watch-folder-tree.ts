import { type FSWatcher, watch } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { isSkippedFolder } from './skipped-folders.ts';

export interface TreeWatch {
	close(): void;
}

export interface TreeWatchOptions {
	/** Called for every change in the folder or below it. */
	readonly onChange: () => void;
	/** Called at most once; nothing is watched any more. */
	readonly onError: (error: unknown) => void;
}

/**
 * Watches a folder with its subfolders. On Linux each folder is watched by itself: Node's own recursive watching there
 * follows single files, and no longer notices one that was replaced, which is how most editors save.
 */
export function watchFolderTree(folder: string, { onChange, onError }: TreeWatchOptions): TreeWatch {
	const watchers = new Map<string, FSWatcher>();
	const recursive = process.platform !== 'linux';

	function close(): void {
		for (const watcher of watchers.values()) watcher.close();
		watchers.clear();
	}

	function fail(error: unknown): void {
		if (watchers.size === 0) return;
		close();
		onError(error);
	}

	function begin(path: string): void {
		const watcher = watch(path, { recursive });
		watchers.set(path, watcher);
		watcher.on('change', (type, name) => {
			onChange();
			// When a folder is removed, the system reports its own name, as if it were an entry in it: no such path exists, so
			// nothing is watched. The caller checks whether the root was replaced.
			if (!recursive && type === 'rename' && name !== null) follow(join(path, String(name)), String(name));
		});
		watcher.on('error', (error) => (path === folder ? fail(error) : end(path)));
	}

	function end(path: string): void {
		for (const [watched, watcher] of watchers) {
			if (watched !== path && !watched.startsWith(path + sep)) continue;
			watcher.close();
			watchers.delete(watched);
		}
	}

	/** Something appeared at this path, or left it. */
	function follow(path: string, name: string): void {
		if (watchers.has(path)) end(path);
		if (!isSkippedFolder(name)) void beginBelow(path);
	}

	/** Watches a folder that is not watched yet, and its subfolders; a file, or a folder that may not be read, is left. */
	async function beginBelow(path: string): Promise<void> {
		try {
			const entries = await readdir(path, { withFileTypes: true });
			if (watchers.size === 0) return;
			if (!watchers.has(path)) {
				begin(path);
				// Files may have come before the watching began.
				onChange();
			}
			for (const entry of entries) {
				if (entry.isDirectory() && !isSkippedFolder(entry.name)) await beginBelow(join(path, entry.name));
			}
		} catch (error) {
			const { code } = error as NodeJS.ErrnoException;
			// The system watches too many folders already.
			if (code === 'ENOSPC' || code === 'EMFILE') fail(error);
		}
	}

	begin(folder);
	if (!recursive) void beginBelow(folder);
	return { close };
}
