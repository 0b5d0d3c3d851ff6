import { Failure } from '../../../models/contract/failure.ts';
import { said } from '../../../models/contract/said.ts';
import type { Chunk } from '../../contract/documents/schema.ts';
import type { ReadableDatabase, WritableDatabase } from '../../database/database.ts';
import { all, get, run } from '../../database/sql.ts';
import { unspacedRanges } from '../../database/unspaced-scripts.ts';

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

/** Chunks of a collection without a vector, after chunk `after`, in the order of their ids. */
export const chunksWithoutVector = `SELECT k.id, k.document_id AS documentId, k.text, k.context
	FROM chunks k INDEXED BY chunks_collection JOIN documents d ON d.id = k.document_id
	WHERE k.collection_id = :collectionId AND k.id > :after AND d.state = 'ready'
		AND NOT EXISTS (SELECT 1 FROM chunk_vectors v WHERE v.chunk_id = k.id)
	ORDER BY k.id LIMIT :limit`;

export function readChunksWithoutVector(
	database: ReadableDatabase,
	collectionId: number,
	after: number,
	limit: number,
): readonly UnembeddedChunk[] {
	return all(database, chunksWithoutVector, { collectionId, after, limit });
}

/** Stores vectors of chunks; those that were deleted meanwhile are left out. Returns how many were stored. */
export function insertVectors(
	database: WritableDatabase,
	collectionId: number,
	vectors: readonly { readonly chunkId: number; readonly documentId: number; readonly vector: Uint8Array }[],
): number {
	let stored = 0;
	for (const { chunkId, documentId, vector } of vectors) {
		const { changes } = run(
			database,
			`INSERT INTO chunk_vectors (chunk_id, collection_id, vector)
				SELECT id, :collectionId, :vector FROM chunks WHERE id = :chunkId ON CONFLICT (chunk_id) DO NOTHING`,
			{ chunkId, collectionId, vector },
		);
		if (changes === 0) continue;
		run(database, 'UPDATE documents SET vectors = vectors + 1 WHERE id = :documentId', { documentId });
		stored += 1;
	}
	return stored;
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
	if (vectorModel === null)
		run(database, 'UPDATE documents SET vectors = 0 WHERE collection_id = :collectionId', { collectionId });
}
