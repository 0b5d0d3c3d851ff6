import type { WritableDatabase } from '../../database/database.ts';
import { all, transaction } from '../../database/sql.ts';
import { splitReasoning } from '../reasoning.ts';
import { chunkText, removeChunks } from '../store/chunks.ts';
import { endMessage } from '../store/messages.ts';

/** Answers that were being generated when their process ended. */
export const streamingMessages = `SELECT id FROM messages WHERE status = 'streaming' ORDER BY id`;

/**
 * Gives the answers of a dead process the text they had and the status `interrupted`. Returns their ids. Only the
 * process that owns the data folder may call it, before it generates anything.
 */
export function recoverInterrupted(database: WritableDatabase, now: number): readonly number[] {
	return transaction(database, () => {
		const ids = all<{ id: number }>(database, streamingMessages).map(({ id }) => id);
		for (const id of ids) {
			const text = splitReasoning(chunkText(database, id));
			endMessage(database, id, {
				...text,
				status: 'interrupted',
				reasoningMs: null,
				failure: null,
				completedAt: now,
			});
			removeChunks(database, id);
		}
		return ids;
	});
}
