import type { Conversation, ListInput } from '../../contract/conversation/schema.ts';
import type { ReadableDatabase } from '../../database/database.ts';
import type { Reader } from '../../database/reader.ts';
import { all, get } from '../../database/sql.ts';
import { type ConversationRow, conversationColumns, conversationOf } from './conversations.ts';

/** Each order has its own index: a page costs as much at the end of 100,000 conversations as at the start. */
const page = (index: string, where: string, time = 'updated_at'): string =>
	`SELECT ${conversationColumns} FROM conversations c INDEXED BY ${index}
  WHERE ${where} AND (c.${time}, c.id) < (:before, :id) ORDER BY c.${time} DESC, c.id DESC LIMIT :limit`;

const inTheList = 'c.deleted_at IS NULL AND c.archived_at IS NULL';

/** The newest `limit` conversations that are neither archived nor in the trash. */
export const newestConversations = `SELECT ${conversationColumns} FROM conversations c INDEXED BY conversations_newest
  WHERE ${inTheList} ORDER BY c.updated_at DESC, c.id DESC LIMIT :limit`;

/** The next `limit` conversations after the one with `updated_at` :before and id :id. */
export const olderConversations = page('conversations_newest', inTheList);

export const looseConversations = page(
	'conversations_loose',
	`${inTheList} AND c.pinned_at IS NULL AND c.folder_id IS NULL`,
);

/** The most recently pinned first. */
export const pinnedConversations = page(
	'conversations_pinned',
	`${inTheList} AND c.pinned_at IS NOT NULL`,
	'pinned_at',
);

export const archivedConversations = page(
	'conversations_archived',
	'c.deleted_at IS NULL AND c.archived_at IS NOT NULL',
);

export const conversationsInFolder = page('conversations_in_folder', `${inTheList} AND c.folder_id = :folderId`);

/** The most recently deleted first; those being permanently deleted (0) are in no list. */
export const trashedConversations = page('conversations_trash', 'c.deleted_at > 0', 'deleted_at');

/** Every page sorts all conversations with the tag, so run this on the reader thread. */
export const conversationsWithTag = `SELECT ${conversationColumns}
  FROM conversation_tags ct CROSS JOIN conversations c ON c.id = ct.conversation_id
  WHERE ct.tag_id = :tagId AND c.deleted_at IS NULL AND (c.updated_at, c.id) < (:before, :id)
  ORDER BY c.updated_at DESC, c.id DESC LIMIT :limit`;

const anyConversation = 'SELECT EXISTS (SELECT 1 FROM conversations c WHERE c.deleted_at IS NULL) AS found';

/** Whether there is a conversation outside the trash. */
export function hasConversations(database: ReadableDatabase): boolean {
	return get<{ found: 0 | 1 }>(database, anyConversation)?.found === 1;
}

/** Sorts after every conversation. */
const end = { before: Number.MAX_SAFE_INTEGER, id: Number.MAX_SAFE_INTEGER };

const placeSql = {
	all: olderConversations,
	loose: looseConversations,
	pinned: pinnedConversations,
	archived: archivedConversations,
} as const;

type Page = Pick<ListInput, 'limit' | 'before' | 'folderId'> & Partial<Pick<ListInput, 'place'>>;

/** Returns one page, newest first. */
export function listConversations(database: ReadableDatabase, asked: Page): readonly Conversation[] {
	const { limit, before, place = 'all', folderId } = asked;
	const from = before === undefined ? end : { before: before.updatedAt, id: before.id };
	if (folderId !== undefined) return rows(database, conversationsInFolder, { limit, folderId, ...from });
	if (before === undefined && place === 'all') return rows(database, newestConversations, { limit });
	return rows(database, placeSql[place], { limit, ...from });
}

/** Returns one page of conversations with a tag, including archived ones, newest first. */
export async function listTagged(
	reader: Reader,
	{ limit, before, tagId }: Pick<ListInput, 'limit' | 'before'> & { readonly tagId: number },
	signal?: AbortSignal,
): Promise<readonly Conversation[]> {
	const from = before === undefined ? end : { before: before.updatedAt, id: before.id };
	const found = await reader.all<ConversationRow>(conversationsWithTag, { limit, tagId, ...from }, signal);
	return found.map(conversationOf);
}

/** Returns one page of the trash, the most recently deleted first. */
export function listTrash(
	database: ReadableDatabase,
	{ limit, before }: { readonly limit: number; readonly before?: { deletedAt: number; id: number } | undefined },
): readonly Conversation[] {
	const from = before === undefined ? end : { before: before.deletedAt, id: before.id };
	return rows(database, trashedConversations, { limit, ...from });
}

function rows(database: ReadableDatabase, sql: string, parameters: Record<string, number>): readonly Conversation[] {
	return all<ConversationRow>(database, sql, parameters).map(conversationOf);
}
