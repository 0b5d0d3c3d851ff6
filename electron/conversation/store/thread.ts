import { failureSchema } from '../../../models/contract/failure.ts';
import type { Attachment, Message, Thread } from '../../contract/conversation/schema.ts';
import type { ReadableDatabase } from '../../database/database.ts';
import { splitReasoning } from '../reasoning.ts';
import { attachmentsByMessage, attachmentsOf } from './attachments.ts';
import { chunkText } from './chunks.ts';
import { getConversation, headOf, originOf } from './conversations.ts';
import { generationOf } from './generations.ts';
import { getMessageRow, type MessageRow, rowsOnPath, siblingIds } from './messages.ts';
import { readOptions } from './options.ts';

/** The state in memory of an answer that is being generated: newer than its row. */
export type Overlay = (messageId: number) => Partial<Message> | undefined;

/** Reads a conversation with its current branch. Throws Failure `conversation-unknown`. */
export function readThread(database: ReadableDatabase, id: number, overlay: Overlay): Thread {
	const conversation = getConversation(database, id);
	const options = readOptions(database, id);
	const origin = originOf(database, id);
	const head = headOf(database, id);
	if (head === null) return { conversation, options, origin, messages: [] };
	const siblings = siblingIds(database, id, head);
	const attached = attachmentsByMessage(database, id);
	const messages = rowsOnPath(database, head).map((row) => ({
		...messageOf(database, row, siblings.get(row.parentId) ?? [row.id], attached.get(row.id) ?? []),
		...overlay(row.id),
	}));
	return { conversation, options, origin, messages };
}

/** Reads one message as the page sees it. Throws Failure `message-unknown`. */
export function readMessage(database: ReadableDatabase, id: number): Message {
	const row = getMessageRow(database, id);
	return messageOf(database, row, siblingIds(database, row.conversationId, id).get(row.parentId) ?? [id]);
}

/** Converts a row to what the page sees. A message that is being generated takes its text from the chunks. */
export function messageOf(
	database: ReadableDatabase,
	row: MessageRow,
	siblings: readonly number[],
	attachments: readonly Attachment[] = row.role === 'user' ? attachmentsOf(database, row.id) : [],
): Message {
	const { id, conversationId, parentId, role, status, createdAt, completedAt, continuesId } = row;
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
		continuesId,
		...(row.importedModel === null ? {} : { importedModel: row.importedModel }),
		siblings: [...siblings],
		attachments: [...attachments],
	};
}

/** Returns every message with the same parent as `id`, oldest first. Throws Failure `message-unknown`. */
export function readVersions(database: ReadableDatabase, id: number, overlay: Overlay): readonly Message[] {
	const row = getMessageRow(database, id);
	const siblings = siblingIds(database, row.conversationId, id).get(row.parentId) ?? [id];
	return siblings.map((sibling) => ({
		...messageOf(database, sibling === id ? row : getMessageRow(database, sibling), siblings),
		...overlay(sibling),
	}));
}
