import { type FSWatcher, watch } from 'node:fs';
import { dirname, join } from 'node:path';
import { type MessagePort, parentPort } from 'node:worker_threads';

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

/** Entry of the thread that watches folders: to begin with one, Node lists all of its subfolders at once. */
const port = parentPort;
if (port === null) throw new Error('watch-worker.ts is a worker thread, not a program');
serve(port);

function serve(to: MessagePort): void {
	const watchers = new Map<number, FSWatcher>();
	const send = (notice: WatchNotice): void => to.postMessage(notice);

	function stop(id: number): void {
		watchers.get(id)?.close();
		watchers.delete(id);
	}

	function start({ id, path, isFolder }: WatchedPlace): void {
		const failed = (error: unknown): void => {
			stop(id);
			send({ kind: 'failed', path, reason: error instanceof Error ? error.message : String(error) });
		};
		try {
			// Programs replace a file rather than write into it, so its folder is watched.
			const watcher = isFolder ? watch(path, { recursive: true }) : watch(dirname(path));
			watchers.set(id, watcher);
			watcher.on('change', (_type, name) => {
				if (isFolder || name === null || join(dirname(path), String(name)) === path) send({ kind: 'changed', id });
			});
			watcher.on('error', failed);
			// What changed before the watching began is looked for once.
			send({ kind: 'changed', id });
		} catch (error) {
			failed(error);
		}
	}

	to.on('message', ({ places }: WatchRequest) => {
		const wanted = new Set(places.map(({ id }) => id));
		for (const id of [...watchers.keys()]) if (!wanted.has(id)) stop(id);
		for (const place of places) if (!watchers.has(place.id)) start(place);
	});
}
