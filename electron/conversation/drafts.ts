import type { Draft } from '../contract/conversation/schema.ts';
import type { ReadableDatabase, WritableDatabase } from '../database/database.ts';
import { all, run } from '../database/sql.ts';
import { cleanText } from './clean-text.ts';
import type { ConversationContext } from './context.ts';
import { getConversation } from './store/conversations.ts';

/** Every draft, the one changed last first; those of conversations in the trash wait with them. */
export function listDrafts(database: ReadableDatabase): readonly Draft[] {
	return all<Draft>(
		database,
		`SELECT d.conversation_id AS conversationId, d.text, d.updated_at AS updatedAt
		 FROM drafts d LEFT JOIN conversations c ON c.id = d.conversation_id
		 WHERE c.deleted_at IS NULL ORDER BY d.updated_at DESC, d.id DESC`,
	);
}

/**
 * Keeps what is being written in a conversation (null: in one that has not begun), on the disk when it returns. An empty
 * text is no draft. Throws Failure `conversation-unknown`, `disk-full`.
 */
export function setDraft(context: ConversationContext, conversationId: number | null, asked: string): boolean {
	const { database } = context;
	const text = cleanText(asked);
	if (text === '') {
		run(database, 'DELETE FROM drafts WHERE conversation_id IS :conversationId', { conversationId });
		return false;
	}
	if (conversationId !== null) getConversation(database, conversationId);
	const values = { conversationId, text, now: context.clock() };
	const { changes } = run(
		database,
		'UPDATE drafts SET text = :text, updated_at = :now WHERE conversation_id IS :conversationId',
		values,
	);
	if (changes === 0) {
		run(
			database,
			'INSERT INTO drafts (conversation_id, text, updated_at) VALUES (:conversationId, :text, :now)',
			values,
		);
	}
	return true;
}

/**
 * Takes away the draft that a message was made of, in the transaction that stores the message: it is never there twice
 * and never lost. What says something else (another window goes on writing) stays.
 */
export function removeSentDraft(database: WritableDatabase, conversationId: number | null, text: string): void {
	run(database, 'DELETE FROM drafts WHERE conversation_id IS :conversationId AND text = :text', {
		conversationId,
		text,
	});
}
