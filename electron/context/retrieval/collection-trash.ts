import { beginErasure, finishErasure, isErasureUnfinished } from '../../database/secure-delete.ts';
import { all, get, run, transaction } from '../../database/sql.ts';
import { writeInTurns } from '../../jobs/write-in-turns.ts';
import { scheduleTrash, type TrashSchedule } from '../../settings/trash-schedule.ts';
import type { CollectionContext } from './collections.ts';
import { dropAllLeaving, dropLeaving, removeDocumentsOf } from './drop-documents.ts';
import { documentsOfSource } from './store.ts';

/** The first check for expired collections waits until start-up is over, ms. */
const firstCheckMs = 30_000;

export interface Emptied {
	readonly collections: number;
	readonly documents: number;
}

export interface CollectionTrash {
	/**
	 * Permanently deletes the collections and removed documents in the trash, or only the collections `ids`. Resolves
	 * when nothing of them is left in the database, its log and its indexes.
	 */
	empty(ids: readonly number[] | null): Promise<Emptied>;
	hold: TrashSchedule<Emptied>['hold'];
	stop(): Promise<void>;
}

/**
 * Deletes what has been in the trash for the `trashDays` of the settings, and what the user asks to delete. Continues
 * the deletions of an earlier process. Backups from before are removed in time, as for conversations.
 */
export function startCollectionTrash(
	context: CollectionContext,
	deletionClock: () => number = context.clock,
): CollectionTrash {
	const { database, events, clock, settings, log, thread } = context;

	async function purge(until: number, ids: readonly number[] | null, signal: AbortSignal): Promise<Emptied> {
		const marked = transaction(database, () => {
			const sql = `UPDATE collections SET deleted_at = 0 WHERE deleted_at > 0 AND deleted_at <= :until
				AND (:ids IS NULL OR id IN (SELECT value FROM json_each(:ids)))`;
			return run(database, sql, { until, ids: ids === null ? null : JSON.stringify(ids) }).changes;
		});
		await dropAllLeaving(context, signal);
		const collections = all<{ id: number }>(database, 'SELECT id FROM collections WHERE deleted_at = 0');
		const removed =
			ids !== null
				? []
				: all<{ id: number }>(database, 'SELECT id FROM documents WHERE removed_at <= :until AND leaving = 0', {
						until,
					});
		if (collections.length === 0 && removed.length === 0 && !isErasureUnfinished(database, 'documents')) {
			return { collections: 0, documents: 0 };
		}
		beginErasure(database, 'documents');
		await writeInTurns(database, removed, ({ id }) => forgetDocument(id), { signal });
		await deleteEmptySources(until, signal);
		for (const { id } of collections) await deleteCollection(id, signal);
		thread.forget(collections.map(({ id }) => id));
		await finishErasure(database, 'documents', { clock, signal });
		events.publish({ type: 'documents-changed', collectionId: null });
		return { collections: marked, documents: removed.length };
	}

	/** Keeps the path of a file in a watched folder: otherwise the next check would add it again. */
	function forgetDocument(id: number): void {
		// It may have been restored meanwhile.
		if (get(database, `SELECT 1 FROM documents WHERE id = :id AND state = 'removed'`, { id }) === undefined) return;
		run(database, 'DELETE FROM document_texts WHERE document_id = :id', { id });
		run(database, 'DELETE FROM context_pieces WHERE document_id = :id', { id });
		run(database, 'UPDATE documents SET removed_at = NULL WHERE id = :id', { id });
		run(
			database,
			`DELETE FROM documents WHERE id = :id
				AND source_id IN (SELECT id FROM document_sources WHERE kind NOT IN ('folder', 'dataset'))`,
			{ id },
		);
	}

	/** A source whose documents were all removed by hand is not read again. */
	async function deleteEmptySources(until: number, signal: AbortSignal): Promise<void> {
		run(
			database,
			`DELETE FROM document_sources WHERE kind IN ('file', 'upload', 'text', 'conversation')
				AND NOT EXISTS (SELECT 1 FROM documents d WHERE d.source_id = document_sources.id)`,
		);
		const sql = `SELECT id FROM document_sources WHERE removed_at <= :until AND documents = 0
			AND NOT EXISTS (SELECT 1 FROM documents d WHERE d.source_id = document_sources.id AND d.removed_at IS NOT NULL)`;
		for (const { id } of all<{ id: number }>(database, sql, { until })) await deleteSource(id, signal);
	}

	/** Deletes a source and its documents, whose chunks are gone. */
	async function deleteSource(id: number, signal: AbortSignal): Promise<void> {
		const remove = (document: { readonly id: number }): void =>
			void run(database, 'DELETE FROM documents WHERE id = :id', { id: document.id });
		await writeInTurns(database, documentsOfSource(database, id), remove, { signal });
		run(database, 'DELETE FROM document_sources WHERE id = :id', { id });
	}

	async function deleteCollection(id: number, signal: AbortSignal): Promise<void> {
		await context.indexer.stop(id);
		const sql = 'SELECT id FROM document_sources WHERE collection_id = :id';
		const sources = all<{ id: number }>(database, sql, { id });
		for (const source of sources) await removeDocumentsOf(database, source.id, clock(), signal);
		await dropLeaving(context, id, signal);
		for (const source of sources) await deleteSource(source.id, signal);
		run(database, 'DELETE FROM collections WHERE id = :id', { id });
	}

	const trash = scheduleTrash({
		settings,
		deletionClock,
		firstCheckMs,
		log,
		// The rest is deleted when the data folder is opened again.
		purge: (until, ids, signal) =>
			purge(until, ids, signal).catch((error: unknown) => {
				if (signal.aborted) return { collections: 0, documents: 0 };
				throw error;
			}),
		describe: ({ collections }) => (collections === 0 ? null : `${collections} collections`),
	});
	return { empty: (ids) => trash.empty(clock(), ids), hold: trash.hold, stop: trash.stop };
}
