import type { ReadableDatabase, WritableDatabase } from '../../database/database.ts';
import { all, run } from '../../database/sql.ts';

/** Appends text to an answer that is being generated. */
export function appendChunk(database: WritableDatabase, messageId: number, sequence: number, text: string): void {
	run(database, 'INSERT INTO message_chunks (message_id, sequence, text) VALUES (:messageId, :sequence, :text)', {
		messageId,
		sequence,
		text,
	});
}

/** Returns all its text so far, as the model wrote it, including thinking tags. */
export function chunkText(database: ReadableDatabase, messageId: number): string {
	const sql = 'SELECT text FROM message_chunks WHERE message_id = :messageId ORDER BY sequence';
	return all<{ text: string }>(database, sql, { messageId })
		.map(({ text }) => text)
		.join('');
}

export function removeChunks(database: WritableDatabase, messageId: number): void {
	run(database, 'DELETE FROM message_chunks WHERE message_id = :messageId', { messageId });
}
