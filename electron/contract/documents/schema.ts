import { z } from 'zod';
import { failureSchema } from '../../../models/contract/failure.ts';
import { saidSchema } from '../../../models/contract/said-schema.ts';
import { maxPageCharacters } from '../writing/schema.ts';

/** Longest text that can be pasted into a collection, characters. */
export const maxPastedCharacters = maxPageCharacters;

/** How documents of a collection are cut and found. */
export const collectionSettingsSchema = z.object({
	/** Longest chunk, in tokens of the embedding model, which limits it to its own context. */
	chunkTokens: z.int().min(16).max(4_096),
	/** Tokens at the end of a chunk that the next one repeats. */
	overlapTokens: z.int().min(0).max(1_024),
	/** Whether chunks get vectors; without them, search is by words. */
	vectors: z.boolean(),
	/** The embedding model; null: the default one, and none until the library has one. */
	embeddingModelId: z.int().nullable(),
});

/** MiniLM was trained on 256 tokens, two of them special. */
export const defaultCollectionSettings: CollectionSettings = {
	chunkTokens: 254,
	overlapTokens: 32,
	vectors: true,
	embeddingModelId: null,
};

/** Settings to change; the others stay. */
export const collectionChangesSchema = collectionSettingsSchema.partial();

/** Where the documents of a collection come from. */
export const documentSourceSchema = z.object({
	id: z.int(),
	kind: z.enum(['file', 'folder', 'upload', 'text', 'conversation', 'dataset']),
	/** Of a file or folder; null: none. */
	path: z.string().nullable(),
	conversationId: z.int().nullable(),
	datasetId: z.int().nullable(),
	/** Column of the dataset. */
	column: z.string().nullable(),
	/** Whether changes of the file or folder are noticed and read. */
	watched: z.boolean(),
	documents: z.int(),
	/** Why it can't be reached now, for example a folder that was moved. */
	failure: failureSchema.nullable(),
});

export const collectionSchema = z.object({
	id: z.int(),
	name: z.string(),
	settings: collectionSettingsSchema,
	/** All documents: ready, waiting and failed. */
	documents: z.int(),
	/** Documents still to be read or cut into chunks. */
	waiting: z.int(),
	failed: z.int(),
	chunks: z.int(),
	/** Chunks with a vector; search by meaning covers only these. */
	vectors: z.int(),
	/** Length of all texts. */
	characters: z.int(),
	/** The model that the vectors are from, or will be; null: none. */
	embeddingModel: z.object({ id: z.int(), name: z.string() }).nullable(),
	/** The job that reads and indexes it now; null: none. */
	jobId: z.string().nullable(),
	createdAt: z.int(),
	updatedAt: z.int(),
	/** null: not in the trash. */
	deletedAt: z.int().nullable(),
	/** In the trash: when it is deleted for good; null: only by hand. */
	goneAt: z.int().nullable(),
});

export const documentSchema = z.object({
	id: z.int(),
	collectionId: z.int(),
	sourceId: z.int(),
	title: z.string(),
	/** Path of the file it is read from; null: it has none. */
	path: z.string().nullable(),
	/** Its format, for example `pdf`; null until it was read. */
	format: z.string().nullable(),
	/**
	 * `waiting`: to be read; `indexing`: being read and cut; `ready`: words are found; `failed`: can't be read, see
	 * `failure`; `removed`: taken out by the user, until the trash is emptied.
	 */
	state: z.enum(['waiting', 'indexing', 'ready', 'failed', 'removed']),
	failure: failureSchema.nullable(),
	/** Number of pages; null: it has none. */
	pages: z.int().nullable(),
	sizeBytes: z.int(),
	characters: z.int(),
	tokens: z.int(),
	chunks: z.int(),
	/** Chunks with a vector. */
	vectors: z.int(),
	/** The file's own time of change; null: it has none. */
	modifiedAt: z.int().nullable(),
	addedAt: z.int(),
	/** When its chunks were written; null: not yet. */
	indexedAt: z.int().nullable(),
});

/** Part of a document. Offsets are UTF-16 units in the document's text. */
export const chunkSchema = z.object({
	id: z.int(),
	documentId: z.int(),
	position: z.int(),
	text: z.string(),
	start: z.int(),
	end: z.int(),
	/** Numbers of the pages it begins and ends on, from 1; null: the document has none. */
	page: z.int().nullable(),
	lastPage: z.int().nullable(),
	/** Headings above it, from the outermost. */
	heading: z.array(z.string()),
	/** What lies before it and explains it, such as headings or a table's header row; '': nothing. */
	context: z.string(),
	/** Of context and text together. */
	tokens: z.int(),
});

export const searchModeSchema = z.enum(['hybrid', 'bm25', 'vector']);

/** How passages are rated again after the search: by a reranker, or by a language model's probability of “yes”. */
export const rerankSchema = z.object({
	modelFileId: z.int(),
	/** Passages that are rated. */
	candidates: z.int().min(1).max(200).default(30),
});

export const searchFiltersSchema = z.object({
	documentIds: z.array(z.int()).max(10_000).optional(),
	/** Part of a document's path or title, in any case. */
	file: z.string().max(1_000).optional(),
	/** Documents changed from this time on, inclusive, ms since 1970. */
	from: z.int().optional(),
	/** Documents changed before this time, exclusive, ms since 1970. */
	to: z.int().optional(),
});

export const searchCollectionsInputSchema = z.object({
	collectionIds: z.array(z.int()).min(1).max(1_000),
	query: z.string().max(100_000),
	k: z.int().min(1).max(200).default(10),
	mode: searchModeSchema.default('hybrid'),
	filters: searchFiltersSchema.default({}),
	rerank: rerankSchema.nullable().default(null),
});

/** A chunk that a search found. */
export const passageSchema = z.object({
	chunkId: z.int(),
	documentId: z.int(),
	collectionId: z.int(),
	/** Title of the document. */
	document: z.string(),
	path: z.string().nullable(),
	page: z.int().nullable(),
	lastPage: z.int().nullable(),
	heading: z.array(z.string()),
	context: z.string(),
	start: z.int(),
	end: z.int(),
	text: z.string(),
	tokens: z.int(),
	/** From 1. */
	rank: z.int(),
	/** What the order follows: the reranker's rating, else the fused rank (hybrid), BM25 or cosine. Higher is better. */
	score: z.number(),
	/** Ranks from 1 in each list; null: not in it. */
	ranks: z.object({ bm25: z.int().nullable(), vector: z.int().nullable(), rerank: z.int().nullable() }),
	/** BM25 as FTS5 computes it, positive; cosine with the query; the reranker's rating from 0 to 1. */
	scores: z.object({
		bm25: z.number().nullable(),
		cosine: z.number().nullable(),
		rerank: z.number().nullable(),
	}),
	/** Share of the query's words that occur in it, weighted by how rare they are: 0 to 1. */
	matched: z.number(),
});

export const searchResultSchema = z.object({
	/** `nothing-relevant`: `passages` holds the closest ones all the same, but none of them is likely to help. */
	outcome: z.enum(['found', 'nothing-relevant']),
	passages: z.array(passageSchema),
	/** The mode that was used: `bm25` where nothing has a vector yet. */
	mode: searchModeSchema,
	/** Why another mode than the requested one was used, or why some documents could not be found; null: nothing to say. */
	notice: z.string().nullable(),
	/** Chunks that were searched, and those of them with a vector. */
	searched: z.object({ chunks: z.int(), vectors: z.int() }),
	/** ms */
	timing: z.object({
		embed: z.number(),
		bm25: z.number(),
		vector: z.number(),
		rerank: z.number(),
		total: z.number(),
	}),
	/** Messages of these texts, by which the page words them in its language. */
	said: z.array(saidSchema).optional(),
});

/** A passage with the text around it. Offsets are UTF-16 units in the document's text. */
export const surroundingsSchema = z.object({
	document: documentSchema,
	chunk: chunkSchema,
	/** Part of the document's text, from `start` on; the chunk lies within. */
	text: z.string(),
	start: z.int(),
	end: z.int(),
	/** Pages that `text` touches: number, and where each begins in the document's text. */
	pages: z.array(z.object({ number: z.int(), start: z.int() })),
});

/** An embedding model that collections can use. */
export const embeddingModelSchema = z.object({
	modelFileId: z.int(),
	name: z.string(),
	sizeBytes: z.int(),
	contextLength: z.int().nullable(),
	/** Used where a collection names none. */
	isDefault: z.boolean(),
});

export type CollectionSettings = z.infer<typeof collectionSettingsSchema>;
export type CollectionChanges = z.infer<typeof collectionChangesSchema>;
export type DocumentSource = z.infer<typeof documentSourceSchema>;
export type Collection = z.infer<typeof collectionSchema>;
export type Document = z.infer<typeof documentSchema>;
export type Chunk = z.infer<typeof chunkSchema>;
export type SearchMode = z.infer<typeof searchModeSchema>;
export type SearchFilters = z.infer<typeof searchFiltersSchema>;
/** What a caller may leave out has its default. */
export type SearchCollectionsInput = z.input<typeof searchCollectionsInputSchema>;
export type Passage = z.infer<typeof passageSchema>;
export type SearchResult = z.infer<typeof searchResultSchema>;
export type Surroundings = z.infer<typeof surroundingsSchema>;
export type EmbeddingModel = z.infer<typeof embeddingModelSchema>;
