import { Failure } from '../../../models/contract/failure.ts';
import { said } from '../../../models/contract/said.ts';
import type { Chunk } from '../../contract/documents/schema.ts';
import type { ReadableDatabase, WritableDatabase } from '../../database/database.ts';
import { all, get, run } from '../../database/sql.ts';
import { unspacedRanges } from '../../database/unspaced-scripts.ts';
import { sourcesInTrash } from './store.ts';

/** What was read from a document. */
export interface StoredText {
	readonly text: string;
	readonly format: string;
	/** Its structure as numbers. */
	readonly blocks: readonly number[];
}

export function storeText(
	database: WritableDatabase,
	documentId: number,
	{
		text,
		format,
		blocks,
		pages,
		title,
		sha256,
	}: StoredText & {
		readonly pages: number | null;
		readonly title: string;
		/** Of the bytes that it was read from. */
		readonly sha256: string | null;
	},
): void {
	run(
		database,
		`INSERT INTO document_texts (document_id, text, format, blocks) VALUES (:documentId, :text, :format, :blocks)
			ON CONFLICT (document_id) DO UPDATE SET text = :text, format = :format, blocks = :blocks`,
		{ documentId, text, format, blocks: JSON.stringify(blocks) },
	);
	run(
		database,
		`UPDATE documents SET title = :title, format = :format, pages = :pages, characters = :characters, sha256 = :sha256
			WHERE id = :documentId`,
		{ documentId, title, format, pages, characters: text.length, sha256 },
	);
}

/** Returns what was read from a document; null: nothing yet. */
export function readText(database: ReadableDatabase, documentId: number): StoredText | null {
	const sql = 'SELECT text, format, blocks FROM document_texts WHERE document_id = :documentId';
	const row = get<Omit<StoredText, 'blocks'> & { blocks: string }>(database, sql, { documentId });
	return row === undefined ? null : { ...row, blocks: JSON.parse(row.blocks) as number[] };
}

/** Yields what was read from each document of a collection, in the order in which they were added. */
export function* readCollectionTexts(
	database: ReadableDatabase,
	collectionId: number,
): Generator<{ readonly documentId: number; readonly title: string; readonly text: string }> {
	const sql = `SELECT id, title FROM documents WHERE collection_id = :collectionId AND state = 'ready'
		AND source_id NOT IN (${sourcesInTrash}) ORDER BY id`;
	for (const { id, title } of all<{ id: number; title: string }>(database, sql, { collectionId })) {
		const read = readText(database, id);
		if (read !== null) yield { documentId: id, title, text: read.text };
	}
}

type NewChunk = Omit<Chunk, 'id' | 'documentId'>;

export function insertChunk(
	database: WritableDatabase,
	documentId: number,
	collectionId: number,
	{ position, text, start, end, page, lastPage, heading, context, tokens }: NewChunk,
): number {
	return run(
		database,
		`INSERT INTO chunks (document_id, collection_id, position, text, start_at, end_at, page, last_page, heading_path,
			context, words, tokens) VALUES (:documentId, :collectionId, :position, :text, :start, :end, :page, :lastPage,
			:heading, :context, :words, :tokens)`,
		{
			documentId,
			collectionId,
			position,
			text,
			start,
			end,
			page,
			lastPage,
			heading: JSON.stringify(heading),
			context,
			words: wordsOf(text),
			tokens,
		},
	).id;
}

const unspacedRun = new RegExp(`[${unspacedRanges}]+`, 'gu');

/**
 * Returns what the index holds of a text: in scripts without spaces every letter is a word, and so is every pair of
 * neighbours: 日本語 becomes 日 日本 本 本語 語. Letters and their accents are one, as a query has them. null: the text itself.
 */
function wordsOf(text: string): string | null {
	const words = text.normalize('NFC').replaceAll(unspacedRun, (letters) => {
		const single = [...letters];
		return ` ${single.map((letter, at) => (at + 1 < single.length ? `${letter} ${letter}${single[at + 1]}` : letter)).join(' ')} `;
	});
	return words === text ? null : words;
}

/** Deletes up to `limit` chunks of a document, the last first; returns how many. Vectors and index go with them. */
export function deleteChunks(database: WritableDatabase, documentId: number, limit: number): number {
	const sql = `DELETE FROM chunks WHERE id IN (
		SELECT id FROM chunks WHERE document_id = :documentId ORDER BY position DESC LIMIT :limit)`;
	return run(database, sql, { documentId, limit }).changes;
}

/** Chunks deleted in one statement: a millisecond or two. */
const deletedAtOnce = 16;

/** Deletes a few chunks of a document; returns whether there may be more. */
export function deleteSomeChunks(database: WritableDatabase, documentId: number): boolean {
	return deleteChunks(database, documentId, deletedAtOnce) === deletedAtOnce;
}

const chunkColumns = `k.id, k.document_id AS documentId, k.position, k.text, k.start_at AS "start", k.end_at AS "end",
	k.page, k.last_page AS lastPage, k.heading_path AS heading, k.context, k.tokens`;

type RawChunk = Omit<Chunk, 'heading'> & { readonly heading: string };

const chunkOf = (row: RawChunk): Chunk => ({ ...row, heading: JSON.parse(row.heading) as string[] });

/** Reads a chunk. Throws Failure `passage-unknown`. */
export function getChunk(database: ReadableDatabase, id: number): Chunk {
	const row = get<RawChunk>(database, `SELECT ${chunkColumns} FROM chunks k WHERE k.id = :id`, { id });
	if (row !== undefined) return chunkOf(row);
	throw new Failure({
		code: 'passage-unknown',
		message: said`This passage doesn’t exist any more: its document was changed or deleted.`,
		next: [said`Search again`],
	});
}

export function chunksOf(
	database: ReadableDatabase,
	documentId: number,
	{ limit, offset }: { readonly limit: number; readonly offset: number },
): readonly Chunk[] {
	const sql = `SELECT ${chunkColumns} FROM chunks k WHERE k.document_id = :documentId
		ORDER BY k.position LIMIT :limit OFFSET :offset`;
	return all<RawChunk>(database, sql, { documentId, limit, offset }).map(chunkOf);
}

/** A chunk that has no vector yet. */
export interface UnembeddedChunk {
	readonly id: number;
	readonly documentId: number;
	readonly text: string;
	readonly context: string;
}

/** The first document of a collection, from `from` on, with chunks that have no vector. */
export const documentToEmbed = `SELECT id, vectors FROM documents INDEXED BY documents_unembedded
	WHERE collection_id = :collectionId AND id >= :from AND state = 'ready' AND vectors < chunks ORDER BY id LIMIT 1`;

/** Chunks get their vectors in order, so those without one are the last of their document. */
export const chunksToEmbed = `SELECT id, document_id AS documentId, text, context FROM chunks
	WHERE document_id = :documentId AND position >= :vectors ORDER BY position LIMIT :limit`;

/** Returns the next chunks of a collection to compute vectors of, in the order of their documents. */
export function readChunksWithoutVector(
	database: ReadableDatabase,
	collectionId: number,
	limit: number,
): readonly UnembeddedChunk[] {
	const found: UnembeddedChunk[] = [];
	for (let from = 0; found.length < limit; ) {
		const document = get<{ id: number; vectors: number }>(database, documentToEmbed, { collectionId, from });
		if (document === undefined) break;
		const { id: documentId, vectors } = document;
		found.push(...all<UnembeddedChunk>(database, chunksToEmbed, { documentId, vectors, limit: limit - found.length }));
		from = documentId + 1;
	}
	return found;
}

/** Stores vectors of chunks; those that were deleted meanwhile are left out. */
export function insertVectors(
	database: WritableDatabase,
	collectionId: number,
	vectors: readonly { readonly chunkId: number; readonly documentId: number; readonly vector: Uint8Array }[],
): void {
	const stored = new Map<number, number>();
	for (const { chunkId, documentId, vector } of vectors) {
		const { changes } = run(
			database,
			`INSERT INTO chunk_vectors (chunk_id, collection_id, vector)
				SELECT id, :collectionId, :vector FROM chunks WHERE id = :chunkId
				ON CONFLICT (chunk_id) DO UPDATE SET vector = excluded.vector`,
			{ chunkId, collectionId, vector },
		);
		stored.set(documentId, (stored.get(documentId) ?? 0) + changes);
	}
	for (const [documentId, count] of stored)
		run(database, 'UPDATE documents SET vectors = vectors + :count WHERE id = :documentId', { documentId, count });
}

/** Chunks of a document that have a vector: the first ones. */
export function countVectors(database: ReadableDatabase, documentId: number): number {
	const sql =
		'SELECT count(v.chunk_id) AS n FROM chunks k JOIN chunk_vectors v ON v.chunk_id = k.id WHERE k.document_id = :documentId';
	return get<{ n: number }>(database, sql, { documentId })?.n ?? 0;
}

/** Counts no vectors any more in up to `limit` documents of a collection, before they are deleted; returns how many. */
export function uncountVectors(database: WritableDatabase, collectionId: number, limit: number): number {
	const sql = `UPDATE documents SET vectors = 0 WHERE id IN (
		SELECT id FROM documents WHERE collection_id = :collectionId AND vectors > 0 LIMIT :limit)`;
	return run(database, sql, { collectionId, limit }).changes;
}

/** Deletes up to `limit` vectors of a collection; returns how many. */
export function deleteVectors(database: WritableDatabase, collectionId: number, limit: number): number {
	const sql = `DELETE FROM chunk_vectors WHERE chunk_id IN (
		SELECT chunk_id FROM chunk_vectors WHERE collection_id = :collectionId LIMIT :limit)`;
	return run(database, sql, { collectionId, limit }).changes;
}

/** Names the weights that a collection's vectors are from; null: it has no vectors. */
export function setVectorModel(
	database: WritableDatabase,
	collectionId: number,
	vectorModel: string | null,
	dimensions: number | null,
): void {
	const sql = 'UPDATE collections SET vector_model = :vectorModel, dimensions = :dimensions WHERE id = :collectionId';
	run(database, sql, { collectionId, vectorModel, dimensions });
}
