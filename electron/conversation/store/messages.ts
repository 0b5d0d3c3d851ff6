import { Failure, type FailureFacts } from '../../../models/contract/failure.ts';
import type { Message, MessageStatus } from '../../contract/conversation/schema.ts';
import type { ReadableDatabase, WritableDatabase } from '../../database/database.ts';
import { all, get, run } from '../../database/sql.ts';
import { type GenerationRow, generationColumns } from './generations.ts';

const messageColumns = `m.id, m.conversation_id AS conversationId, m.parent_id AS parentId, m.role, m.status,
  m.content, m.reasoning, m.reasoning_ms AS reasoningMs, m.failure, m.created_at AS createdAt,
  m.completed_at AS completedAt, m.continues_id AS continuesId, m.model_name AS importedModel`;

/** A stored message, with its generation if it has one. */
export type MessageRow = Omit<Message, 'failure' | 'generation' | 'siblings' | 'importedModel'> & {
	readonly failure: string | null;
	readonly importedModel: string | null;
} & (GenerationRow | { readonly [K in keyof GenerationRow]: null });

const path = `WITH RECURSIVE path (id, parent_id, depth) AS (
  SELECT id, parent_id, 0 FROM messages WHERE id = :head
  UNION ALL
  SELECT m.id, m.parent_id, path.depth + 1 FROM path JOIN messages m ON m.id = path.parent_id
)`;

/** Ids of the messages from the first one to :head. */
const idsOnPath = `${path} SELECT id FROM path ORDER BY depth DESC`;

/** The messages from the first one to :head. */
export const messagesOnPath = `${path}
SELECT ${messageColumns}, ${generationColumns}
FROM path JOIN messages m ON m.id = path.id LEFT JOIN generations g ON g.message_id = m.id
ORDER BY path.depth DESC`;

/**
 * Every message that shares its parent with one on the path; first messages share the conversation. CROSS JOIN stops
 * the planner from reading all messages, and `+` from reading the first messages of every conversation.
 */
export const siblingsOnPath = `${path}
SELECT s.id, s.parent_id AS parentId FROM path CROSS JOIN messages s ON s.parent_id = path.parent_id
UNION ALL
SELECT id, parent_id FROM messages WHERE conversation_id = :conversationId AND +parent_id IS NULL
ORDER BY 1`;

/** Every message of a conversation, oldest first. */
export const messagesOfConversation = `SELECT ${messageColumns}, ${generationColumns}
FROM messages m LEFT JOIN generations g ON g.message_id = m.id
WHERE m.conversation_id = :conversationId ORDER BY m.id`;

/** The end of the most recently started branch below :id. */
const newestLeaf = `WITH RECURSIVE branch (id) AS (
  SELECT :id
  UNION ALL
  SELECT (SELECT max(m.id) FROM messages m WHERE m.parent_id = branch.id) FROM branch WHERE branch.id IS NOT NULL
)
SELECT max(id) AS id FROM branch`;

export function rowsOnPath(database: ReadableDatabase, head: number): readonly MessageRow[] {
	return all<MessageRow>(database, messagesOnPath, { head });
}

/** Returns the ids from first to last. */
export function pathTo(database: ReadableDatabase, head: number): readonly number[] {
	return all<{ id: number }>(database, idsOnPath, { head }).map(({ id }) => id);
}

export function rowsOfConversation(database: ReadableDatabase, conversationId: number): readonly MessageRow[] {
	return all<MessageRow>(database, messagesOfConversation, { conversationId });
}

/** Returns the ids of messages with the same parent, oldest first, keyed by that parent. */
export function siblingIds(
	database: ReadableDatabase,
	conversationId: number,
	head: number,
): ReadonlyMap<number | null, readonly number[]> {
	const rows = all<{ id: number; parentId: number | null }>(database, siblingsOnPath, { conversationId, head });
	const groups = Map.groupBy(rows, ({ parentId }) => parentId);
	return new Map([...groups].map(([parent, group]) => [parent, group.map(({ id }) => id)]));
}

/** Throws Failure `message-unknown`. */
export function getMessageRow(database: ReadableDatabase, id: number): MessageRow {
	const row = get<MessageRow>(
		database,
		`SELECT ${messageColumns}, ${generationColumns} FROM messages m LEFT JOIN generations g ON g.message_id = m.id
		 WHERE m.id = :id`,
		{ id },
	);
	if (row !== undefined) return row;
	throw new Failure({ code: 'message-unknown', message: `There is no message ${id}.`, next: ['Reload the window'] });
}

/** Returns the last message of the newest branch through `id`. */
export function leafBelow(database: ReadableDatabase, id: number): number {
	return get<{ id: number }>(database, newestLeaf, { id })?.id ?? id;
}

export interface NewMessage {
	readonly conversationId: number;
	readonly parentId: number | null;
	readonly role: Message['role'];
	readonly status: MessageStatus;
	readonly content: string;
	readonly reasoning?: string | null;
	readonly reasoningMs?: number | null;
	readonly failure?: FailureFacts | null;
	readonly createdAt: number;
	readonly completedAt: number | null;
	readonly continuesId?: number | null;
	/** Imported answers only: the model, as the other program names it. */
	readonly importedModel?: string | null;
}

export function insertMessage(database: WritableDatabase, message: NewMessage): number {
	const {
		reasoning = null,
		reasoningMs = null,
		failure = null,
		continuesId = null,
		importedModel = null,
		...rest
	} = message;
	return run(
		database,
		`INSERT INTO messages (conversation_id, parent_id, role, status, content, reasoning, reasoning_ms, failure,
		   created_at, completed_at, continues_id, model_name)
		 VALUES (:conversationId, :parentId, :role, :status, :content, :reasoning, :reasoningMs, :failure,
		   :createdAt, :completedAt, :continuesId, :importedModel)`,
		{
			...rest,
			reasoning,
			reasoningMs,
			continuesId,
			importedModel,
			failure: failure === null ? null : JSON.stringify(failure),
		},
	).id;
}

export interface MessageEnd {
	readonly status: Exclude<MessageStatus, 'streaming'>;
	readonly content: string;
	readonly reasoning: string | null;
	readonly reasoningMs: number | null;
	readonly failure: FailureFacts | null;
	readonly completedAt: number;
}

/** Stores the final text of an answer; triggers update the search index. */
export function endMessage(database: WritableDatabase, id: number, end: MessageEnd): void {
	run(
		database,
		`UPDATE messages SET status = :status, content = :content, reasoning = :reasoning, reasoning_ms = :reasoningMs,
		   failure = :failure, completed_at = :completedAt
		 WHERE id = :id`,
		{ id, ...end, failure: end.failure === null ? null : JSON.stringify(end.failure) },
	);
}

/** Returns the most recently started child of `id`; null if it has none. */
export function newestChild(database: ReadableDatabase, id: number): number | null {
	const sql = 'SELECT max(id) AS id FROM messages WHERE parent_id = :id';
	return get<{ id: number | null }>(database, sql, { id })?.id ?? null;
}
