import { failureSchema } from '../../../models/contract/failure.ts';
import type { Message, Thread } from '../../contract/conversation.ts';
import type { ReadableDatabase } from '../../database/handle.ts';
import { splitReasoning } from '../text/reasoning.ts';
import { chunkText } from './chunks.ts';
import { getConversation, headOf } from './conversations.ts';
import { generationOf } from './generations.ts';
import { getMessageRow, type MessageRow, rowsOnPath, siblingIds } from './messages.ts';

/** What an answer looks like while it is being written: fresher than its row. */
export type Overlay = (messageId: number) => Partial<Message> | undefined;

/** A conversation with its current branch. Throws Failure `conversation-unknown`. */
export function readThread(database: ReadableDatabase, id: number, overlay: Overlay): Thread {
	const conversation = getConversation(database, id);
	const head = headOf(database, id);
	if (head === null) return { conversation, messages: [] };
	const siblings = siblingIds(database, id, head);
	const messages = rowsOnPath(database, head).map((row) => ({
		...messageOf(database, row, siblings.get(row.parentId) ?? [row.id]),
		...overlay(row.id),
	}));
	return { conversation, messages };
}

/** One message as pages see it. Throws Failure `message-unknown`. */
export function readMessage(database: ReadableDatabase, id: number): Message {
	const row = getMessageRow(database, id);
	return messageOf(database, row, siblingIds(database, row.conversationId, id).get(row.parentId) ?? [id]);
}

/** A row as pages see it. One that is still being written takes its text from the chunks. */
export function messageOf(database: ReadableDatabase, row: MessageRow, siblings: readonly number[]): Message {
	const { id, conversationId, parentId, role, status, createdAt, completedAt } = row;
	const text =
		status === 'streaming'
			? { ...splitReasoning(chunkText(database, id)), reasoningMs: null }
			: { content: row.content, reasoning: row.reasoning, reasoningMs: row.reasoningMs };
	return {
		id,
		conversationId,
		parentId,
		role,
		status,
		...text,
		createdAt,
		completedAt,
		failure: row.failure === null ? null : failureSchema.parse(JSON.parse(row.failure)),
		generation: row.generationId === null ? null : generationOf(row),
		siblings: [...siblings],
	};
}
