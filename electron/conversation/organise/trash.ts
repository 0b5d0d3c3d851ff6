import type { Trashed } from '../../contract/conversation/schema.ts';
import { dayMs } from '../../contract/durations.ts';
import type { ReadableDatabase } from '../../database/database.ts';
import { get } from '../../database/sql.ts';
import type { ConversationContext } from '../context.ts';
import { listTrash } from '../store/list-conversations.ts';
import { updateEach } from './pin-archive-move.ts';

/** Moves conversations to the trash; answers being generated are first stopped and stored. Returns how many changed. */
export async function trashConversations(context: ConversationContext, ids: readonly number[]): Promise<number> {
	const wanted = new Set(ids);
	const live = context.answers.all().filter((answer) => wanted.has(answer.ids.conversationId));
	for (const answer of live) answer.stop();
	await Promise.all(live.map(({ ended }) => ended));
	const sql = 'UPDATE conversations SET deleted_at = :now WHERE id = :id AND deleted_at IS NULL';
	return updateEach(context, ids, sql);
}

/** Restores conversations from the trash to where they were. Returns how many changed. */
export function restoreConversations(context: ConversationContext, ids: readonly number[]): number {
	return updateEach(context, ids, 'UPDATE conversations SET deleted_at = NULL WHERE id = :id AND deleted_at > 0');
}

/** Reads one page of the trash with what the user needs to decide. `trashDays` as in the settings. */
export function readTrash(
	database: ReadableDatabase,
	trashDays: number | null,
	page: { readonly limit: number; readonly before?: { deletedAt: number; id: number } | undefined },
): readonly Trashed[] {
	return listTrash(database, page).map((conversation) => ({
		...conversation,
		messages: messageCount(database, conversation.id),
		goneAt: trashDays === null ? null : (conversation.deletedAt ?? 0) + trashDays * dayMs,
	}));
}

function messageCount(database: ReadableDatabase, id: number): number {
	const sql = 'SELECT count(*) AS n FROM messages WHERE conversation_id = :id';
	return get<{ n: number }>(database, sql, { id })?.n ?? 0;
}
