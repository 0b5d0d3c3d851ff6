import type { ReadableDatabase, WritableDatabase } from '../../database/database.ts';
import { all, run, transaction } from '../../database/sql.ts';
import { takeTurns } from '../../jobs/take-turns.ts';
import { compareVectors } from '../retrieval/compare-vectors.ts';
import type { RetrievalContext } from '../retrieval/context.ts';
import { defaultEmbeddingModel, embedTexts, hasVectorsOf, vectorModelKey } from '../retrieval/embedding-model.ts';
import { packVector } from '../retrieval/packed-vector.ts';
import { cutMessage, type PastLibrary, type PastMessage, type PastPassage } from './past-source.ts';

type Context = Pick<RetrievalContext, 'database' | 'library' | 'settings'>;

/** Passages of one call to the embedding model: the query of a message waits for at most one call. */
const embeddedAtOnce = 8;

export const pastMessages = `SELECT m.id, m.role, m.content AS text, m.created_at AS at
  FROM json_each(:ids) i CROSS JOIN messages m ON m.id = i.value ORDER BY i.key`;

export const pastVectors = `SELECT v.message_id AS messageId, v.position, v.vector_model AS model, v.vector
  FROM json_each(:ids) i CROSS JOIN past_vectors v ON v.message_id = i.value`;

export const pastVectorModels = `SELECT v.message_id AS messageId, v.vector_model AS model
  FROM json_each(:ids) i CROSS JOIN past_vectors v ON v.message_id = i.value`;

interface VectorRow {
	readonly messageId: number;
	readonly position: number;
	readonly model: string;
	readonly vector: Uint8Array;
}

/** The messages of stored conversations, and vectors of their passages. */
export function createConversationPast(context: Context): PastLibrary {
	const { database } = context;
	return {
		read: (ids) => readMessages(database, ids),
		async cosines(query, passages, signal) {
			const ids = [...new Set(passages.map(({ messageId }) => messageId))];
			const table = {
				read: (some: readonly number[]) => all<VectorRow>(database, pastVectors, { ids: JSON.stringify(some) }),
				keyOf: (row: VectorRow) => placeOf(row),
			};
			const cosines = await compareVectors(context, query, ids, table, signal);
			return cosines === null ? null : passages.map((passage) => cosines.get(placeOf(passage)) ?? null);
		},
	};
}

/**
 * Gives the passages of these messages the vectors that they lack, if there is an embedding model. What was stored before
 * an abort stays.
 */
export async function embedPast(context: Context, messageIds: readonly number[], signal: AbortSignal): Promise<void> {
	const { database } = context;
	const model = defaultEmbeddingModel(context);
	if (model === null) return;
	const known = new Set(
		all<Omit<VectorRow, 'vector' | 'position'>>(database, pastVectorModels, {
			ids: JSON.stringify(messageIds),
		}).flatMap((row) => (hasVectorsOf(row.model, model) ? row.messageId : [])),
	);
	const missing = messageIds.filter((id) => !known.has(id));
	if (missing.length === 0) return;
	const turn = takeTurns();
	for (const id of missing) {
		const [message] = readMessages(database, [id]);
		if (message === undefined) continue;
		const vectors: (Uint8Array | null)[] = [];
		const passages = await cutMessage(id, message.text);
		for (let from = 0; from < passages.length; from += embeddedAtOnce) {
			signal.throwIfAborted();
			const texts = passages.slice(from, from + embeddedAtOnce).map(({ text }) => text);
			vectors.push(...(await embedTexts(context, model, texts, signal)).map(packVector));
		}
		storeVectors(database, message, vectorModelKey(model), vectors);
		await turn();
	}
}

function readMessages(database: ReadableDatabase, ids: readonly number[]): readonly PastMessage[] {
	return all<PastMessage>(database, pastMessages, { ids: JSON.stringify(ids) });
}

/** All passages of a message at once, so that a message has its vectors or none. */
function storeVectors(
	database: WritableDatabase,
	{ id: messageId }: PastMessage,
	model: string,
	vectors: readonly (Uint8Array | null)[],
): void {
	transaction(database, () => {
		run(database, 'DELETE FROM past_vectors WHERE message_id = :messageId', { messageId });
		for (const [position, vector] of vectors.entries()) {
			if (vector === null) continue;
			run(
				database,
				`INSERT INTO past_vectors (message_id, position, vector_model, vector)
				 SELECT :messageId, :position, :model, :vector
				 -- It may have been deleted meanwhile.
				 WHERE EXISTS (SELECT 1 FROM messages WHERE id = :messageId)`,
				{ messageId, position, model, vector },
			);
		}
	});
}

function placeOf({ messageId, position }: Pick<PastPassage, 'messageId' | 'position'>): string {
	return `${messageId} ${position}`;
}
