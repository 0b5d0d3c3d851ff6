import type { Draft } from '../contract/conversation/schema.ts';
import type { ReadableDatabase, WritableDatabase } from '../database/database.ts';
import { all, run } from '../database/sql.ts';
import { cleanText } from './clean-text.ts';
import type { ConversationContext } from './context.ts';
import { getConversation } from './store/conversations.ts';

/** Returns every draft, the most recently changed first, including those of conversations in the trash. */
export function listDrafts(database: ReadableDatabase): readonly Draft[] {
	return all<Draft>(
		database,
		`SELECT d.conversation_id AS conversationId, d.text, d.updated_at AS updatedAt
		 FROM drafts d LEFT JOIN conversations c ON c.id = d.conversation_id
		 WHERE c.deleted_at IS NULL ORDER BY d.updated_at DESC, d.id DESC`,
	);
}

/**
 * Stores the draft of a conversation (null: the new one); it is on disk when this returns. An empty text removes it.
 * Throws Failure `conversation-unknown`, `disk-full`.
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
 * Removes the draft that became a message, in the transaction that stores the message, so the text is never duplicated
 * or lost. Keeps a draft that differs, because another window may have continued typing.
 */
export function removeSentDraft(database: WritableDatabase, conversationId: number | null, text: string): void {
	run(database, 'DELETE FROM drafts WHERE conversation_id IS :conversationId AND text = :text', {
		conversationId,
		text,
	});
}
