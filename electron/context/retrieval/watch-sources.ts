import { Worker } from 'node:worker_threads';
import type { InternalEvent } from '../../events.ts';
import { unattended } from '../../jobs/unattended.ts';
import type { RetrievalContext } from './context.ts';
import type { Indexer } from './indexer.ts';
import { getSource, liveSources, type SourceRow } from './store.ts';
import type { WatchedPlace, WatchNotice, WatchRequest } from './watch-worker.ts';

/** A program that saves writes several times: changes are read once nothing happened for this long, ms. */
const quietMs = 800;

/** Interval of checks for what watching does not notice: network drives, too many folders; ms. */
const checkEveryMs = 300_000;

export interface SourceWatch {
	close(): Promise<void>;
}

/** Location of the thread's code: next to this file in a checkout, or next to the bundle under its name in the build. */
const defaultWatchEntry = new URL(
	import.meta.url.endsWith('.ts') ? './watch-worker.ts' : './watch-worker.js',
	import.meta.url,
);

/**
 * Watches the files and folders of all collections, and has them checked when something changed. A folder that can't be
 * watched, for example because the system watches too many already, is checked every few minutes like the others.
 */
export function watchSources(
	{ database, events, log }: Pick<RetrievalContext, 'database' | 'events' | 'log'>,
	indexer: Pick<Indexer, 'check'>,
	entry: URL = defaultWatchEntry,
): SourceWatch {
	const failed = 'documents: changes were not looked for';
	const pending = new Map<number, NodeJS.Timeout>();
	let worker: Worker | null = null;
	let watched = '';
	let closed = false;

	function noticed(collectionId: number): void {
		clearTimeout(pending.get(collectionId));
		const check = (): void => {
			pending.delete(collectionId);
			indexer.check(collectionId);
		};
		const timer = setTimeout(unattended(log, failed, check), quietMs);
		timer.unref();
		pending.set(collectionId, timer);
	}

	function start(): Worker {
		const started = new Worker(entry);
		started.unref();
		const hear = (notice: WatchNotice): void => {
			if (closed) return;
			if (notice.kind === 'failed') {
				log(`documents: ${notice.path} can't be watched: ${notice.reason}`);
				return;
			}
			const source = getSource(database, notice.id);
			if (source !== null && source.removedAt === null) noticed(source.collectionId);
		};
		started.on('message', unattended(log, failed, hear));
		started.on('error', (error) => log(`documents: watching ended: ${error.message}`));
		return started;
	}

	function update(): void {
		const places = liveSources(database).flatMap(({ id, path, kind, watched: isWatched }): WatchedPlace[] =>
			path === null || !isWatched ? [] : [{ id, path, isFolder: kind === 'folder' }],
		);
		const key = JSON.stringify(places);
		if (key === watched || (places.length === 0 && worker === null)) return;
		watched = key;
		worker ??= start();
		worker.postMessage({ places } satisfies WatchRequest);
	}

	function checkAll(): void {
		update();
		for (const id of new Set(liveSources(database).map(({ collectionId }) => collectionId))) indexer.check(id);
	}

	const unsubscribe = events.subscribe((event) => {
		if (event.type === 'documents-changed') update();
		if (!changesSources(event)) return;
		for (const source of liveSources(database)) if (isFrom(source, event)) noticed(source.collectionId);
	});
	const timer = setInterval(unattended(log, failed, checkAll), checkEveryMs);
	timer.unref();
	checkAll();
	return {
		async close() {
			closed = true;
			unsubscribe();
			clearInterval(timer);
			for (const each of pending.values()) clearTimeout(each);
			await worker?.terminate();
		},
	};
}

type SourceEvent = Extract<
	InternalEvent,
	{ type: 'conversation-changed' | 'organisation-changed' | 'dataset-changed' }
>;

function changesSources(event: InternalEvent): event is SourceEvent {
	return (
		event.type === 'conversation-changed' || event.type === 'organisation-changed' || event.type === 'dataset-changed'
	);
}

/** Whether the event may be about what a source is from. */
function isFrom({ kind, conversationId, datasetId }: SourceRow, event: SourceEvent): boolean {
	switch (event.type) {
		case 'conversation-changed':
			return event.conversationId === conversationId;
		case 'organisation-changed':
			return kind === 'conversation';
		case 'dataset-changed':
			return kind === 'dataset' && (event.datasetId === null || event.datasetId === datasetId);
	}
}
