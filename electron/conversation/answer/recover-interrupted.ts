import type { WritableDatabase } from '../../database/database.ts';
import { all, transaction } from '../../database/sql.ts';
import { removeChunks } from '../store/chunks.ts';
import { endMessage } from '../store/messages.ts';
import { interruptSteps } from '../store/rounds.ts';
import { textSoFar } from '../store/thread.ts';

/** Answers that were being generated when their process ended. */
export const streamingMessages = `SELECT id, content, reasoning FROM messages WHERE status = 'streaming' ORDER BY id`;

/**
 * Gives the answers of a dead process the text and steps they had, and the status `interrupted`. Returns their ids. Only the
 * process that owns the data folder may call it, before it generates anything.
 */
export function recoverInterrupted(database: WritableDatabase, now: number): readonly number[] {
	return transaction(database, () => {
		const rows = all<{ id: number; content: string; reasoning: string | null }>(database, streamingMessages);
		for (const row of rows) {
			const { id } = row;
			interruptSteps(database, id);
			endMessage(database, id, {
				...textSoFar(database, row),
				status: 'interrupted',
				reasoningMs: null,
				failure: null,
				completedAt: now,
			});
			removeChunks(database, id);
		}
		return rows.map(({ id }) => id);
	});
}
