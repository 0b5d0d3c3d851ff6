import { Failure, type FailureFacts, failureSchema } from '../../../models/contract/failure.ts';
import { said } from '../../../models/contract/said.ts';
import {
	type Collection,
	type CollectionSettings,
	collectionSettingsSchema,
	type Document,
	type DocumentSource,
	defaultCollectionSettings,
} from '../../contract/documents/schema.ts';
import type { ReadableDatabase, WritableDatabase } from '../../database/database.ts';
import { all, get, run } from '../../database/sql.ts';

/** A collection as it is stored, with what its documents add up to. */
export interface CollectionRow
	extends Pick<
		Collection,
		'id' | 'name' | 'settings' | 'documents' | 'waiting' | 'failed' | 'chunks' | 'vectors' | 'characters'
	> {
	/** The weights that its vectors are from; null: it has none. */
	readonly vectorModel: string | null;
	readonly createdAt: number;
	readonly updatedAt: number;
	readonly deletedAt: number | null;
}

const collectionColumns = `c.id, c.name, c.settings, c.embedding_model_id AS embeddingModelId,
	c.vector_model AS vectorModel, c.created_at AS createdAt, c.updated_at AS updatedAt, c.deleted_at AS deletedAt,
	c.documents, c.waiting, c.failed, c.chunks, c.vectors, c.characters`;

interface RawCollection extends Omit<CollectionRow, 'settings'> {
	readonly settings: string;
	readonly embeddingModelId: number | null;
}

function collectionOf({ settings, embeddingModelId, ...row }: RawCollection): CollectionRow {
	return {
		...row,
		settings: {
			...collectionSettingsSchema.parse({ ...defaultCollectionSettings, ...JSON.parse(settings) }),
			embeddingModelId,
		},
	};
}

/** Returns the collections by name, or those in the trash, last deleted first. */
export function listCollectionRows(database: ReadableDatabase, trash: boolean): readonly CollectionRow[] {
	const sql = trash
		? `SELECT ${collectionColumns} FROM collections c WHERE c.deleted_at > 0 ORDER BY c.deleted_at DESC, c.id DESC`
		: `SELECT ${collectionColumns} FROM collections c WHERE c.deleted_at IS NULL
			ORDER BY c.name COLLATE NOCASE, c.id`;
	return all<RawCollection>(database, sql).map(collectionOf);
}

/** Reads a collection, also one in the trash. Throws Failure `collection-unknown`. */
export function getCollectionRow(database: ReadableDatabase, id: number): CollectionRow {
	const sql = `SELECT ${collectionColumns} FROM collections c
		WHERE c.id = :id AND (c.deleted_at IS NULL OR c.deleted_at > 0)`;
	const row = get<RawCollection>(database, sql, { id });
	if (row === undefined) throw collectionUnknown(id);
	return collectionOf(row);
}

/** Reads a collection outside the trash. Throws Failure `collection-unknown`, `collection-in-trash`. */
export function getLiveCollection(database: ReadableDatabase, id: number): CollectionRow {
	const row = getCollectionRow(database, id);
	if (row.deletedAt === null) return row;
	throw new Failure({
		code: 'collection-in-trash',
		message: said`The collection “${row.name}” is in the trash.`,
		next: [said`Restore it in Documents, Trash`],
	});
}

function collectionUnknown(id: number): Failure {
	return new Failure({
		code: 'collection-unknown',
		message: said`There is no collection with the number ${id}.`,
		next: [said`Choose another collection`, said`List them: assay documents list`],
	});
}

export function countTrashed(database: ReadableDatabase): number {
	const sql = 'SELECT count(*) AS n FROM collections WHERE deleted_at > 0';
	return get<{ n: number }>(database, sql)?.n ?? 0;
}

/** Returns the id of the collection with this name outside the trash, in any case; null: none. */
export function findCollection(database: ReadableDatabase, name: string): number | null {
	const sql = 'SELECT id FROM collections WHERE name = :name COLLATE NOCASE AND deleted_at IS NULL';
	return get<{ id: number }>(database, sql, { name })?.id ?? null;
}

export function insertCollection(
	database: WritableDatabase,
	{ name, settings }: { readonly name: string; readonly settings: CollectionSettings },
	now: number,
): number {
	return run(
		database,
		`INSERT INTO collections (name, settings, embedding_model_id, created_at, updated_at)
			VALUES (:name, :settings, :modelId, :now, :now)`,
		{ name, settings: JSON.stringify(settings), modelId: settings.embeddingModelId, now },
	).id;
}

export function setCollectionName(database: WritableDatabase, id: number, name: string, now: number): void {
	run(database, 'UPDATE collections SET name = :name, updated_at = :now WHERE id = :id', { id, name, now });
}

export function setCollectionSettings(
	database: WritableDatabase,
	id: number,
	settings: CollectionSettings,
	now: number,
): void {
	run(
		database,
		`UPDATE collections SET settings = :settings, embedding_model_id = :modelId, updated_at = :now WHERE id = :id`,
		{ id, settings: JSON.stringify(settings), modelId: settings.embeddingModelId, now },
	);
}

/** Marks that the documents of a collection are to be cut again, in its settings: those that are stored next lack it. */
export function setCutting(database: WritableDatabase, id: number, cutting: boolean): void {
	const settings = cutting ? `json_set(settings, '$.cutting', json('true'))` : `json_remove(settings, '$.cutting')`;
	run(database, `UPDATE collections SET settings = ${settings} WHERE id = :id`, { id });
}

/** Whether not all documents of a collection wait yet to be cut again. */
export function isCutting(database: ReadableDatabase, id: number): boolean {
	const sql = `SELECT 1 FROM collections WHERE id = :id AND json_extract(settings, '$.cutting') = 1`;
	return get(database, sql, { id }) !== undefined;
}

export function setCollectionDeleted(database: WritableDatabase, id: number, deletedAt: number | null): void {
	run(database, 'UPDATE collections SET deleted_at = :deletedAt WHERE id = :id', { id, deletedAt });
}

/** Whether the user stopped indexing a collection, and did not start it again. */
export function isStopped(database: ReadableDatabase, id: number): boolean {
	return get(database, 'SELECT 1 FROM collections WHERE id = :id AND stopped = 1', { id }) !== undefined;
}

export function setStopped(database: WritableDatabase, id: number, stopped: boolean): void {
	const sql = 'UPDATE collections SET stopped = :stopped WHERE id = :id AND stopped <> :stopped';
	run(database, sql, { id, stopped: stopped ? 1 : 0 });
}

/** Marks that chunks or vectors changed: the search thread then reads what is new. */
export function touchIndex(database: WritableDatabase, id: number, now: number): void {
	run(database, 'UPDATE collections SET revision = revision + 1, updated_at = :now WHERE id = :id', { id, now });
}

/** Where documents come from, as it is stored. */
export interface SourceRow extends Omit<DocumentSource, 'watched' | 'failure'> {
	readonly collectionId: number;
	readonly watched: boolean;
	readonly failure: FailureFacts | null;
	/** When the user took it out. */
	readonly removedAt: number | null;
}

const sourceColumns = `s.id, s.collection_id AS collectionId, s.kind, s.path, s.conversation_id AS conversationId,
	s.dataset_id AS datasetId, s.column_name AS "column", s.watched, s.failure, s.documents,
	s.removed_at AS removedAt`;

/** Ids of sources that were taken out, or whose conversation or dataset is in the trash. */
export const sourcesInTrash = `SELECT id FROM document_sources WHERE removed_at IS NOT NULL
	UNION ALL SELECT s.id FROM document_sources s JOIN conversations v ON v.id = s.conversation_id
		WHERE v.deleted_at IS NOT NULL
	UNION ALL SELECT s.id FROM document_sources s JOIN datasets t ON t.id = s.dataset_id WHERE t.deleted_at IS NOT NULL`;

type RawSource = Omit<SourceRow, 'watched' | 'failure'> & { readonly watched: number; readonly failure: string | null };

function sourceOf({ watched, failure, ...row }: RawSource): SourceRow {
	return { ...row, watched: watched === 1, failure: failureOf(failure) };
}

function failureOf(json: string | null): FailureFacts | null {
	return json === null ? null : failureSchema.parse(JSON.parse(json));
}

/** Returns where the documents of a collection come from, without what was taken out. */
export function sourcesOf(database: ReadableDatabase, collectionId: number): readonly SourceRow[] {
	const sql = `SELECT ${sourceColumns} FROM document_sources s
		WHERE s.collection_id = :collectionId AND s.removed_at IS NULL ORDER BY s.id`;
	return all<RawSource>(database, sql, { collectionId }).map(sourceOf);
}

/** Sources of every collection outside the trash, without what was taken out. */
export function liveSources(database: ReadableDatabase): readonly SourceRow[] {
	const sql = `SELECT ${sourceColumns} FROM document_sources s JOIN collections c ON c.id = s.collection_id
		WHERE c.deleted_at IS NULL AND s.removed_at IS NULL ORDER BY s.id`;
	return all<RawSource>(database, sql).map(sourceOf);
}

export function getSource(database: ReadableDatabase, id: number): SourceRow | null {
	const row = get<RawSource>(database, `SELECT ${sourceColumns} FROM document_sources s WHERE s.id = :id`, { id });
	return row === undefined ? null : sourceOf(row);
}

export function insertSource(
	database: WritableDatabase,
	source: Pick<SourceRow, 'collectionId' | 'kind'> &
		Partial<Pick<SourceRow, 'path' | 'conversationId' | 'datasetId' | 'column' | 'watched'>>,
	now: number,
): number {
	const { collectionId, kind, path = null, conversationId = null, datasetId = null, column = null } = source;
	return run(
		database,
		`INSERT INTO document_sources
			(collection_id, kind, path, conversation_id, dataset_id, column_name, watched, created_at)
			VALUES (:collectionId, :kind, :path, :conversationId, :datasetId, :column, :watched, :now)`,
		{ collectionId, kind, path, conversationId, datasetId, column, watched: source.watched === true ? 1 : 0, now },
	).id;
}

/** Takes a source out of its collection, or puts it back (null). */
export function setSourceRemoved(database: WritableDatabase, id: number, removedAt: number | null): void {
	run(database, 'UPDATE document_sources SET removed_at = :removedAt WHERE id = :id', { id, removedAt });
}

export function setSourceFailure(database: WritableDatabase, id: number, failure: FailureFacts | null): void {
	run(database, 'UPDATE document_sources SET failure = :failure WHERE id = :id', {
		id,
		failure: failure === null ? null : JSON.stringify(failure),
	});
}

/** A document as it is stored. */
export interface DocumentRow extends Omit<Document, 'failure'> {
	readonly failure: FailureFacts | null;
	readonly sampleId: number | null;
	readonly sha256: string | null;
	/** When the user took it out; null for one that left with its conversation. */
	readonly removedAt: number | null;
}

const documentColumns = `d.id, d.collection_id AS collectionId, d.source_id AS sourceId, d.title, d.path,
	d.sample_id AS sampleId, d.format, d.state, d.failure, d.pages, d.size_bytes AS sizeBytes, d.characters, d.tokens,
	d.chunks, d.vectors, d.sha256, d.modified_at AS modifiedAt, d.added_at AS addedAt, d.indexed_at AS indexedAt,
	d.removed_at AS removedAt`;

type RawDocument = Omit<DocumentRow, 'failure'> & { readonly failure: string | null };

const documentOf = (row: RawDocument): DocumentRow => ({ ...row, failure: failureOf(row.failure) });

/** What the contract shows of a document. */
export function publicDocument({ sampleId: _, sha256: __, removedAt: ___, ...document }: DocumentRow): Document {
	return document as Document;
}

/** Documents of a collection by title; `:states` is a JSON list, `:text` a part of title or path in lower case. */
export const documentPage = `SELECT ${documentColumns} FROM documents d INDEXED BY documents_collection
	WHERE d.collection_id = :collectionId AND d.state IN (SELECT value FROM json_each(:states))
		AND (:text = '' OR instr(lower(d.title), :text) > 0 OR instr(lower(coalesce(d.path, '')), :text) > 0)
	ORDER BY d.title COLLATE NOCASE, d.id LIMIT :limit OFFSET :offset`;

export const countDocuments = `SELECT count(*) AS n FROM documents d
	WHERE d.collection_id = :collectionId AND d.state IN (SELECT value FROM json_each(:states))
		AND (:text = '' OR instr(lower(d.title), :text) > 0 OR instr(lower(coalesce(d.path, '')), :text) > 0)`;

/** Most lists show all documents, or those that failed: these are counted already. */
const countedStates: Readonly<Record<string, string>> = {
	'failed,indexing,ready,waiting': 'documents',
	failed: 'failed',
};

export interface DocumentFilter {
	readonly collectionId: number;
	readonly states: readonly Document['state'][];
	readonly text: string;
}

export function listDocumentRows(
	database: ReadableDatabase,
	{ collectionId, states, text }: DocumentFilter,
	{ limit, offset }: { readonly limit: number; readonly offset: number },
): { readonly documents: readonly DocumentRow[]; readonly total: number } {
	const filter = { collectionId, states: JSON.stringify(states), text: text.toLowerCase() };
	const counted = text === '' ? countedStates[states.toSorted().join(',')] : undefined;
	const counts =
		counted === undefined
			? get<{ n: number }>(database, countDocuments, filter)
			: get<{ n: number }>(database, `SELECT ${counted} AS n FROM collections WHERE id = :collectionId`, {
					collectionId,
				});
	return {
		documents: all<RawDocument>(database, documentPage, { ...filter, limit, offset }).map(documentOf),
		total: counts?.n ?? 0,
	};
}

/** Reads a document. Throws Failure `document-unknown`. */
export function getDocumentRow(database: ReadableDatabase, id: number): DocumentRow {
	const row = get<RawDocument>(database, `SELECT ${documentColumns} FROM documents d WHERE d.id = :id`, { id });
	if (row !== undefined) return documentOf(row);
	throw new Failure({
		code: 'document-unknown',
		message: said`There is no document with the number ${id}.`,
		next: [said`It may have been deleted: open its collection again`],
	});
}

/** Documents read at once: a folder may have 100,000. */
const readAtOnce = 500;

/** Yields the documents of a source by id, also removed ones; they may change meanwhile. */
export function* documentsOfSource(database: ReadableDatabase, sourceId: number): Generator<DocumentRow, void> {
	const sql = `SELECT ${documentColumns} FROM documents d INDEXED BY documents_source
		WHERE d.source_id = :sourceId AND d.id > :after ORDER BY d.id LIMIT :limit`;
	for (let after = 0; ; ) {
		const rows = all<RawDocument>(database, sql, { sourceId, after, limit: readAtOnce });
		for (const row of rows) yield documentOf(row);
		if (rows.length < readAtOnce) return;
		after = rows.at(-1)!.id;
	}
}

/** Returns the document of a source that has one. */
export function documentOfSource(database: ReadableDatabase, sourceId: number): DocumentRow | undefined {
	return documentsOfSource(database, sourceId).next().value ?? undefined;
}

export function insertDocument(
	database: WritableDatabase,
	document: Pick<DocumentRow, 'collectionId' | 'sourceId' | 'title'> &
		Partial<Pick<DocumentRow, 'path' | 'sampleId' | 'sizeBytes' | 'modifiedAt'>>,
	now: number,
): number {
	const { collectionId, sourceId, title, path = null, sampleId = null, sizeBytes = 0, modifiedAt = null } = document;
	return run(
		database,
		`INSERT INTO documents (collection_id, source_id, title, path, sample_id, state, size_bytes, modified_at, added_at)
			VALUES (:collectionId, :sourceId, :title, :path, :sampleId, 'waiting', :sizeBytes, :modifiedAt, :now)`,
		{ collectionId, sourceId, title, path, sampleId, sizeBytes, modifiedAt, now },
	).id;
}

/** The next documents to index of a collection outside the trash, by id; `after` the last one seen. */
export function pendingDocuments(
	database: ReadableDatabase,
	collectionId: number,
	limit: number,
): readonly DocumentRow[] {
	const sql = `SELECT ${documentColumns} FROM documents d INDEXED BY documents_pending
		WHERE d.state IN ('waiting', 'indexing') AND d.collection_id = :collectionId
			AND d.source_id NOT IN (
				SELECT id FROM document_sources WHERE collection_id = :collectionId AND removed_at IS NOT NULL)
		ORDER BY d.id LIMIT :limit`;
	return all<RawDocument>(database, sql, { collectionId, limit }).map(documentOf);
}

/** Collections outside the trash with documents to index. */
export function pendingCollections(database: ReadableDatabase): readonly number[] {
	const sql = 'SELECT id FROM collections WHERE deleted_at IS NULL AND waiting > 0';
	return all<{ id: number }>(database, sql).map(({ id }) => id);
}

export function setWaiting(database: WritableDatabase, id: number): void {
	const sql = `UPDATE documents SET state = 'waiting', failure = NULL, removed_at = NULL, leaving = 0 WHERE id = :id`;
	run(database, sql, { id });
}

/** Returns whether the document is to be indexed: it may have been removed meanwhile. */
export function setIndexing(database: WritableDatabase, id: number): boolean {
	const sql = `UPDATE documents SET state = 'indexing' WHERE id = :id AND state IN ('waiting', 'indexing')`;
	return run(database, sql, { id }).changes > 0;
}

/** Whether the document is still being indexed: it may have been removed or changed meanwhile. */
export function isIndexing(database: ReadableDatabase, id: number): boolean {
	return get(database, `SELECT 1 FROM documents WHERE id = :id AND state = 'indexing'`, { id }) !== undefined;
}

/** Its chunks, if there are some, leave the index later. */
export function setFailed(database: WritableDatabase, id: number, failure: FailureFacts): void {
	const sql = `UPDATE documents SET state = 'failed', failure = :failure, chunks = 0, vectors = 0, leaving = 1
		WHERE id = :id AND state <> 'removed'`;
	run(database, sql, { id, failure: JSON.stringify(failure) });
}

/** Takes a document out; its chunks leave the index later. Returns whether it was not out before. */
export function setRemoved(database: WritableDatabase, id: number, now: number): boolean {
	const sql = `UPDATE documents SET state = 'removed', removed_at = :now, chunks = 0, vectors = 0, leaving = 1
		WHERE id = :id AND state <> 'removed'`;
	return run(database, sql, { id, now }).changes > 0;
}

export function setReady(
	database: WritableDatabase,
	id: number,
	{ chunks, vectors, tokens }: Pick<DocumentRow, 'chunks' | 'vectors' | 'tokens'>,
	now: number,
): void {
	const sql = `UPDATE documents SET state = 'ready', failure = NULL, chunks = :chunks, vectors = :vectors,
		tokens = :tokens, indexed_at = :now WHERE id = :id AND state = 'indexing'`;
	run(database, sql, { id, chunks, vectors, tokens, now });
}
