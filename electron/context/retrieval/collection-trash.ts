import { beginErasure, finishErasure, isErasureUnfinished } from '../../database/secure-delete.ts';
import { all, get, run, transaction } from '../../database/sql.ts';
import { takeTurns } from '../../jobs/take-turns.ts';
import { scheduleTrash } from '../../settings/trash-schedule.ts';
import { deleteDocument, dropChunks, dropRemovedChunks } from './check-sources.ts';
import type { CollectionContext } from './collections.ts';

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
		await dropRemovedChunks(context, signal);
		const collections = all<{ id: number }>(database, 'SELECT id FROM collections WHERE deleted_at = 0');
		const removed =
			ids !== null
				? []
				: all<{ id: number; collectionId: number }>(
						database,
						'SELECT id, collection_id AS collectionId FROM documents WHERE removed_at <= :until',
						{ until },
					);
		if (collections.length === 0 && removed.length === 0 && !isErasureUnfinished(database)) {
			return { collections: 0, documents: 0 };
		}
		beginErasure(database);
		const turn = takeTurns();
		for (const document of removed) {
			await forgetDocument(document);
			await turn();
		}
		deleteEmptySources(until);
		for (const { id } of collections) {
			await deleteCollection(id, signal);
			if (signal.aborted) return { collections: 0, documents: 0 };
		}
		thread.forget(collections.map(({ id }) => id));
		await finishErasure(database, { clock, signal });
		events.publish({ type: 'documents-changed', collectionId: null });
		return { collections: marked, documents: removed.length };
	}

	/** Keeps the path of a file in a watched folder: otherwise the next check would add it again. */
	async function forgetDocument({ id, collectionId }: { id: number; collectionId: number }): Promise<void> {
		await dropChunks(context, { id, collectionId });
		transaction(database, () => {
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
		});
	}

	/** A source whose documents were all removed by hand is not read again. */
	function deleteEmptySources(until: number): void {
		run(
			database,
			`DELETE FROM document_sources WHERE kind IN ('file', 'upload', 'text', 'conversation')
				AND NOT EXISTS (SELECT 1 FROM documents d WHERE d.source_id = document_sources.id)`,
		);
		run(
			database,
			`DELETE FROM document_sources WHERE removed_at <= :until AND documents = 0
				AND NOT EXISTS (SELECT 1 FROM documents d WHERE d.source_id = document_sources.id AND d.removed_at IS NOT NULL)`,
			{ until },
		);
	}

	async function deleteCollection(id: number, signal: AbortSignal): Promise<void> {
		await context.indexer.stop(id);
		const sql = `SELECT id, collection_id AS collectionId, path FROM documents INDEXED BY documents_collection
			WHERE collection_id = :id LIMIT 50`;
		const turn = takeTurns();
		for (;;) {
			const documents = all<{ id: number; collectionId: number; path: string | null }>(database, sql, { id });
			if (documents.length === 0) break;
			for (const document of documents) {
				if (signal.aborted) return;
				await deleteDocument(context, document);
				await turn();
			}
		}
		run(database, 'DELETE FROM collections WHERE id = :id', { id });
	}

	const trash = scheduleTrash({
		settings,
		deletionClock,
		firstCheckMs,
		log,
		purge,
		describe: ({ collections }) => (collections === 0 ? null : `${collections} collections`),
	});
	return { empty: (ids) => trash.empty(clock(), ids), stop: trash.stop };
}
