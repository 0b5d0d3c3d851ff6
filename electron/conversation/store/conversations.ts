import { Failure } from '../../../models/contract/failure.ts';
import type { Conversation } from '../../contract/conversation.ts';
import type { ReadableDatabase, WritableDatabase } from '../../database/handle.ts';
import { all, get, run } from '../../database/sql.ts';

/** Few messages are being written at a time; their own index is read instead of each conversation's messages. */
const columns = `c.id, c.title, c.title_source AS titleSource, c.system_prompt AS systemPrompt,
  c.model_file_id AS modelFileId, c.created_at AS createdAt, c.updated_at AS updatedAt, c.deleted_at AS deletedAt,
  (SELECT m.id FROM messages m INDEXED BY messages_streaming
   WHERE m.status = 'streaming' AND m.conversation_id = c.id) AS generatingMessageId`;

/** The newest `limit` conversations that aren't in the trash. */
export const newestConversations = `SELECT ${columns} FROM conversations c
  WHERE c.deleted_at IS NULL AND c.archived_at IS NULL ORDER BY c.updated_at DESC, c.id DESC LIMIT :limit`;

/** The next `limit` after the one that was last changed at :updatedAt and has :id. */
export const olderConversations = `SELECT ${columns} FROM conversations c
  WHERE c.deleted_at IS NULL AND c.archived_at IS NULL AND (c.updated_at, c.id) < (:updatedAt, :id)
  ORDER BY c.updated_at DESC, c.id DESC LIMIT :limit`;

const trashedConversations = `SELECT ${columns} FROM conversations c
  WHERE c.deleted_at IS NOT NULL AND (c.updated_at, c.id) < (:updatedAt, :id)
  ORDER BY c.updated_at DESC, c.id DESC LIMIT :limit`;

export interface Page {
	readonly limit: number;
	readonly before?: { readonly updatedAt: number; readonly id: number } | undefined;
	readonly deleted?: boolean;
}

/** One page, newest first. */
export function listConversations(database: ReadableDatabase, page: Page): readonly Conversation[] {
	const { limit, before } = page;
	if (page.deleted === true) {
		const from = before ?? { updatedAt: Number.MAX_SAFE_INTEGER, id: 0 };
		return all<Conversation>(database, trashedConversations, { limit, ...from });
	}
	if (before === undefined) return all<Conversation>(database, newestConversations, { limit });
	return all<Conversation>(database, olderConversations, { limit, ...before });
}

/** Throws Failure `conversation-unknown`. */
export function getConversation(database: ReadableDatabase, id: number): Conversation {
	const row = get<Conversation>(database, `SELECT ${columns} FROM conversations c WHERE c.id = :id`, { id });
	if (row !== undefined) return row;
	throw new Failure({
		code: 'conversation-unknown',
		message: `There is no conversation ${id}.`,
		next: ['Look at the list: assay conversations list'],
	});
}

/** Last message of the current branch; null in a conversation without messages. */
export function headOf(database: ReadableDatabase, id: number): number | null {
	const row = get<{ head: number | null }>(
		database,
		'SELECT head_message_id AS head FROM conversations WHERE id = :id',
		{ id },
	);
	return row?.head ?? null;
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
export function touch(database: WritableDatabase, id: number, now: number): void {
	run(database, 'UPDATE conversations SET updated_at = max(updated_at, :now) WHERE id = :id', { id, now });
}

export function setTitle(database: WritableDatabase, id: number, title: string): void {
	run(database, `UPDATE conversations SET title = :title, title_source = 'user' WHERE id = :id`, { id, title });
}

export function setSystemPrompt(database: WritableDatabase, id: number, systemPrompt: string): void {
	run(database, 'UPDATE conversations SET system_prompt = :systemPrompt WHERE id = :id', { id, systemPrompt });
}

export function setModelFile(database: WritableDatabase, id: number, modelFileId: number): void {
	run(database, 'UPDATE conversations SET model_file_id = :modelFileId WHERE id = :id', { id, modelFileId });
}

/** Puts the conversation into the trash (`deletedAt` a time) or takes it out again (null). */
export function setDeleted(database: WritableDatabase, id: number, deletedAt: number | null): void {
	run(database, 'UPDATE conversations SET deleted_at = :deletedAt WHERE id = :id', { id, deletedAt });
}
