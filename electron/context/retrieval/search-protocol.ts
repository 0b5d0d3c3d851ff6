import type { FailureFacts } from '../../../models/contract/failure.ts';
import type { Neighbour } from './vector-table.ts';
import type { WordSearchResult } from './word-search.ts';

/** The thread's start: the database that it reads. */
export interface SearchThreadData {
	readonly path: string;
}

/** What a search is limited to. */
export interface SearchScope {
	readonly collectionIds: readonly number[];
	readonly documentIds: readonly number[] | null;
	readonly k: number;
}

/** Collections whose vectors are from one model, and the query as that model sees it. */
export interface VectorQuery {
	readonly collectionIds: readonly number[];
	readonly vector: Float32Array;
}

export interface VectorSearchResult {
	/** Nearest first. */
	readonly neighbours: readonly Neighbour[];
	/** Vectors that were compared. */
	readonly compared: number;
}

export type SearchTask =
	| { readonly kind: 'words'; readonly words: readonly string[]; readonly scope: SearchScope }
	| { readonly kind: 'vectors'; readonly queries: readonly VectorQuery[]; readonly scope: SearchScope }
	/** Reads the vectors of collections, so that the first search need not wait for them. */
	| { readonly kind: 'load'; readonly collectionIds: readonly number[] }
	/** Frees the memory of collections that are gone. */
	| { readonly kind: 'forget'; readonly collectionIds: readonly number[] };

export type SearchAnswer<Task extends SearchTask = SearchTask> = Task extends { kind: 'words' }
	? WordSearchResult
	: Task extends { kind: 'vectors' }
		? VectorSearchResult
		: null;

export type SearchRequest = { readonly id: number; readonly task: SearchTask };

export type SearchReply =
	| { readonly id: number; readonly answer: SearchAnswer; readonly ms: number }
	| { readonly id: number; readonly failure: FailureFacts };

/** Location of the thread's code: next to this file in a checkout, or next to the bundle under its name in the build. */
export const defaultSearchEntry = new URL(
	import.meta.url.endsWith('.ts') ? './search-worker.ts' : './search-worker.js',
	import.meta.url,
);
