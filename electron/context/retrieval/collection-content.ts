import { createHash } from 'node:crypto';
import type { ReadableDatabase } from '../../database/database.ts';
import { all, get } from '../../database/sql.ts';
import { getLiveCollection } from './store.ts';

/** What a search in a collection depends on. */
export interface CollectionContent {
	readonly name: string;
	/** Documents that can be searched. */
	readonly documents: number;
	/** Documents that are still being read. */
	readonly waiting: number;
	readonly chunks: number;
	/** Chunks with a vector, and whether there should be vectors at all. */
	readonly vectors: number;
	readonly wantsVectors: boolean;
	/** Names the model that the vectors are from, as `hasVectorsOf` tells; null: there are none. */
	readonly vectorModel: string | null;
	/** Of titles, contents and how they are cut; with `vectors`, also of what computed those. Hex. */
	readonly sha256: string;
}

/** Tokens of a document's delimiters, number and title. */
const blockTokens = 40;
/** Characters per token of running English text in the vocabularies of small models. */
const charactersPerToken = 4;

/** Estimates the tokens of all of a collection's documents in a prompt: each model counts a little differently. */
export function wholeCollectionTokens(database: ReadableDatabase, collectionId: number): number {
	const { documents, characters, tokens } = get<{ documents: number; characters: number; tokens: number }>(
		database,
		`SELECT count(*) AS documents, coalesce(sum(characters), 0) AS characters, coalesce(sum(tokens), 0) AS tokens
			FROM documents WHERE collection_id = :collectionId AND state = 'ready'`,
		{ collectionId },
	)!;
	return Math.max(tokens, characters / charactersPerToken) + documents * blockTokens;
}

/**
 * Identifies what a collection holds now: equal hashes mean that a search finds the same. Throws Failure
 * `collection-unknown`, `collection-in-trash`.
 */
export function readCollectionContent(
	database: ReadableDatabase,
	collectionId: number,
	{ vectors }: { readonly vectors: boolean },
): CollectionContent {
	const collection = getLiveCollection(database, collectionId);
	const rows = all<{ title: string; sha256: string | null; chunks: number }>(
		database,
		`SELECT title, sha256, chunks FROM documents WHERE collection_id = :collectionId AND state = 'ready'
			ORDER BY title, sha256, id`,
		{ collectionId },
	);
	const { chunkTokens, overlapTokens } = collection.settings;
	const hash = createHash('sha256').update(JSON.stringify([chunkTokens, overlapTokens]));
	for (const row of rows) hash.update(`\n${JSON.stringify([row.title, row.sha256, row.chunks])}`);
	if (vectors && collection.vectors > 0) hash.update(`\n${collection.vectorModel} ${collection.vectors}`);
	return {
		name: collection.name,
		documents: rows.length,
		waiting: collection.waiting,
		chunks: collection.chunks,
		vectors: collection.vectors,
		wantsVectors: collection.settings.vectors,
		vectorModel: collection.vectorModel,
		sha256: hash.digest('hex'),
	};
}
