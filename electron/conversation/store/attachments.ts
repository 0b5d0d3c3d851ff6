import { Failure } from '../../../models/contract/failure.ts';
import { said } from '../../../models/contract/said.ts';
import type { AttachedText, Attachment } from '../../contract/conversation/schema.ts';
import type { ReadableDatabase, WritableDatabase } from '../../database/database.ts';
import { all, get, run } from '../../database/sql.ts';

const columns = `a.id, a.name, a.media_type AS mediaType, a.size_bytes AS sizeBytes, a.characters, a.pages,
  a.created_at AS createdAt`;

const textColumns = 'a.name, a.media_type AS mediaType, a.size_bytes AS sizeBytes, a.pages, a.text';

/** Most attachments in one message. */
export const attachmentsOfMessage = `SELECT ${columns} FROM attachments a WHERE a.message_id = :messageId
  ORDER BY a.position, a.id`;

/** Attachments of some messages. */
export const attachmentsOfMessages = `SELECT a.message_id AS messageId, ${columns}
  FROM json_each(:messageIds) i CROSS JOIN attachments a ON a.message_id = i.value ORDER BY a.position, a.id`;

/** Attached texts of some messages. */
export const attachedTextsOfMessages = `SELECT a.message_id AS messageId, ${textColumns}
  FROM json_each(:messageIds) i CROSS JOIN attachments a ON a.message_id = i.value
  ORDER BY a.message_id, a.position, a.id`;

/** Attached texts of a conversation, in the order of the messages. */
export const attachedTextsOfConversation = `SELECT a.message_id AS messageId, ${textColumns}
  FROM messages m CROSS JOIN attachments a ON a.message_id = m.id
  WHERE m.conversation_id = :conversationId ORDER BY a.message_id, a.position, a.id`;

/** Attachments of a conversation's draft. */
export const attachmentsWaiting = `SELECT ${columns} FROM attachments a WHERE a.conversation_id = :conversationId
  ORDER BY a.position, a.id`;

/** Attachments of the draft of a new conversation. */
export const attachmentsWaitingForNew = `SELECT ${columns} FROM attachments a
  WHERE a.message_id IS NULL AND a.conversation_id IS NULL ORDER BY a.position, a.id`;

export function attachmentsOf(database: ReadableDatabase, messageId: number): readonly Attachment[] {
	return all<Attachment>(database, attachmentsOfMessage, { messageId });
}

/** Returns attachments by message id; messages without any are missing. */
export function attachmentsByMessage(
	database: ReadableDatabase,
	messageIds: readonly number[],
): ReadonlyMap<number, readonly Attachment[]> {
	const values = { messageIds: JSON.stringify(messageIds) };
	return byMessage(all<Attachment & { messageId: number }>(database, attachmentsOfMessages, values));
}

/** Returns the texts attached to these messages, by message id. */
export function attachedTextsOf(
	database: ReadableDatabase,
	messageIds: readonly number[],
): ReadonlyMap<number, readonly AttachedText[]> {
	const values = { messageIds: JSON.stringify(messageIds) };
	return byMessage(all<AttachedText & { messageId: number }>(database, attachedTextsOfMessages, values));
}

/** Returns the texts of all attachments in a conversation, by message id. */
export function attachedTextsByMessage(
	database: ReadableDatabase,
	conversationId: number,
): ReadonlyMap<number, readonly AttachedText[]> {
	return byMessage(
		all<AttachedText & { messageId: number }>(database, attachedTextsOfConversation, { conversationId }),
	);
}

function byMessage<Row extends { readonly messageId: number }>(
	rows: readonly Row[],
): ReadonlyMap<number, Omit<Row, 'messageId'>[]> {
	const groups = new Map<number, Omit<Row, 'messageId'>[]>();
	for (const { messageId, ...rest } of rows) {
		const group = groups.get(messageId);
		if (group === undefined) groups.set(messageId, [rest]);
		else group.push(rest);
	}
	return groups;
}

/** null: attachments of the draft of a new conversation. */
export function waitingAttachments(database: ReadableDatabase, conversationId: number | null): readonly Attachment[] {
	return conversationId === null
		? all<Attachment>(database, attachmentsWaitingForNew)
		: all<Attachment>(database, attachmentsWaiting, { conversationId });
}

/** Throws Failure `attachment-unknown`. */
export function attachedText(database: ReadableDatabase, id: number): AttachedText {
	const sql = `SELECT ${textColumns} FROM attachments a WHERE a.id = :id`;
	return get<AttachedText>(database, sql, { id }) ?? failUnknown(id);
}

/** Inserts an attachment of a draft (`messageId` null) or of a message. */
export function insertAttachment(
	database: WritableDatabase,
	place: { readonly messageId: number | null; readonly conversationId: number | null; readonly position: number },
	{ name, mediaType, sizeBytes, pages, text }: AttachedText,
	createdAt: number,
): Attachment {
	const facts = { name, mediaType, sizeBytes, pages, characters: text.length, createdAt };
	const { id } = run(
		database,
		`INSERT INTO attachments (message_id, conversation_id, position, name, media_type, size_bytes, characters, pages,
		   created_at, text)
		 VALUES (:messageId, :conversationId, :position, :name, :mediaType, :sizeBytes, :characters, :pages,
		   :createdAt, :text)`,
		{ ...place, ...facts, text },
	);
	return { id, ...facts };
}

/** Replaces the text of an unsent attachment. Throws `attachment-unknown`. */
export function replaceWaitingText(
	database: WritableDatabase,
	id: number,
	{ name, pages, text }: Pick<AttachedText, 'name' | 'pages' | 'text'>,
): Attachment {
	const replaced = run(
		database,
		`UPDATE attachments SET name = :name, pages = :pages, text = :text, characters = :characters
		 WHERE id = :id AND message_id IS NULL`,
		{ id, name, pages, text, characters: text.length },
	);
	if (replaced.changes === 0) failUnknown(id);
	return get<Attachment>(database, `SELECT ${columns} FROM attachments a WHERE a.id = :id`, { id }) ?? failUnknown(id);
}

/**
 * Moves an attachment from a draft to a message; copies it if it already belongs to one. Throws `attachment-unknown`.
 */
export function moveToMessage(database: WritableDatabase, id: number, messageId: number, position: number): void {
	const taken = run(
		database,
		`UPDATE attachments SET message_id = :messageId, conversation_id = NULL, position = :position
		 WHERE id = :id AND message_id IS NULL`,
		{ id, messageId, position },
	);
	if (taken.changes > 0) return;
	const copied = run(
		database,
		`INSERT INTO attachments (message_id, position, name, media_type, size_bytes, characters, pages, created_at, text)
		 SELECT :messageId, :position, name, media_type, size_bytes, characters, pages, created_at, text
		 FROM attachments WHERE id = :id`,
		{ id, messageId, position },
	);
	if (copied.changes === 0) failUnknown(id);
}

/** Copies the attachments of the original message to its copy. */
export function copyAttachments(database: WritableDatabase, from: number, to: number): void {
	for (const [position, { id }] of attachmentsOf(database, from).entries()) moveToMessage(database, id, to, position);
}

/** Returns false if it was sent already or does not exist. */
export function removeWaitingAttachment(database: WritableDatabase, id: number): boolean {
	return run(database, 'DELETE FROM attachments WHERE id = :id AND message_id IS NULL', { id }).changes > 0;
}

function failUnknown(id: number): never {
	throw new Failure({
		code: 'attachment-unknown',
		message: said`The attachment ${id} is gone: it was removed, or sent from another window.`,
		next: [said`Attach the file again`],
	});
}
