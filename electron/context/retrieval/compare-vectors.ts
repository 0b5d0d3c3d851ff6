import { takeTurns } from '../../jobs/take-turns.ts';
import type { RetrievalContext } from './context.ts';
import { defaultEmbeddingModel, embedQuery, hasVectorsOf } from './embedding-model.ts';
import { packedCosine } from './packed-vector.ts';

/** Ids whose vectors are read at once. */
const readAtOnce = 200;

interface StoredVector {
	/** Key of the weights that computed it. */
	readonly model: string;
	readonly vector: Uint8Array;
}

/** Reads stored vectors by id, and names each row. */
export interface VectorTable<Row extends StoredVector, Key> {
	read(ids: readonly number[]): readonly Row[];
	keyOf(row: Row): Key;
}

/**
 * Compares stored vectors with a text in meaning, a few at a time between other work. Returns the cosine of each that is
 * from the default embedding model; null: there is no such model, or none has a vector from it.
 */
export async function compareVectors<Row extends StoredVector, Key>(
	context: Pick<RetrievalContext, 'library' | 'settings'>,
	text: string,
	ids: readonly number[],
	{ read, keyOf }: VectorTable<Row, Key>,
	signal: AbortSignal | undefined,
): Promise<ReadonlyMap<Key, number> | null> {
	const model = defaultEmbeddingModel(context);
	if (model === null) return null;
	const vectors = new Map<Key, Uint8Array>();
	const turn = takeTurns();
	for (let from = 0; from < ids.length; from += readAtOnce) {
		await turn();
		for (const row of read(ids.slice(from, from + readAtOnce))) {
			if (hasVectorsOf(row.model, model)) vectors.set(keyOf(row), row.vector);
		}
	}
	if (vectors.size === 0) return null;
	const query = await embedQuery(context, model, text, signal);
	const cosines = new Map<Key, number>();
	for (const [key, vector] of vectors) {
		cosines.set(key, packedCosine(vector, query));
		await turn();
	}
	return cosines;
}
