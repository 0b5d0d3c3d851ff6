import type { SearchHit } from '../contract/conversation.ts';
import type { Reader } from '../database/reader/reader.ts';
import { excerpt, matchEnd, matchStart } from './excerpt.ts';
import { parseQuery } from './query.ts';

/** Up to so many matches are ranked by how well they fit; more are shown newest first (bm25 over 1.5 % of a million: 1.5 s). */
const rankedUpTo = 5_000;

const count = `SELECT count(*) AS n FROM (SELECT 1 FROM messages_fts WHERE messages_fts MATCH :match LIMIT :cap)`;

const hitColumns = `c.id AS conversationId, c.title, m.id AS messageId, m.created_at AS at`;

const marked = `snippet(messages_fts, 0, '${matchStart}', '${matchEnd}', '…', 24) AS snippet`;

/** Matching messages, best first. */
export const rankedMessages = `SELECT ${hitColumns}, ${marked}
FROM messages_fts JOIN messages m ON m.id = messages_fts.rowid JOIN conversations c ON c.id = m.conversation_id
WHERE messages_fts MATCH :match AND c.deleted_at IS NULL ORDER BY rank LIMIT :limit`;

/** Matching messages, newest first: stops as soon as it has enough. */
export const newestMessages = `SELECT ${hitColumns}, ${marked}
FROM messages_fts JOIN messages m ON m.id = messages_fts.rowid JOIN conversations c ON c.id = m.conversation_id
WHERE messages_fts MATCH :match AND c.deleted_at IS NULL ORDER BY messages_fts.rowid DESC LIMIT :limit`;

export const matchingTitles = `SELECT c.id AS conversationId, c.title, NULL AS messageId, c.updated_at AS at,
  highlight(conversations_fts, 0, '${matchStart}', '${matchEnd}') AS snippet
FROM conversations_fts JOIN conversations c ON c.id = conversations_fts.rowid
WHERE conversations_fts MATCH :match AND c.deleted_at IS NULL ORDER BY c.updated_at DESC LIMIT :limit`;

const messagesWithText = `SELECT ${hitColumns}, m.content AS snippet
FROM messages m JOIN conversations c ON c.id = m.conversation_id
WHERE m.content LIKE :pattern ESCAPE '\\' AND c.deleted_at IS NULL AND m.status <> 'streaming'
ORDER BY m.id DESC LIMIT :limit`;

const titlesWithText = `SELECT c.id AS conversationId, c.title, NULL AS messageId, c.updated_at AS at, c.title AS snippet
FROM conversations c WHERE c.title LIKE :pattern ESCAPE '\\' AND c.deleted_at IS NULL
ORDER BY c.updated_at DESC LIMIT :limit`;

/**
 * Conversations whose title or messages hold what was typed, titles first; the last word may be unfinished. All
 * branches are searched, the trash isn't. Runs on the reader thread; `signal` gives up before or while it runs.
 */
export async function searchConversations(
	reader: Reader,
	typed: string,
	limit: number,
	signal?: AbortSignal,
): Promise<readonly SearchHit[]> {
	const query = parseQuery(typed);
	switch (query.kind) {
		case 'nothing':
			return [];
		case 'words': {
			const { match } = query;
			const titles = await reader.all<SearchHit>(matchingTitles, { match, limit }, signal);
			const [found] = await reader.all<{ n: number }>(count, { match, cap: rankedUpTo + 1 }, signal);
			const sql = (found?.n ?? 0) > rankedUpTo ? newestMessages : rankedMessages;
			const messages = await reader.all<SearchHit>(sql, { match, limit }, signal);
			return [...titles, ...messages].slice(0, limit);
		}
		case 'text': {
			const pattern = `%${query.text.replaceAll(/[\\%_]/g, '\\$&')}%`;
			const titles = await reader.all<SearchHit>(titlesWithText, { pattern, limit }, signal);
			const messages = await reader.all<SearchHit>(messagesWithText, { pattern, limit }, signal);
			return [...titles, ...messages]
				.slice(0, limit)
				.map((hit) => ({ ...hit, snippet: excerpt(hit.snippet, query.text) }));
		}
	}
}
