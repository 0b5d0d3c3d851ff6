import type { Failure } from '../../../models/contract/failure.ts';
import { list, type Said, said, spoken } from '../../../models/contract/said.ts';
import {
	type Passage,
	type SearchCollectionsInput,
	type SearchFilters,
	type SearchMode,
	type SearchResult,
	searchCollectionsInputSchema,
} from '../../contract/documents/schema.ts';
import type { ModelFile } from '../../contract/library/schema.ts';
import { all } from '../../database/sql.ts';
import type { RetrievalContext } from './context.ts';
import { embeddingModelOf, embedQuery, hasVectorsOf } from './embedding-model.ts';
import { embeddingModelMissing } from './embedding-model-missing.ts';
import { type Fused, fuseRanks } from './fuse-ranks.ts';
import { queryWords } from './query-words.ts';
import { isAbout } from './relevance.ts';
import { rerankPassages } from './rerank.ts';
import type { SearchScope, VectorQuery } from './search-protocol.ts';
import { type CollectionRow, getLiveCollection, sourcesInTrash } from './store.ts';
import type { WordSearchResult } from './word-search.ts';

/** Candidates of each list, at least: fusing needs more than the ten that are shown. */
const leastCandidates = 100;

type Context = Pick<RetrievalContext, 'database' | 'library' | 'thread' | 'settings'>;

/**
 * Searches collections by words and by meaning, and returns the best passages, best first. Uses words alone where
 * nothing has a vector yet. Throws Failure `collection-unknown`, `collection-in-trash`, and the failures of models that
 * can't be used; the signal's reason after an abort.
 */
export async function searchCollections(
	context: Context,
	input: SearchCollectionsInput,
	signal?: AbortSignal,
): Promise<SearchResult> {
	const start = performance.now();
	const { collectionIds, query, k, mode: wanted, filters, rerank } = searchCollectionsInputSchema.parse(input);
	const collections = [...new Set(collectionIds)].map((id) => getLiveCollection(context.database, id));
	const searched = {
		chunks: collections.reduce((sum, { chunks }) => sum + chunks, 0),
		vectors: collections.reduce((sum, { vectors }) => sum + vectors, 0),
	};
	const { mode, notice } = usableMode(wanted, searched);
	const documentIds = filteredDocuments(context, collections, filters);
	const candidates = Math.max(leastCandidates, k, rerank?.candidates ?? 0);
	const scope: SearchScope = { collectionIds: collections.map(({ id }) => id), documentIds, k: candidates };
	const words = queryWords(query);
	const nothing: { readonly answer: WordSearchResult; readonly ms: number } = {
		answer: { hits: [], words: [] },
		ms: 0,
	};
	const [byWords, byVectors] = await Promise.all([
		// Also for a search by vectors: the weights of the words tell what a passage has of the query.
		words.length === 0 ? nothing : context.thread.run({ kind: 'words', words, scope }, signal),
		mode === 'bm25' ? null : searchVectors(context, collections, query, scope, mode, signal),
	]);
	const lists = {
		bm25: mode === 'vector' ? [] : byWords.answer.hits,
		vector: byVectors?.neighbours ?? [],
	};
	const fused = fuseRanks([lists.bm25.map(({ chunkId }) => chunkId), lists.vector.map(({ chunkId }) => chunkId)]);
	const scores = {
		bm25: new Map(lists.bm25.map(({ chunkId, bm25 }, index) => [chunkId, { value: bm25, rank: index + 1 }])),
		vector: new Map(lists.vector.map(({ chunkId, cosine }, index) => [chunkId, { value: cosine, rank: index + 1 }])),
	};
	const best = readBest(context, scope.collectionIds, fused, Math.max(k, rerank?.candidates ?? 0));
	let passages = best.map(({ row, id, score }): Passage => {
		const bm25 = scores.bm25.get(id);
		const vector = scores.vector.get(id);
		return {
			...row,
			rank: 0,
			score: mode === 'hybrid' ? score : mode === 'bm25' ? (bm25?.value ?? 0) : (vector?.value ?? 0),
			ranks: { bm25: bm25?.rank ?? null, vector: vector?.rank ?? null, rerank: null },
			scores: { bm25: bm25?.value ?? null, cosine: vector?.value ?? null, rerank: null },
			matched: matchedShare(row, byWords.answer),
		};
	});
	let rerankMs = 0;
	if (rerank !== null && passages.length > 0) {
		const before = performance.now();
		passages = await rerankPassages(context, query, passages, rerank, signal);
		rerankMs = performance.now() - before;
	}
	passages = passages.slice(0, k).map((passage, index) => ({ ...passage, rank: index + 1 }));
	return spoken({
		outcome: passages.some(({ scores, matched }) => isAbout({ matched, cosine: scores.cosine, rating: scores.rerank }))
			? ('found' as const)
			: ('nothing-relevant' as const),
		passages,
		mode,
		notice:
			byVectors === null || byVectors.missing.length === 0
				? notice
				: said`Only words were searched in ${list(byVectors.missing)}: the embedding model is no longer in the library.`,
		searched,
		timing: {
			embed: byVectors?.embedMs ?? 0,
			bm25: byWords.ms,
			vector: byVectors?.ms ?? 0,
			rerank: rerankMs,
			total: performance.now() - start,
		},
	});
}

function usableMode(
	wanted: SearchMode,
	{ chunks, vectors }: SearchResult['searched'],
): { readonly mode: SearchMode; readonly notice: Said | null } {
	if (wanted === 'bm25') return { mode: wanted, notice: null };
	if (vectors === 0)
		return {
			mode: 'bm25',
			notice: chunks === 0 ? null : said`Only words were searched: these documents have no vectors yet.`,
		};
	if (vectors < chunks)
		return {
			mode: wanted,
			notice: said`Only ${vectors} of ${chunks} passages could be searched by meaning; the others are still being indexed.`,
		};
	return { mode: wanted, notice: null };
}

/** Ids of the documents that the filters let through; null: all. */
function filteredDocuments(
	{ database }: Context,
	collections: readonly CollectionRow[],
	{ documentIds, file, from, to }: SearchFilters,
): readonly number[] | null {
	if (documentIds === undefined && file === undefined && from === undefined && to === undefined) return null;
	const sql = `SELECT id FROM documents WHERE collection_id IN (SELECT value FROM json_each(:collections))
		AND state = 'ready'
		AND (:ids IS NULL OR id IN (SELECT value FROM json_each(:ids)))
		AND (:file IS NULL OR instr(lower(title), :file) > 0 OR instr(lower(coalesce(path, '')), :file) > 0)
		AND (:from IS NULL OR coalesce(modified_at, added_at) >= :from)
		AND (:to IS NULL OR coalesce(modified_at, added_at) < :to)`;
	return all<{ id: number }>(database, sql, {
		collections: JSON.stringify(collections.map(({ id }) => id)),
		ids: documentIds === undefined ? null : JSON.stringify(documentIds),
		file: file?.toLowerCase() ?? null,
		from: from ?? null,
		to: to ?? null,
	}).map(({ id }) => id);
}

/** Embeds the query with each model that the collections have vectors of, and compares it with them. */
async function searchVectors(
	context: Context,
	collections: readonly CollectionRow[],
	query: string,
	scope: SearchScope,
	mode: SearchMode,
	signal: AbortSignal | undefined,
) {
	const start = performance.now();
	const missing: string[] = [];
	const models = new Map<string, { readonly model: ModelFile; readonly ids: number[] }>();
	for (const collection of collections) {
		if (collection.vectorModel === null) continue;
		const model = modelOf(context, collection);
		if (model === null) {
			if (mode === 'vector') throw modelMissing(collection);
			missing.push(collection.name);
			continue;
		}
		const entry = models.get(collection.vectorModel) ?? { model, ids: [] };
		entry.ids.push(collection.id);
		models.set(collection.vectorModel, entry);
	}
	const queries: VectorQuery[] = [];
	for (const { model, ids } of models.values()) {
		queries.push({ collectionIds: ids, vector: await embedQuery(context, model, query, signal) });
	}
	const embedMs = performance.now() - start;
	const { answer, ms } = await context.thread.run({ kind: 'vectors', queries, scope }, signal);
	return { ...answer, ms, embedMs, missing };
}

/** Returns the model that a collection's vectors are from, or another file with the same weights; null: none is left. */
function modelOf(context: Context, collection: CollectionRow): ModelFile | null {
	const current = embeddingModelOf(context, collection.settings);
	if (current !== null && hasVectorsOf(collection.vectorModel, current)) return current;
	return (
		context.library.all().find((file) => file.problem === null && hasVectorsOf(collection.vectorModel, file)) ?? null
	);
}

function modelMissing({ name }: CollectionRow): Failure {
	return embeddingModelMissing(said`The model that computed the vectors of “${name}” is no longer in the library.`);
}

type PassageRow = Omit<Passage, 'rank' | 'score' | 'ranks' | 'scores' | 'matched'>;

/** Reads the best `count` passages, and skips those that were deleted during the search. */
function readBest(
	context: Context,
	collectionIds: readonly number[],
	fused: readonly Fused[],
	count: number,
): ReadonlyArray<Fused & { readonly row: PassageRow }> {
	const best: Array<Fused & { readonly row: PassageRow }> = [];
	for (let from = 0; from < fused.length && best.length < count; from += count) {
		const next = fused.slice(from, from + count);
		const rows = readPassages(
			context,
			collectionIds,
			next.map(({ id }) => id),
		);
		for (const one of next) {
			const row = rows.get(one.id);
			if (row !== undefined && best.length < count) best.push({ ...one, row });
		}
	}
	return best;
}

/** Reads passages of these collections; those of documents that were removed meanwhile are not there any more. */
function readPassages(
	{ database }: Context,
	collectionIds: readonly number[],
	ids: readonly number[],
): ReadonlyMap<number, PassageRow> {
	const sql = `SELECT k.id AS chunkId, k.document_id AS documentId, k.collection_id AS collectionId, d.title AS document,
			d.path, k.page, k.last_page AS lastPage, k.heading_path AS heading, k.context, k.start_at AS "start",
			k.end_at AS "end", k.text, k.tokens
		FROM json_each(:ids) i JOIN chunks k ON k.id = i.value JOIN documents d ON d.id = k.document_id
		WHERE k.collection_id IN (SELECT value FROM json_each(:collections)) AND d.state NOT IN ('removed', 'failed')
			AND d.source_id NOT IN (${sourcesInTrash})`;
	const rows = all<Omit<PassageRow, 'heading'> & { heading: string }>(database, sql, {
		ids: JSON.stringify(ids),
		collections: JSON.stringify(collectionIds),
	});
	return new Map(rows.map((row) => [row.chunkId, { ...row, heading: JSON.parse(row.heading) as string[] }]));
}

/** Share of the query's words that a passage has, weighted by how rare they are. */
function matchedShare({ text, context }: Pick<PassageRow, 'text' | 'context'>, { words }: WordSearchResult): number {
	const total = words.reduce((sum, { weight }) => sum + weight, 0);
	if (total === 0) return 0;
	const own = new Set(queryWords(`${context}\n${text}`, Number.MAX_SAFE_INTEGER));
	return words.reduce((sum, { word, weight }) => sum + (own.has(word) ? weight : 0), 0) / total;
}
