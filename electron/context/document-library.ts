import type { DocumentChoice } from '../contract/conversation/ledger.ts';
import type { Document } from '../contract/documents/schema.ts';
import type { ReadableDatabase } from '../database/database.ts';
import { all, get } from '../database/sql.ts';
import type { DocumentLibrary, UsableDocument } from './document-source.ts';
import { readText } from './retrieval/chunk-store.ts';
import type { RetrievalContext } from './retrieval/context.ts';
import { searchCollections } from './retrieval/search-collections.ts';
import { type CollectionRow, getCollectionRow, sourcesInTrash } from './retrieval/store.ts';

/** More documents than these are never sent whole, so they are only counted. */
const mostListed = 100;

/** Names of failed documents of a collection that are told. */
const mostFailed = 20;

/** Documents whose conversation or dataset is in the trash are still there until the next check of their sources. */
const isAround = `d.source_id NOT IN (${sourcesInTrash})`;

const readyOfCollection = `SELECT d.id, d.collection_id AS collectionId, d.title, d.characters
	FROM documents d INDEXED BY documents_collection
	WHERE d.collection_id = :id AND d.state = 'ready' AND ${isAround} ORDER BY d.title COLLATE NOCASE, d.id LIMIT :limit`;

const failedOfCollection = `SELECT title FROM documents INDEXED BY documents_failed
	WHERE collection_id = :id AND state = 'failed' ORDER BY title COLLATE NOCASE LIMIT :limit`;

const single = `SELECT d.id, d.collection_id AS collectionId, d.title, d.characters, d.state
	FROM documents d JOIN collections c ON c.id = d.collection_id AND c.deleted_at IS NULL
	WHERE d.id IN (SELECT value FROM json_each(:ids)) AND ${isAround}`;

/** The documents that the collections hold. */
export function createDocumentLibrary(
	context: Pick<RetrievalContext, 'database' | 'library' | 'thread' | 'settings'>,
): DocumentLibrary {
	const { database } = context;
	return {
		chosen(choices) {
			const ids = new Set(choices.flatMap((one) => ('collectionId' in one ? one.collectionId : [])));
			const collections = [...ids].flatMap((id) => liveCollection(database, id) ?? []);
			const documentIds = choices.flatMap((one) => ('documentId' in one ? one.documentId : []));
			const singles = all<UsableDocument & Pick<Document, 'state'>>(database, single, {
				ids: JSON.stringify(documentIds),
			}).filter(({ collectionId }) => !ids.has(collectionId));
			const ready = [
				...collections.flatMap(({ id }) => all<UsableDocument>(database, readyOfCollection, { id, limit: mostListed })),
				...singles.flatMap(({ state, ...document }) => (state === 'ready' ? document : [])),
			].toSorted((one, other) => compareTitles(one.title, other.title) || one.id - other.id);
			const failed = collections.flatMap(({ id }) =>
				all<{ title: string }>(database, failedOfCollection, { id, limit: mostFailed }),
			);
			const waiting = singles.filter(({ state }) => state === 'waiting' || state === 'indexing').length;
			return {
				ready: ready.slice(0, mostListed),
				// Up to so many are listed, which leaves out those that are about to leave their collection.
				count:
					ready.length < mostListed
						? ready.length
						: sum(collections.map((one) => one.documents - one.waiting - one.failed)) +
							singles.filter(({ state }) => state === 'ready').length,
				waiting: sum(collections.map((one) => one.waiting)) + waiting,
				unusable: [
					...[...failed, ...singles.filter(({ state }) => state === 'failed')]
						.map(({ title }) => title)
						.toSorted(compareTitles)
						.slice(0, mostFailed),
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

function liveCollection(database: ReadableDatabase, id: number): CollectionRow | null {
	const sql = 'SELECT 1 FROM collections WHERE id = :id AND deleted_at IS NULL';
	return get(database, sql, { id }) === undefined ? null : getCollectionRow(database, id);
}

/** Orders titles as the database does, without regard to case. */
function compareTitles(one: string, other: string): number {
	const [a, b] = [one.toLowerCase(), other.toLowerCase()];
	return a < b ? -1 : a > b ? 1 : 0;
}

function sum(numbers: readonly number[]): number {
	return numbers.reduce((total, one) => total + one, 0);
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
