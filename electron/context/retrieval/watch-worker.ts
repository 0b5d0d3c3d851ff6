import { watch } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type MessagePort, parentPort } from 'node:worker_threads';
import { type TreeWatch, watchFolderTree } from './watch-folder-tree.ts';

/** Changes of one place within this time are reported as one, ms. */
const togetherMs = 100;

/** Interval of looks at whether the folders are still the same, ms. */
const lookMs = 2_000;

/** A file or folder to watch. */
export interface WatchedPlace {
	/** Of its source. */
	readonly id: number;
	readonly path: string;
	readonly isFolder: boolean;
}

/** Everything to watch from now on. */
export interface WatchRequest {
	readonly places: readonly WatchedPlace[];
}

/** Something changed at a place, or it can't be watched. */
export type WatchNotice =
	| { readonly kind: 'changed'; readonly id: number }
	| { readonly kind: 'failed'; readonly path: string; readonly reason: string };

/** Entry of the thread that watches folders: to begin with one, all of its subfolders are listed. */
const port = parentPort;
if (port === null) throw new Error('watch-worker.ts is a worker thread, not a program');
serve(port);

/** A place, and the folder that is watched for it. */
interface Watched {
	readonly place: WatchedPlace;
	watcher: TreeWatch | null;
	/** Which folder that was when watching began or failed; null: there was none; undefined: not looked at yet. */
	folder: string | null | undefined;
}

function serve(to: MessagePort): void {
	const watched = new Map<number, Watched>();
	const changed = new Set<number>();
	const send = (notice: WatchNotice): void => to.postMessage(notice);

	/** Deleting a folder of thousands of files causes as many events, which are reported as one. */
	function noteChange(id: number): void {
		if (changed.size === 0) setTimeout(tell, togetherMs);
		changed.add(id);
	}

	function tell(): void {
		for (const id of changed) send({ kind: 'changed', id });
		changed.clear();
	}

	function begin(entry: Watched): void {
		const { id, path, isFolder } = entry.place;
		const failed = (error: unknown): void => {
			entry.watcher?.close();
			entry.watcher = null;
			send({ kind: 'failed', path, reason: error instanceof Error ? error.message : String(error) });
		};
		try {
			entry.watcher = isFolder
				? watchFolderTree(path, { onChange: () => noteChange(id), onError: failed })
				: watch(dirname(path))
						.on('change', (_type, name) => {
							if (name === null || join(dirname(path), String(name)) === path) noteChange(id);
						})
						.on('error', failed);
			// What changed before the watching began is looked for once.
			noteChange(id);
		} catch (error) {
			failed(error);
		}
	}

	/** A folder that was deleted and put back, or whose drive was, is another one, about which no event comes any more. */
	async function beginNew(): Promise<void> {
		for (const [id, entry] of watched) {
			const folder = await identityOf(watchedFolder(entry.place));
			if (folder === entry.folder || watched.get(id) !== entry) continue;
			entry.folder = folder;
			entry.watcher?.close();
			entry.watcher = null;
			if (folder === null) noteChange(id);
			else begin(entry);
		}
	}

	to.on('message', ({ places }: WatchRequest) => {
		const wanted = new Set(places.map(({ id }) => id));
		for (const [id, { watcher }] of watched) {
			if (wanted.has(id)) continue;
			watcher?.close();
			watched.delete(id);
		}
		for (const place of places)
			if (!watched.has(place.id)) watched.set(place.id, { place, watcher: null, folder: undefined });
		void beginNew();
	});
	setInterval(() => void beginNew(), lookMs).unref();
}

/** Programs replace a file rather than write into it, so its folder is watched. */
function watchedFolder({ path, isFolder }: WatchedPlace): string {
	return isFolder ? path : dirname(path);
}

/** Tells a folder from another one in its place; null: there is none, or it may not be looked at. */
async function identityOf(folder: string): Promise<string | null> {
	return await stat(folder).then(
		({ dev, ino, birthtimeMs, mode }) => [dev, ino, birthtimeMs, mode].join(' '),
		() => null,
	);
}
