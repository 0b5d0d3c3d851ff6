import type { ReadableDatabase } from '../../database/database.ts';
import { openWordCounts } from '../../database/full-text-indexes.ts';
import { all, get } from '../../database/sql.ts';

/** How rare a word of the query is. */
export interface WordWeight {
	readonly word: string;
	/** Chunks of all collections that contain it. */
	readonly chunks: number;
	/** How much it tells, above 0: the rarer, the more. */
	readonly weight: number;
}

export interface WordHit {
	readonly chunkId: number;
	/** BM25 as FTS5 computes it, positive: higher is better. */
	readonly bm25: number;
}

export interface WordSearchResult {
	/** Best first. */
	readonly hits: readonly WordHit[];
	readonly words: readonly WordWeight[];
}

/** What a search by words is limited to. */
export interface WordSearchScope {
	readonly collectionIds: readonly number[];
	/** null: all documents of the collections. */
	readonly documentIds: readonly number[] | null;
	readonly k: number;
}

/** Chunks that are scored at most: each takes 1 to 3 µs. A share of all is added, since larger collections may take longer. */
const leastBudget = 4_000;
const budgetShare = 0.005;

/** Chunks with common words that are read at most, to add those words' weight, as a multiple of the budget. */
const commonShare = 3;

/** Counts of a word stay good until so many chunks came or went, as a share. */
const countsValidFor = 0.02;

/** A selection of less than this share of all chunks is limited within the index; reading its list is then cheap. */
const smallSelection = 0.3;

/** Chunks of the selection, without sorting; `:query` limits them. */
const scored = `SELECT rowid AS chunkId, -rank AS bm25 FROM chunks_fts
	WHERE chunks_fts MATCH :query ORDER BY rank LIMIT :limit`;
const scoredWithin = `SELECT f.rowid AS chunkId, -f.rank AS bm25 FROM chunks_fts f JOIN chunks k ON k.id = f.rowid
	WHERE chunks_fts MATCH :query AND k.collection_id IN (SELECT value FROM json_each(:collections))
		AND (:documents IS NULL OR k.document_id IN (SELECT value FROM json_each(:documents)))
	ORDER BY f.rank LIMIT :limit`;
const firstMatches = `SELECT rowid AS chunkId, -rank AS bm25 FROM chunks_fts WHERE chunks_fts MATCH :query LIMIT :limit`;
/** The limit counts chunks of the selection alone: those before them may all be of other documents. */
const firstMatchesWithin = `SELECT f.rowid AS chunkId, -f.rank AS bm25 FROM chunks_fts f CROSS JOIN chunks k ON k.id = f.rowid
	WHERE chunks_fts MATCH :query AND f.rowid BETWEEN :first AND :last
		AND k.collection_id IN (SELECT value FROM json_each(:collections))
		AND (:documents IS NULL OR k.document_id IN (SELECT value FROM json_each(:documents)))
	LIMIT :limit`;
/** Chunks of a document have neighbouring numbers: the index then reads only these. */
const span = `SELECT coalesce(min(k.id), 1) AS first, coalesce(max(k.id), 0) AS last
	FROM json_each(:documents) d JOIN chunks k ON k.document_id = d.value`;
const everyChunk = { first: 0, last: Number.MAX_SAFE_INTEGER };

/**
 * Searches chunks by words, scored by BM25 over all chunks. FTS5 computes a score for every chunk that contains any of
 * the words, which takes a second if most chunks do. Where it would take too long, the rare words choose the chunks, and
 * common ones only add to their scores; a word in more than half of all chunks, to which BM25 gives next to no weight,
 * is left out. Where every word is common, chunks must contain all of them.
 */
export class WordSearch {
	readonly #database: ReadableDatabase;
	readonly #counts = new Map<string, number>();
	#countedAt = 0;

	constructor(database: ReadableDatabase) {
		this.#database = database;
		openWordCounts(database, 'chunks_fts', 'chunks_words');
	}

	search(words: readonly string[], scope: WordSearchScope): WordSearchResult {
		const total = this.#chunks(null);
		const weights = words.map((word) => this.#weigh(word, total)).filter(({ chunks }) => chunks > 0);
		const sorted = weights.toSorted((a, b) => a.chunks - b.chunks);
		const budget = Math.round(leastBudget + total * budgetShare);
		const isQuick = withinBudget(sorted, budget).length === sorted.length;
		const useful = isQuick ? sorted : sorted.filter(({ chunks }) => chunks * 2 < total);
		return { hits: useful.length === 0 ? [] : this.#hits(useful, scope, total, budget), words: weights };
	}

	#hits(useful: readonly WordWeight[], scope: WordSearchScope, total: number, budget: number): readonly WordHit[] {
		const rare = withinBudget(useful, budget);
		const everything = scope.documentIds === null && this.#areAll(scope.collectionIds);
		const selected = this.#chunks(scope.collectionIds);
		const place =
			selected < total * smallSelection ? ` AND {place} : (${anyOf(scope.collectionIds.map((id) => `c${id}`))})` : '';
		if (rare.length === 0) {
			const every = this.#firstMatches(`${everyOf(useful)}${place}`, scope, everything, budget);
			if (every.length >= scope.k || useful.length === 1) return every.slice(0, scope.k);
			const rarest = this.#firstMatches(`${everyOf(useful.slice(0, 1))}${place}`, scope, everything, budget);
			return merged(every, rarest).slice(0, scope.k);
		}
		const common = withinBudget(useful.slice(rare.length), budget * commonShare);
		const query = `${oneOf(rare)}${place}`;
		if (common.length === 0) return this.#scored(query, scope, everything, scope.k);
		// Each word counts once: chunks without common words are scored by the first query, the others by the second.
		const scores = new Map(this.#scored(query, scope, everything, budget).map(({ chunkId, bm25 }) => [chunkId, bm25]));
		const both = `${oneOf(rare)} AND ${oneOf(common)}${place}`;
		for (const { chunkId, bm25 } of this.#scored(both, scope, everything, budget)) scores.set(chunkId, bm25);
		return [...scores]
			.map(([chunkId, bm25]) => ({ chunkId, bm25 }))
			.toSorted((a, b) => b.bm25 - a.bm25 || a.chunkId - b.chunkId)
			.slice(0, scope.k);
	}

	#scored(query: string, scope: WordSearchScope, everything: boolean, limit: number): readonly WordHit[] {
		if (everything) return all(this.#database, scored, { query, limit });
		return all(this.#database, scoredWithin, { query, limit, ...parametersOf(scope) });
	}

	#firstMatches(query: string, scope: WordSearchScope, everything: boolean, limit: number): readonly WordHit[] {
		return this.#readFirstMatches(query, scope, everything, limit).toSorted(
			(a, b) => b.bm25 - a.bm25 || a.chunkId - b.chunkId,
		);
	}

	#readFirstMatches(query: string, scope: WordSearchScope, everything: boolean, limit: number): readonly WordHit[] {
		if (everything) return all(this.#database, firstMatches, { query, limit });
		const { collections, documents } = parametersOf(scope);
		const range = documents === null ? everyChunk : get<typeof everyChunk>(this.#database, span, { documents });
		return all(this.#database, firstMatchesWithin, { query, limit, collections, documents, ...(range ?? everyChunk) });
	}

	#weigh(word: string, total: number): WordWeight {
		if (Math.abs(total - this.#countedAt) > total * countsValidFor) {
			this.#counts.clear();
			this.#countedAt = total;
		}
		let chunks = this.#counts.get(word);
		if (chunks === undefined) {
			const sql = 'SELECT doc AS chunks FROM chunks_words WHERE term = :word';
			chunks = get<{ chunks: number }>(this.#database, sql, { word })?.chunks ?? 0;
			// A word that nothing contains may come with the next document, or the next edit of one.
			if (chunks > 0) this.#counts.set(word, chunks);
		}
		// Chunks of a document that is still being indexed are found before they are in its sum.
		const others = Math.max(0, total - chunks);
		return { word, chunks, weight: Math.log(1 + (others + 0.5) / (chunks + 0.5)) };
	}

	/** Whether these are all collections, those in the trash included: then nothing that is found is of another. */
	#areAll(collectionIds: readonly number[]): boolean {
		const sql = 'SELECT 1 FROM collections WHERE id NOT IN (SELECT value FROM json_each(:ids))';
		return get(this.#database, sql, { ids: JSON.stringify(collectionIds) }) === undefined;
	}

	/** Without those of documents that are being indexed: good for choosing a way to search, not for what is found. */
	#chunks(collectionIds: readonly number[] | null): number {
		const sql = `SELECT coalesce(sum(chunks), 0) AS n FROM collections
			WHERE :collections IS NULL OR id IN (SELECT value FROM json_each(:collections))`;
		const collections = collectionIds === null ? null : JSON.stringify(collectionIds);
		return get<{ n: number }>(this.#database, sql, { collections })?.n ?? 0;
	}
}

function parametersOf({ collectionIds, documentIds }: WordSearchScope) {
	return {
		collections: JSON.stringify(collectionIds),
		documents: documentIds === null ? null : JSON.stringify(documentIds),
	};
}

/** The first words whose chunks, added up, stay within the budget. */
function withinBudget(words: readonly WordWeight[], budget: number): readonly WordWeight[] {
	let chunks = 0;
	const end = words.findIndex((word) => {
		chunks += word.chunks;
		return chunks > budget;
	});
	return end === -1 ? words : words.slice(0, end);
}

function merged(first: readonly WordHit[], then: readonly WordHit[]): WordHit[] {
	const known = new Set(first.map(({ chunkId }) => chunkId));
	return [...first, ...then.filter(({ chunkId }) => !known.has(chunkId))];
}

function anyOf(words: readonly string[]): string {
	return words.map((word) => `"${word.replaceAll('"', '""')}"`).join(' OR ');
}

function oneOf(words: readonly WordWeight[]): string {
	return `{text context} : (${anyOf(words.map(({ word }) => word))})`;
}

function everyOf(words: readonly WordWeight[]): string {
	return `{text context} : (${words.map(({ word }) => `"${word.replaceAll('"', '""')}"`).join(' AND ')})`;
}
