import { setImmediate } from 'node:timers/promises';
import { Failure, type FailureFacts } from '../../../models/contract/failure.ts';
import { said } from '../../../models/contract/said.ts';
import type { Message, MessageStatus } from '../../contract/conversation/schema.ts';
import type { ReadableDatabase, WritableDatabase } from '../../database/database.ts';
import { all, get, run } from '../../database/sql.ts';
import { type GenerationRow, generationColumns } from './generations.ts';

const messageColumns = `m.id, m.conversation_id AS conversationId, m.parent_id AS parentId, m.role, m.status,
  m.content, m.reasoning, m.reasoning_ms AS reasoningMs, m.failure, m.created_at AS createdAt,
  m.completed_at AS completedAt, m.continues_id AS continuesId, m.model_name AS importedModel`;

/** A stored message, with its generation if it has one. */
export type MessageRow = Omit<Message, 'failure' | 'generation' | 'siblings' | 'importedModel' | 'rounds'> & {
	readonly failure: string | null;
	readonly importedModel: string | null;
} & (GenerationRow | { readonly [K in keyof GenerationRow]: null });

const path = `WITH RECURSIVE path (id, parent_id, depth) AS (
  SELECT id, parent_id, 0 FROM messages WHERE id = :head
  UNION ALL
  SELECT m.id, m.parent_id, path.depth + 1 FROM path JOIN messages m ON m.id = path.parent_id
  WHERE path.depth + 1 < :limit
)`;

/** More messages than a branch has. */
const unlimited = 2 ** 31;

/** Ids of :head and the messages before it, newest first, and the message before the last of them. */
export const idsOnPath = `${path} SELECT id, parent_id AS parentId FROM path ORDER BY depth`;

/** The last :limit messages of those from the first one to :head. */
export const messagesOnPath = `${path}
SELECT ${messageColumns}, ${generationColumns}
FROM path JOIN messages m ON m.id = path.id LEFT JOIN generations g ON g.message_id = m.id
ORDER BY path.depth DESC`;

/** Every message with one of these parents. CROSS JOIN stops the planner from reading all messages. */
export const childrenOf = `SELECT m.id, m.parent_id AS parentId
FROM json_each(:parentIds) p CROSS JOIN messages m ON m.parent_id = p.value ORDER BY m.id`;

/** The first messages of a conversation: they share no parent. */
export const firstMessagesOf = `SELECT id FROM messages INDEXED BY messages_first
WHERE conversation_id = :conversationId AND parent_id IS NULL ORDER BY id`;

/** Role and text of messages. */
export const textsOf = `SELECT m.id, m.role, m.content
FROM json_each(:ids) i CROSS JOIN messages m ON m.id = i.value ORDER BY i.key`;

/** Every message of a conversation, oldest first. */
export const messagesOfConversation = `SELECT ${messageColumns}, ${generationColumns}
FROM messages m LEFT JOIN generations g ON g.message_id = m.id
WHERE m.conversation_id = :conversationId ORDER BY m.id`;

/** The most recently started branch below :id, up to :limit messages of it. */
const newestBranch = `WITH RECURSIVE branch (id, depth) AS (
  SELECT :id, 0
  UNION ALL
  SELECT (SELECT max(m.id) FROM messages m WHERE m.parent_id = branch.id), depth + 1 FROM branch
  WHERE branch.id IS NOT NULL AND depth < :limit
)
SELECT max(id) AS id FROM branch`;

/** Returns the messages from the first one to `head`, or the last `limit` of them. */
export function rowsOnPath(database: ReadableDatabase, head: number, limit = unlimited): readonly MessageRow[] {
	return all<MessageRow>(database, messagesOnPath, { head, limit });
}

/** Returns `head` and up to `limit` - 1 messages before it, newest first. */
export function idsBefore(
	database: ReadableDatabase,
	head: number,
	limit: number,
): readonly { readonly id: number; readonly parentId: number | null }[] {
	return all(database, idsOnPath, { head, limit });
}

/** Returns role and text of messages, in the order of their ids here. */
export function readTexts(
	database: ReadableDatabase,
	ids: readonly number[],
): readonly Pick<Message, 'id' | 'role' | 'content'>[] {
	return all(database, textsOf, { ids: JSON.stringify(ids) });
}

export function rowsOfConversation(database: ReadableDatabase, conversationId: number): readonly MessageRow[] {
	return all<MessageRow>(database, messagesOfConversation, { conversationId });
}

/** Returns the ids of messages with the same parent as one of these, oldest first, keyed by that parent. */
export function siblingIds(
	database: ReadableDatabase,
	messages: readonly Pick<Message, 'conversationId' | 'parentId'>[],
): ReadonlyMap<number | null, readonly number[]> {
	const parentIds = [...new Set(messages.flatMap(({ parentId }) => parentId ?? []))];
	const rows = all<{ id: number; parentId: number }>(database, childrenOf, { parentIds: JSON.stringify(parentIds) });
	const groups = new Map<number | null, readonly number[]>(
		[...Map.groupBy(rows, ({ parentId }) => parentId)].map(([parent, group]) => [parent, group.map(({ id }) => id)]),
	);
	const first = messages.find(({ parentId }) => parentId === null);
	if (first === undefined) return groups;
	const { conversationId } = first;
	return groups.set(
		null,
		all<{ id: number }>(database, firstMessagesOf, { conversationId }).map(({ id }) => id),
	);
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
	throw new Failure({
		code: 'message-unknown',
		message: said`There is no message ${id}.`,
		next: [said`Reload the window`],
	});
}

/** Steps down a branch in one statement: some milliseconds. */
const stepsAtOnce = 2_000;

/** Returns the last message of the newest branch through `id`. */
export async function leafBelow(database: ReadableDatabase, id: number): Promise<number> {
	for (let leaf = id; ; ) {
		const below = get<{ id: number }>(database, newestBranch, { id: leaf, limit: stepsAtOnce })?.id ?? leaf;
		if (below === leaf) return leaf;
		leaf = below;
		await setImmediate();
	}
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

/** Returns the text of a conversation's first message; null if it has none. */
export function firstQuestion(database: ReadableDatabase, conversationId: number): string | null {
	const sql = `SELECT content FROM messages
	  WHERE conversation_id = :conversationId AND parent_id IS NULL AND role = 'user' ORDER BY id LIMIT 1`;
	return get<{ content: string }>(database, sql, { conversationId })?.content ?? null;
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

/** Ends the writing of a message whose rows are all there: it is indexed by that. */
export function setStatus(database: WritableDatabase, id: number, status: Exclude<MessageStatus, 'streaming'>): void {
	run(database, 'UPDATE messages SET status = :status WHERE id = :id', { id, status });
}

/** Stores the text up to the end of a round of an answer that is being generated. */
export function setTextSoFar(
	database: WritableDatabase,
	id: number,
	{ content, reasoning }: Pick<MessageEnd, 'content' | 'reasoning'>,
): void {
	run(database, 'UPDATE messages SET content = :content, reasoning = :reasoning WHERE id = :id', {
		id,
		content,
		reasoning,
	});
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
