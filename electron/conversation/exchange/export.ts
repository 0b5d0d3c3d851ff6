import type { Conversation, Message } from '../../contract/conversation.ts';
import type { ConversationContext } from '../context.ts';
import { openConversation } from '../edit-conversation.ts';
import { headOf } from '../store/conversations.ts';
import { rowsOfConversation } from '../store/messages.ts';
import { messageOf } from '../store/thread.ts';
import { documentVersion, type ExportedConversation } from './document.ts';
import { markdownOf } from './markdown.ts';

/** A conversation as a file: the current branch as Markdown to read, or all of it as JSON to bring in again. */
export function exportConversation(
	context: ConversationContext,
	id: number,
	format: 'markdown' | 'json',
): { fileName: string; text: string } {
	const { conversation, messages } = openConversation(context, id);
	const name = fileNameOf(conversation);
	if (format === 'markdown') return { fileName: `${name}.md`, text: markdownOf(conversation, messages) };
	const document = {
		format: 'assay-conversations',
		version: documentVersion,
		conversations: [exportedOf(context, conversation)],
	};
	return { fileName: `${name}.json`, text: `${JSON.stringify(document, null, 2)}\n` };
}

/** The whole tree, with ids of its own: the same conversation gives the same text on every computer. */
export function exportedOf(context: ConversationContext, conversation: Conversation): ExportedConversation {
	const { id, title, titleSource, systemPrompt, createdAt, updatedAt } = conversation;
	const rows = rowsOfConversation(context.database, id);
	const numbers = new Map(rows.map((row, index) => [row.id, index + 1]));
	const numberOf = (messageId: number | null): number | null =>
		messageId === null ? null : (numbers.get(messageId) ?? null);
	return {
		title,
		titleSource,
		systemPrompt,
		createdAt,
		updatedAt,
		headId: numberOf(headOf(context.database, id)),
		messages: rows.map((row, index) => {
			const message = { ...messageOf(context.database, row, []), ...context.answers.message(row.id) };
			return { ...exportedMessage(message), id: index + 1, parentId: numberOf(row.parentId) };
		}),
	};
}

function exportedMessage(message: Message): Omit<ExportedConversation['messages'][number], 'id' | 'parentId'> {
	const { role, status, content, reasoning, reasoningMs, createdAt, completedAt, failure, generation } = message;
	const made = generation === null ? null : withoutIds(generation);
	return {
		role,
		// A file can't go on being written: what is in it is where the answer stood.
		status: status === 'streaming' ? 'interrupted' : status,
		content,
		reasoning,
		reasoningMs,
		createdAt,
		completedAt,
		failure,
		generation: made,
	};
}

function withoutIds(generation: NonNullable<Message['generation']>) {
	const { id: _, modelFileId: __, ...rest } = generation;
	return rest;
}

/** Letters and digits of any script, no name that a file system refuses. */
function fileNameOf({ id, title }: Conversation): string {
	const words = title
		.normalize('NFC')
		.toLowerCase()
		.replaceAll(/[^\p{L}\p{N}]+/gu, '-')
		.replaceAll(/^-+|-+$/g, '');
	return ['assay', [...words].slice(0, 40).join('').replace(/-+$/, ''), String(id)]
		.filter((part) => part !== '')
		.join('-');
}
