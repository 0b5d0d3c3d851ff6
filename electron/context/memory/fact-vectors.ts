import { setTimeout as wait } from 'node:timers/promises';
import type { ModelFile } from '../../contract/library/schema.ts';
import type { ReadableDatabase, WritableDatabase } from '../../database/database.ts';
import { all, run } from '../../database/sql.ts';
import type { Lane } from '../../jobs/lane.ts';
import { type ChatActivity, runWhileChatIdle } from '../../jobs/yield-to-chat.ts';
import { compareVectors } from '../retrieval/compare-vectors.ts';
import type { RetrievalContext } from '../retrieval/context.ts';
import { defaultEmbeddingModel, embedTexts, hasVectorsOf, vectorModelKey } from '../retrieval/embedding-model.ts';
import { packVector } from '../retrieval/packed-vector.ts';

type Context = Pick<RetrievalContext, 'database' | 'library' | 'settings'>;

/** Facts of one call to the embedding model: the query of a message waits for at most one call. */
const embeddedAtOnce = 8;
/** How long facts must have been left alone before they get their vectors, ms. */
const usualIdleMs = 4_000;

export const factVectors = `SELECT v.fact_id AS id, v.vector_model AS model, v.vector
  FROM json_each(:ids) i CROSS JOIN fact_vectors v ON v.fact_id = i.value`;

export const factsWithVectors = `SELECT f.id, f.text, v.vector_model AS model FROM facts f INDEXED BY facts_usable
  LEFT JOIN fact_vectors v ON v.fact_id = f.id WHERE f.state = 'accepted' AND f.deleted_at IS NULL`;

interface VectorRow {
	readonly id: number;
	readonly model: string;
	readonly vector: Uint8Array;
}

/** What facts mean. */
export interface FactVectors {
	/** Compares facts with a text, nearest in meaning first; none without an embedding model. */
	nearest(text: string, ids: readonly number[], signal: AbortSignal | undefined): Promise<readonly FactCosine[]>;
}

export interface FactCosine {
	readonly id: number;
	readonly cosine: number;
}

export function createFactVectors(context: Context): FactVectors {
	const { database } = context;
	return {
		async nearest(text, ids, signal) {
			if (text.trim() === '') return [];
			const table = {
				read: (some: readonly number[]) => all<VectorRow>(database, factVectors, { ids: JSON.stringify(some) }),
				keyOf: ({ id }: VectorRow) => id,
			};
			const cosines = (await compareVectors(context, text, ids, table, signal)) ?? new Map<number, number>();
			const near = Array.from(cosines, ([id, cosine]) => ({ id, cosine }));
			return near.toSorted((one, other) => other.cosine - one.cosine || other.id - one.id);
		},
	};
}

/** Embeds accepted facts that have no vector yet, if there is an embedding model. Vectors stored before an abort stay. */
export async function embedFacts(context: Context, signal: AbortSignal): Promise<void> {
	const { database } = context;
	const model = defaultEmbeddingModel(context);
	if (model === null) return;
	const missing = factsWithoutVector(database, model);
	for (let from = 0; from < missing.length; from += embeddedAtOnce) {
		signal.throwIfAborted();
		const some = missing.slice(from, from + embeddedAtOnce);
		const vectors = await embedTexts(
			context,
			model,
			some.map(({ text }) => text),
			signal,
		);
		for (const [index, fact] of some.entries()) {
			storeVector(database, fact, vectorModelKey(model), packVector(vectors[index] ?? new Float32Array()));
		}
	}
}

/**
 * Gives facts their vectors in idle time: those of an earlier process, new ones, and all when the embedding model changes.
 * It gives way to a chat that begins.
 */
export function followFacts(
	context: Context & ChatActivity & Pick<RetrievalContext, 'log'>,
	lane: Lane,
	{ idleMs = usualIdleMs }: { readonly idleMs?: number } = {},
): { close(): Promise<void> } {
	const { database, events, settings, log } = context;
	const closing = new AbortController();
	let waiting: AbortController | null = null;
	let running: Promise<void> = Promise.resolve();

	function isNeeded(): boolean {
		const model = settings().memoryOn ? defaultEmbeddingModel(context) : null;
		return model !== null && factsWithoutVector(database, model).length > 0;
	}

	/** Waits until facts and models are left alone; another change restarts the wait. */
	function schedule(): void {
		waiting?.abort();
		waiting = new AbortController();
		const signal = AbortSignal.any([closing.signal, waiting.signal]);
		wait(idleMs, undefined, { signal, ref: false }).then(
			() => start().catch((error: unknown) => closing.signal.aborted || log(`memory: no vectors: ${String(error)}`)),
			// Something changed, or the application is closing.
			() => {},
		);
	}

	async function start(): Promise<void> {
		if (!isNeeded()) return;
		await lane(async () => {
			if (closing.signal.aborted) return;
			running = runWhileChatIdle(context, closing.signal, (undisturbed) => embedFacts(context, undisturbed));
			await running;
		});
	}

	const causes = new Set(['memory-changed', 'models-changed', 'settings-changed', 'data-replaced']);
	const unsubscribe = events.subscribe(({ type }) => {
		if (causes.has(type)) schedule();
	});
	schedule();
	return {
		async close() {
			unsubscribe();
			closing.abort(new Error('the application ends'));
			await running.catch(() => {});
		},
	};
}

function factsWithoutVector(
	database: ReadableDatabase,
	file: ModelFile,
): readonly { readonly id: number; readonly text: string }[] {
	return all<{ id: number; text: string; model: string | null }>(database, factsWithVectors).filter(
		({ model }) => !hasVectorsOf(model, file),
	);
}

/** Stores a vector unless the fact has been edited or forgotten since its text was read. */
function storeVector(
	database: WritableDatabase,
	{ id, text }: { readonly id: number; readonly text: string },
	model: string,
	vector: Uint8Array,
): void {
	run(
		database,
		`INSERT INTO fact_vectors (fact_id, vector_model, vector)
		 SELECT id, :model, :vector FROM facts
		   WHERE id = :id AND text = :text AND state = 'accepted' AND deleted_at IS NULL
		 ON CONFLICT (fact_id) DO UPDATE SET vector_model = excluded.vector_model, vector = excluded.vector`,
		{ id, text, model, vector },
	);
}
