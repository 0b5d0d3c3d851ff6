import { Failure } from '../../../models/contract/failure.ts';
import { said } from '../../../models/contract/said.ts';
import { maxAttachments } from '../../contract/conversation/attachment-limits.ts';
import type { AttachedText, Attachment } from '../../contract/conversation/schema.ts';
import type { TextEncoding } from '../../contract/text-encoding.ts';
import type { ReadableDatabase, WritableDatabase } from '../../database/database.ts';
import { cleanText, oneLine } from '../clean-text.ts';
import type { ConversationContext } from '../context.ts';
import {
	attachedText,
	insertAttachment,
	moveToMessage,
	replaceWaitingText,
	waitingAttachments,
} from '../store/attachments.ts';
import { getConversation } from '../store/conversations.ts';
import { readAttachmentFile } from './read-file.ts';

/**
 * Reads a file and stores its text with the draft of a conversation (null: the new one). Throws Failure
 * `conversation-unknown`, `too-many-attachments` and what `readAttachmentFile` throws.
 */
export async function addAttachment(
	context: ConversationContext,
	conversationId: number | null,
	file: File,
	{
		signal,
		encoding,
	}: { readonly signal?: AbortSignal | undefined; readonly encoding?: TextEncoding | undefined } = {},
): Promise<Attachment> {
	const { database, clock } = context;
	assertRoom(context, conversationId);
	const read = await readAttachmentFile(file, { signal, encoding, pool: context.readingPool });
	// Reading takes a while: meanwhile attachments may have been added, or the conversation deleted.
	const waiting = assertRoom(context, conversationId);
	return insertAttachment(database, { messageId: null, conversationId, position: waiting }, read, clock());
}

function assertRoom({ database }: ConversationContext, conversationId: number | null): number {
	if (conversationId !== null) getConversation(database, conversationId);
	const waiting = waitingAttachments(database, conversationId).length;
	if (waiting < maxAttachments) return waiting;
	throw new Failure({
		code: 'too-many-attachments',
		message: said`This message already has ${waiting} files; a message can have at most ${maxAttachments}.`,
		next: [said`Remove some of them`, said`Combine small files into one`],
	});
}

/** Replaces an unsent attachment by a part of it. Throws Failure `attachment-empty`, `attachment-unknown`. */
export function replaceAttachmentText(
	{ database }: ConversationContext,
	id: number,
	{ name, pages, text: given }: Pick<AttachedText, 'name' | 'pages' | 'text'>,
): Attachment {
	const text = cleanText(given);
	if (text.trim() === '') {
		throw new Failure({
			code: 'attachment-empty',
			message: said`The chosen part of ${oneLine(name)} has no text.`,
			next: [said`Choose another part`, said`Remove the file`],
		});
	}
	return replaceWaitingText(database, id, { name: oneLine(name), pages, text });
}

/** Attaches stored attachments and unstored texts to a message. Call it in a transaction. */
export function attachToMessage(
	database: WritableDatabase,
	messageId: number,
	ids: readonly number[],
	texts: readonly AttachedText[],
	now: number,
): void {
	for (const [position, id] of ids.entries()) moveToMessage(database, id, messageId, position);
	for (const [index, given] of texts.entries()) {
		const place = { messageId, conversationId: null, position: ids.length + index };
		insertAttachment(database, place, { ...given, name: oneLine(given.name), text: cleanText(given.text) }, now);
	}
}

/** Returns the title of a conversation that begins with attachments but no text. */
export function firstAttachmentName(
	database: ReadableDatabase,
	ids: readonly number[],
	texts: readonly AttachedText[],
): string {
	const [id] = ids;
	return id === undefined ? (texts[0]?.name ?? '') : attachedText(database, id).name;
}
