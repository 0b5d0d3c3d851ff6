import type { ReadableDatabase } from '../../database/database.ts';
import { all, each, get } from '../../database/sql.ts';
import type { SearchScope, VectorQuery, VectorSearchResult } from './search-protocol.ts';
import { VectorTable } from './vector-table.ts';

/** The vectors of a collection, as they were when its `revision` was read. */
interface Loaded {
	revision: number;
	readonly model: string;
	readonly table: VectorTable;
	/** The newest chunk that was read. */
	last: number;
}

interface CollectionFacts {
	readonly revision: number;
	readonly model: string | null;
	readonly dimensions: number | null;
}

interface VectorRow {
	readonly chunkId: number;
	readonly documentId: number;
	readonly vector: Uint8Array;
}

/** Vectors of a collection after chunk `after`, in the order of the chunks. */
export const newerVectors = `SELECT v.chunk_id AS chunkId, k.document_id AS documentId, v.vector
	FROM chunk_vectors v INDEXED BY chunk_vectors_collection JOIN chunks k ON k.id = v.chunk_id
	WHERE v.collection_id = :collectionId AND v.chunk_id > :after ORDER BY v.chunk_id`;

const one = `SELECT v.chunk_id AS chunkId, k.document_id AS documentId, v.vector
	FROM chunk_vectors v JOIN chunks k ON k.id = v.chunk_id WHERE v.chunk_id = :chunkId`;

const ids = 'SELECT chunk_id AS chunkId FROM chunk_vectors WHERE collection_id = :collectionId';

const counted = 'SELECT count(*) AS n FROM chunk_vectors WHERE collection_id = :collectionId';

/** Holds the vectors of the collections that were searched, and reads what changed before each search. */
export class VectorIndex {
	readonly #database: ReadableDatabase;
	readonly #loaded = new Map<number, Loaded>();

	constructor(database: ReadableDatabase) {
		this.#database = database;
	}

	search(queries: readonly VectorQuery[], { documentIds, k }: SearchScope): VectorSearchResult {
		const wanted = documentIds === null ? null : new Set(documentIds);
		const accepts = wanted === null ? null : (id: number): boolean => wanted.has(id);
		let compared = 0;
		const found = queries.flatMap(({ collectionIds, vector }) =>
			collectionIds.flatMap((collectionId) => {
				const table = this.#current(collectionId);
				if (table === null) return [];
				compared += table.count;
				return table.nearest(vector, k, accepts);
			}),
		);
		found.sort((a, b) => b.cosine - a.cosine || a.chunkId - b.chunkId);
		return { neighbours: found.slice(0, k), compared };
	}

	load(collectionIds: readonly number[]): void {
		for (const id of collectionIds) this.#current(id);
	}

	forget(collectionIds: readonly number[]): void {
		for (const id of collectionIds) this.#loaded.delete(id);
	}

	#current(collectionId: number): VectorTable | null {
		const sql = 'SELECT revision, vector_model AS model, dimensions FROM collections WHERE id = :collectionId';
		const facts = get<CollectionFacts>(this.#database, sql, { collectionId });
		if (facts === undefined || facts.model === null || facts.dimensions === null) {
			this.#loaded.delete(collectionId);
			return null;
		}
		let loaded = this.#loaded.get(collectionId);
		if (loaded?.model !== facts.model) {
			loaded = { revision: -1, model: facts.model, table: new VectorTable(facts.dimensions), last: 0 };
			this.#loaded.set(collectionId, loaded);
		}
		if (loaded.revision !== facts.revision) this.#update(collectionId, loaded, facts.revision);
		return loaded.table;
	}

	/** Chunks never change and their numbers are never used twice, so most changes are new ones at the end. */
	#update(collectionId: number, loaded: Loaded, revision: number): void {
		const { table } = loaded;
		const there = get<{ n: number }>(this.#database, counted, { collectionId })?.n ?? 0;
		table.reserve(there);
		for (const row of each<VectorRow>(this.#database, newerVectors, { collectionId, after: loaded.last })) {
			table.set(row.chunkId, row.documentId, row.vector);
			loaded.last = row.chunkId;
		}
		if (table.count !== there) this.#compare(collectionId, loaded);
		loaded.revision = revision;
	}

	/** Removes vectors that are gone, and reads those between others. */
	#compare(collectionId: number, { table }: Loaded): void {
		const there = new Set(
			all<{ chunkId: number }>(this.#database, ids, { collectionId }).map(({ chunkId }) => chunkId),
		);
		for (const chunkId of [...table.chunkIds()]) if (!there.has(chunkId)) table.delete(chunkId);
		for (const chunkId of there) {
			if (table.has(chunkId)) continue;
			const row = get<VectorRow>(this.#database, one, { chunkId });
			if (row !== undefined) table.set(row.chunkId, row.documentId, row.vector);
		}
	}
}
