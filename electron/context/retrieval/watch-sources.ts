import { type FSWatcher, watch } from 'node:fs';
import { dirname, join } from 'node:path';
import type { RetrievalContext } from './context.ts';
import type { Indexer } from './indexer.ts';
import { liveSources, type SourceRow } from './store.ts';

/** A program that saves writes several times: changes are read once nothing happened for this long, ms. */
const quietMs = 800;

/** Interval of checks for what watching does not notice: network drives, too many folders; ms. */
const checkEveryMs = 300_000;

export interface SourceWatch {
	close(): void;
}

/**
 * Watches the files and folders of all collections, and starts indexing when something changed. A folder that can't be
 * watched, for example because the system watches too many already, is checked every few minutes like the others.
 */
export function watchSources(
	{ database, events, log }: Pick<RetrievalContext, 'database' | 'events' | 'log'>,
	indexer: Pick<Indexer, 'start'>,
): SourceWatch {
	const watchers = new Map<number, FSWatcher>();
	const pending = new Map<number, NodeJS.Timeout>();

	function noticed(collectionId: number): void {
		clearTimeout(pending.get(collectionId));
		const timer = setTimeout(() => {
			pending.delete(collectionId);
			indexer.start(collectionId);
		}, quietMs);
		timer.unref();
		pending.set(collectionId, timer);
	}

	function open(source: SourceRow): void {
		const { id, path, kind, collectionId } = source;
		if (path === null) return;
		try {
			// Programs replace a file rather than write into it, so its folder is watched.
			const watcher =
				kind === 'folder'
					? watch(path, { recursive: true, persistent: false })
					: watch(dirname(path), { persistent: false });
			watcher.on('change', (_type, name) => {
				if (kind === 'folder' || name === null || join(dirname(path), String(name)) === path) noticed(collectionId);
			});
			watcher.on('error', (error) => {
				log(`documents: ${path} can't be watched: ${error.message}`);
				watcher.close();
				watchers.delete(id);
			});
			watchers.set(id, watcher);
		} catch (error) {
			log(`documents: ${path} can't be watched: ${error instanceof Error ? error.message : String(error)}`);
		}
	}

	function update(): void {
		const wanted = new Map(
			liveSources(database)
				.filter(({ watched }) => watched)
				.map((source) => [source.id, source]),
		);
		for (const [id, watcher] of watchers) {
			if (wanted.has(id)) continue;
			watcher.close();
			watchers.delete(id);
		}
		for (const [id, source] of wanted) if (!watchers.has(id)) open(source);
	}

	function checkAll(): void {
		update();
		for (const id of new Set(liveSources(database).map(({ collectionId }) => collectionId))) indexer.start(id);
	}

	const unsubscribe = events.subscribe((event) => {
		if (event.type === 'documents-changed') update();
		if (
			event.type === 'conversation-changed' ||
			event.type === 'dataset-changed' ||
			event.type === 'organisation-changed'
		)
			for (const { kind, collectionId, conversationId, datasetId } of liveSources(database)) {
				const conversation =
					kind === 'conversation' &&
					(event.type === 'organisation-changed' ||
						(event.type === 'conversation-changed' && event.conversationId === conversationId));
				const dataset =
					kind === 'dataset' &&
					event.type === 'dataset-changed' &&
					(event.datasetId === null || event.datasetId === datasetId);
				if (conversation || dataset) noticed(collectionId);
			}
	});
	const timer = setInterval(checkAll, checkEveryMs);
	timer.unref();
	checkAll();
	return {
		close() {
			unsubscribe();
			clearInterval(timer);
			for (const each of pending.values()) clearTimeout(each);
			for (const watcher of watchers.values()) watcher.close();
			watchers.clear();
		},
	};
}
