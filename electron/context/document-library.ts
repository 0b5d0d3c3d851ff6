import type { DocumentChoice } from '../contract/conversation/ledger.ts';
import type { ReadableDatabase } from '../database/database.ts';
import { all, get } from '../database/sql.ts';
import type { DocumentLibrary, UsableDocument } from './document-source.ts';
import { readText } from './retrieval/chunk-store.ts';
import type { RetrievalContext } from './retrieval/context.ts';
import { searchCollections } from './retrieval/search-collections.ts';

/** More documents than these are never sent whole, so they are only counted. */
const mostListed = 100;

const inChoices = `FROM documents d JOIN collections c ON c.id = d.collection_id AND c.deleted_at IS NULL
	WHERE (d.collection_id IN (SELECT value FROM json_each(:collections)) OR d.id IN (SELECT value FROM json_each(:documents)))`;

const readyOnes = `SELECT d.id, d.collection_id AS collectionId, d.title, d.characters ${inChoices} AND d.state = 'ready'
	ORDER BY d.title COLLATE NOCASE, d.id LIMIT :limit`;

const counted = `SELECT count(*) FILTER (WHERE d.state = 'ready') AS ready,
	count(*) FILTER (WHERE d.state IN ('waiting', 'indexing')) AS waiting,
	coalesce(sum(d.characters) FILTER (WHERE d.state = 'ready'), 0) AS characters ${inChoices}`;

const notReady = `SELECT d.title, d.state ${inChoices} AND d.state IN ('waiting', 'indexing', 'failed')
	ORDER BY d.title COLLATE NOCASE LIMIT 20`;

/** The documents that the collections hold. */
export function createDocumentLibrary(
	context: Pick<RetrievalContext, 'database' | 'library' | 'thread' | 'settings'>,
): DocumentLibrary {
	const { database } = context;
	return {
		chosen(choices) {
			const values = {
				collections: JSON.stringify(choices.flatMap((one) => ('collectionId' in one ? one.collectionId : []))),
				documents: JSON.stringify(choices.flatMap((one) => ('documentId' in one ? one.documentId : []))),
			};
			const counts = get<{ ready: number; waiting: number; characters: number }>(database, counted, values);
			const ready = all<UsableDocument>(database, readyOnes, { ...values, limit: mostListed });
			const others = all<{ title: string; state: string }>(database, notReady, values);
			return {
				ready,
				count: counts?.ready ?? 0,
				characters: counts?.characters ?? 0,
				waiting: counts?.waiting ?? 0,
				unusable: [
					...others.flatMap(({ title, state }) => (state === 'failed' ? title : [])),
					...choices.flatMap((choice) => missingName(database, choice) ?? []),
				],
			};
		},
		text: (documentId) => readText(database, documentId)?.text ?? null,
		search: (input, signal) => searchCollections(context, input, signal),
		collectionsOf(documentIds) {
			const sql = `SELECT DISTINCT d.collection_id AS id FROM documents d JOIN collections c ON c.id = d.collection_id
				WHERE c.deleted_at IS NULL AND d.id IN (SELECT value FROM json_each(:ids))`;
			return all<{ id: number }>(database, sql, { ids: JSON.stringify(documentIds) }).map(({ id }) => id);
		},
		isLive(collectionId) {
			const sql = 'SELECT 1 FROM collections WHERE id = :collectionId AND deleted_at IS NULL';
			return get(database, sql, { collectionId }) !== undefined;
		},
	};
}

/** Name of a choice that is in the trash; '' if it is gone; null if it can be used. */
function missingName(database: ReadableDatabase, choice: DocumentChoice): string | null {
	if ('collectionId' in choice) {
		const sql = 'SELECT name, deleted_at AS deletedAt FROM collections WHERE id = :id';
		const row = get<{ name: string; deletedAt: number | null }>(database, sql, { id: choice.collectionId });
		if (row === undefined) return '';
		return row.deletedAt === null ? null : row.name;
	}
	const sql = `SELECT d.title AS name, d.state, c.deleted_at AS deletedAt
		FROM documents d JOIN collections c ON c.id = d.collection_id WHERE d.id = :id`;
	const row = get<{ name: string; state: string; deletedAt: number | null }>(database, sql, { id: choice.documentId });
	if (row === undefined) return '';
	return row.deletedAt === null && row.state !== 'removed' ? null : row.name;
}
