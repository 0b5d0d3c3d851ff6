import { Failure } from '../../../models/contract/failure.ts';
import { said } from '../../../models/contract/said.ts';
import type { Conversation, Thread } from '../../contract/conversation/schema.ts';
import type { ReadableDatabase, WritableDatabase } from '../../database/database.ts';
import { get, run } from '../../database/sql.ts';

/**
 * Columns of `conversations c`. Few messages are being generated at a time, so their own index is read instead of each
 * conversation's messages.
 */
export const conversationColumns = `c.id, c.title, c.title_source AS titleSource, c.system_prompt AS systemPrompt,
  c.model_file_id AS modelFileId, c.created_at AS createdAt, c.updated_at AS updatedAt, c.deleted_at AS deletedAt,
  c.pinned_at AS pinnedAt, c.archived_at AS archivedAt, c.folder_id AS folderId,
  (SELECT json_group_array(t.tag_id) FROM conversation_tags t WHERE t.conversation_id = c.id) AS tagIds,
  (SELECT m.id FROM messages m INDEXED BY messages_streaming
   WHERE m.status = 'streaming' AND m.conversation_id = c.id) AS generatingMessageId`;

export type ConversationRow = Omit<Conversation, 'tagIds'> & {
	/** JSON array of numbers. */
	readonly tagIds: string;
};

export function conversationOf(row: ConversationRow): Conversation {
	return { ...row, tagIds: JSON.parse(row.tagIds) as number[] };
}

/**
 * Returns a conversation; one that is being permanently deleted (`deleted_at` 0) or imported (-1) counts as missing.
 * Throws Failure `conversation-unknown`.
 */
export function getConversation(database: ReadableDatabase, id: number): Conversation {
	const sql = `SELECT ${conversationColumns} FROM conversations c WHERE c.id = :id
	  AND (c.deleted_at IS NULL OR c.deleted_at > 0)`;
	const row = get<ConversationRow>(database, sql, { id });
	if (row !== undefined) return conversationOf(row);
	throw new Failure({
		code: 'conversation-unknown',
		message: said`There is no conversation ${id}.`,
		next: [said`List them: assay conversations list`],
	});
}

/** Returns the last message of the current branch; null in a conversation without messages. */
export function headOf(database: ReadableDatabase, id: number): number | null {
	const row = get<{ head: number | null }>(
		database,
		'SELECT head_message_id AS head FROM conversations WHERE id = :id',
		{ id },
	);
	return row?.head ?? null;
}

/**
 * Returns the message it was branched from and that message's conversation; null also if that conversation is in the
 * trash.
 */
export function originOf(database: ReadableDatabase, id: number): Thread['origin'] {
	const origin = get<NonNullable<Thread['origin']>>(
		database,
		`SELECT m.conversation_id AS conversationId, m.id AS messageId, o.title
		 FROM conversations c JOIN messages m ON m.id = c.branched_from_id JOIN conversations o ON o.id = m.conversation_id
		 WHERE c.id = :id AND o.deleted_at IS NULL`,
		{ id },
	);
	return origin ?? null;
}

export interface NewConversation {
	readonly title: string;
	readonly titleSource: Conversation['titleSource'];
	readonly systemPrompt: string;
	readonly modelFileId: number | null;
	readonly createdAt: number;
	readonly updatedAt: number;
}

export function insertConversation(database: WritableDatabase, conversation: NewConversation): number {
	return run(
		database,
		`INSERT INTO conversations (title, title_source, system_prompt, model_file_id, created_at, updated_at)
		 VALUES (:title, :titleSource, :systemPrompt, :modelFileId, :createdAt, :updatedAt)`,
		{ ...conversation },
	).id;
}

/** Makes the branch that ends in `head` the current one. */
export function setHead(database: WritableDatabase, id: number, head: number | null): void {
	run(database, 'UPDATE conversations SET head_message_id = :head WHERE id = :id', { id, head });
}

/** Moves the conversation to the top of the list. */
export function touchConversation(database: WritableDatabase, id: number, now: number): void {
	run(database, 'UPDATE conversations SET updated_at = max(updated_at, :now) WHERE id = :id', { id, now });
}

export function setTitle(database: WritableDatabase, id: number, title: string): void {
	run(database, `UPDATE conversations SET title = :title, title_source = 'user' WHERE id = :id`, { id, title });
}

/** Replaces an automatic title unless somebody changed it; returns whether it did. */
export function replaceAutomaticTitle(database: WritableDatabase, id: number, before: string, title: string): boolean {
	const sql = `UPDATE conversations SET title = :title
	  WHERE id = :id AND title = :before AND title_source = 'automatic' AND deleted_at IS NULL`;
	return run(database, sql, { id, before, title }).changes > 0;
}

export function setSystemPrompt(database: WritableDatabase, id: number, systemPrompt: string): void {
	run(database, 'UPDATE conversations SET system_prompt = :systemPrompt WHERE id = :id', { id, systemPrompt });
}

export function setModelFile(database: WritableDatabase, id: number, modelFileId: number): void {
	run(database, 'UPDATE conversations SET model_file_id = :modelFileId WHERE id = :id', { id, modelFileId });
}
