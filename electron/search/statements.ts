/** Letters shown to each side of what was found in a message. */
const around = 60;

/** Title lengths are limited to less; a title is shown whole. */
const wholeTitle = 1_000;

/** Of `feedback f`: what a person said and holds. As the index `feedback_said` has it. */
const current = `f.superseded_at IS NULL AND f.removed_at IS NULL AND f.kind <> 'signal'`;

/** Of `conversations c`. Every parameter may be NULL: then it narrows nothing. */
const conversationFits = `c.deleted_at IS NULL
  AND (:folderId IS NULL OR c.folder_id = :folderId)
  AND (:archived IS NULL OR (c.archived_at IS NOT NULL) = :archived)
  AND (:tagIds IS NULL OR (SELECT count(*) FROM conversation_tags ct WHERE ct.conversation_id = c.id
    AND ct.tag_id IN (SELECT value FROM json_each(:tagIds))) = json_array_length(:tagIds))`;

/** Letter for letter; the first without a table of values, because often it is the only one and millions are compared. */
function holds(text: 'm.content' | 'c.title'): string {
	return `(:literal IS NULL OR instr(lower(${text}), :literal) > 0)
  AND (:literals IS NULL OR NOT EXISTS (SELECT 1 FROM json_each(:literals) l WHERE instr(lower(${text}), l.value) = 0))`;
}

/** Of `messages m` in `conversations c`. */
const messageFits = `${conversationFits}
  AND (:from IS NULL OR m.created_at >= :from) AND (:to IS NULL OR m.created_at < :to)
  AND (:feedback IS NULL OR EXISTS (SELECT 1 FROM feedback f WHERE f.message_id = m.id AND ${current}
    AND CASE :feedback
      WHEN 'any' THEN f.rating IS NOT NULL OR f.correction IS NOT NULL
      WHEN 'corrected' THEN f.correction IS NOT NULL
      ELSE f.rating = :feedback END))
  AND (:attachment IS NULL OR EXISTS (SELECT 1 FROM attachments a WHERE a.message_id = m.id))
  AND ${holds('m.content')}`;

const messageColumns = `m.conversation_id AS conversationId, m.id AS messageId, m.role AS writtenBy, c.title,
  excerpt(m.content, :wanted, ${around}) AS snippet, m.created_at AS at, c.archived_at IS NOT NULL AS archived`;

const titleColumns = `c.id AS conversationId, NULL AS messageId, NULL AS writtenBy,
  excerpt(c.title, :wanted, ${wholeTitle}) AS title, '' AS snippet, c.updated_at AS at,
  c.archived_at IS NOT NULL AS archived`;

/** A conversation lies in a stretch of time when any of its life does. */
const titleFits = `${conversationFits}
  AND (:from IS NULL OR c.updated_at >= :from) AND (:to IS NULL OR c.created_at < :to)
  AND ${holds('c.title')}`;

/** Messages above :low and below :high that the index finds, newest first; stops at :limit. */
export const indexedMessages = `SELECT ${messageColumns}
FROM messages_fts CROSS JOIN messages m ON m.id = messages_fts.rowid
CROSS JOIN conversations c ON c.id = m.conversation_id
WHERE messages_fts MATCH :match AND messages_fts.rowid > :low AND messages_fts.rowid < :high AND ${messageFits}
ORDER BY messages_fts.rowid DESC LIMIT :limit`;

/** The same without the index: every message above :low and below :high is looked at. */
export const readMessages = `SELECT ${messageColumns}
FROM messages m CROSS JOIN conversations c ON c.id = m.conversation_id
WHERE m.id > :low AND m.id < :high AND m.status <> 'streaming' AND ${messageFits}
ORDER BY m.id DESC LIMIT :limit`;

export const indexedTitles = `SELECT ${titleColumns}
FROM conversations_fts CROSS JOIN conversations c ON c.id = conversations_fts.rowid
WHERE conversations_fts MATCH :match AND ${titleFits}
ORDER BY conversations_fts.rowid DESC LIMIT :limit`;

const inListOrder = 'ORDER BY c.updated_at DESC, c.id DESC LIMIT :limit';

/**
 * Titles in the order of the list; with nothing to be found, every conversation that fits. Few ones by their numbers, any
 * by the indexes that the list and the archive have: what stands in neither order would be sorted first.
 */
export const readTitles = {
	few: `SELECT ${titleColumns} FROM conversations c
WHERE c.id IN (SELECT value FROM json_each(:conversationIds)) AND ${titleFits} ${inListOrder}`,
	listed: `SELECT ${titleColumns} FROM conversations c
WHERE c.archived_at IS NULL AND ${titleFits} ${inListOrder}`,
	archived: `SELECT ${titleColumns} FROM conversations c
WHERE c.archived_at IS NOT NULL AND ${titleFits} ${inListOrder}`,
} as const;

export const newestMessage = 'SELECT coalesce(max(id), 0) AS id FROM messages';

/** When the newest message that is left to be looked at was written. */
export const timeBefore =
	'SELECT created_at AS at FROM messages WHERE id < :before AND id >= :before - 1000 ORDER BY id DESC LIMIT 1';

/** Names of tags with their ids; NULL where there is none of that name. */
export const tagIds = `SELECT j.value AS name, t.id FROM json_each(:names) j LEFT JOIN tags t ON t.name = j.value`;

export const folderId = 'SELECT id FROM folders WHERE name = :name';

/** The conversations that one filter leaves, as many as :limit. */
export const conversationsOf = {
	tag: 'SELECT conversation_id AS id FROM conversation_tags WHERE tag_id = :value LIMIT :limit',
	folder: 'SELECT id FROM conversations WHERE folder_id = :value LIMIT :limit',
	feedback: `SELECT DISTINCT m.conversation_id AS id FROM feedback f INDEXED BY feedback_said CROSS JOIN messages m ON m.id = f.message_id
WHERE ${current} LIMIT :limit`,
	attachment: `SELECT DISTINCT m.conversation_id AS id FROM attachments a CROSS JOIN messages m ON m.id = a.message_id
WHERE a.message_id IS NOT NULL LIMIT :limit`,
	archived: `SELECT id FROM conversations WHERE archived_at IS NOT NULL AND deleted_at IS NULL LIMIT :limit`,
} as const;
