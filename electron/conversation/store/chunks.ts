import type { ReadableDatabase, WritableDatabase } from '../../database/database.ts';
import { all, run } from '../../database/sql.ts';

/** Appends text of an answer that is still being written. */
export function appendChunk(database: WritableDatabase, messageId: number, sequence: number, text: string): void {
	run(database, 'INSERT INTO message_chunks (message_id, sequence, text) VALUES (:messageId, :sequence, :text)', {
		messageId,
		sequence,
		text,
	});
}

/** All text of it so far, as the model wrote it: thinking tags included. */
export function chunkText(database: ReadableDatabase, messageId: number): string {
	const sql = 'SELECT text FROM message_chunks WHERE message_id = :messageId ORDER BY sequence';
	return all<{ text: string }>(database, sql, { messageId })
		.map(({ text }) => text)
		.join('');
}

export function removeChunks(database: WritableDatabase, messageId: number): void {
	run(database, 'DELETE FROM message_chunks WHERE message_id = :messageId', { messageId });
}
