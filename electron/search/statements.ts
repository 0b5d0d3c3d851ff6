/** Characters shown on each side of a match in a message. */
const around = 60;

/** Longer than any title, so that a title is shown whole. */
const wholeTitle = 1_000;

/** Condition on `feedback f`: current ratings and corrections by the user. Matches the index `feedback_said`. */
const current = `f.superseded_at IS NULL AND f.removed_at IS NULL AND f.kind <> 'signal'`;

/** What a message says, with the calls of tools in it and their results. */
const wholeText = '(SELECT w.text FROM message_texts w WHERE w.id = m.id)';

/** Condition on `conversations c`. Any parameter may be NULL, which matches everything. */
const conversationFits = `c.deleted_at IS NULL
  AND (:folderId IS NULL OR c.folder_id = :folderId)
  AND (:archived IS NULL OR (c.archived_at IS NOT NULL) = :archived)
  AND (:tagIds IS NULL OR (SELECT count(*) FROM conversation_tags ct WHERE ct.conversation_id = c.id
    AND ct.tag_id IN (SELECT value FROM json_each(:tagIds))) = json_array_length(:tagIds))`;

/**
 * Matches verbatim. The first string is compared without a table of values, because it is often the only one and
 * millions of comparisons follow.
 */
function holds(text: string): string {
	return `(:literal IS NULL OR instr(lower(${text}), :literal) > 0)
  AND (:literals IS NULL OR NOT EXISTS (SELECT 1 FROM json_each(:literals) l WHERE instr(lower(${text}), l.value) = 0))`;
}

/** Condition on `messages m` in `conversations c`, apart from its words. */
const placeFits = `${conversationFits}
  AND (:from IS NULL OR m.created_at >= :from) AND (:to IS NULL OR m.created_at < :to)
  AND (:feedback IS NULL OR EXISTS (SELECT 1 FROM feedback f WHERE f.message_id = m.id AND ${current}
    AND CASE :feedback
      WHEN 'any' THEN f.rating IS NOT NULL OR f.correction IS NOT NULL
      WHEN 'corrected' THEN f.correction IS NOT NULL
      ELSE f.rating = :feedback END))
  AND (:attachment IS NULL OR EXISTS (SELECT 1 FROM attachments a WHERE a.message_id = m.id))`;

const messageFits = `${placeFits}
  AND ${holds(wholeText)}`;

const messageColumns = `m.conversation_id AS conversationId, m.id AS messageId, m.role AS writtenBy, c.title,
  m.created_at AS at, c.archived_at IS NOT NULL AS archived`;

const messageSnippet = `excerpt(${wholeText}, :wanted, ${around}) AS snippet`;

const titleColumns = `c.id AS conversationId, NULL AS messageId, NULL AS writtenBy,
  excerpt(c.title, :wanted, ${wholeTitle}) AS title, '' AS snippet, c.updated_at AS at,
  c.archived_at IS NOT NULL AS archived`;

/** A conversation matches a period if any part of its lifetime overlaps it. */
const titleFits = `${conversationFits}
  AND (:from IS NULL OR c.updated_at >= :from) AND (:to IS NULL OR c.created_at < :to)
  AND ${holds('c.title')}`;

/** Messages above :low and below :high that the index matches, newest first; stops at :limit. */
export const indexedMessages = `SELECT m.id AS row, ${messageColumns}, ${messageSnippet}
FROM messages_fts CROSS JOIN messages m ON m.id = messages_fts.rowid
CROSS JOIN conversations c ON c.id = m.conversation_id
WHERE messages_fts MATCH :match AND messages_fts.rowid > :low AND messages_fts.rowid < :high AND ${messageFits}
ORDER BY messages_fts.rowid DESC LIMIT :limit`;

/** The same without the index: reads every message above :low and below :high. */
export const readMessages = `SELECT m.id AS row, ${messageColumns}, ${messageSnippet}
FROM messages m CROSS JOIN conversations c ON c.id = m.conversation_id
WHERE m.id > :low AND m.id < :high AND m.status <> 'streaming' AND ${messageFits}
ORDER BY m.id DESC LIMIT :limit`;

/** Messages with a sent file above :low and below :high, counted by files, that the index of files matches. */
export const indexedAttachments = `SELECT a.id AS row, ${messageColumns},
  excerpt(a.name, :wanted, ${wholeTitle}) || ': ' || excerpt(a.text, :wanted, ${around}) AS snippet
FROM attachments_fts CROSS JOIN attachments a ON a.id = attachments_fts.rowid
CROSS JOIN messages m ON m.id = a.message_id
CROSS JOIN conversations c ON c.id = m.conversation_id
WHERE attachments_fts MATCH :match AND attachments_fts.rowid > :low AND attachments_fts.rowid < :high AND ${placeFits}
  AND ${holds('a.name || char(10) || a.text')}
ORDER BY attachments_fts.rowid DESC LIMIT :limit`;

export const indexedTitles = `SELECT ${titleColumns}
FROM conversations_fts CROSS JOIN conversations c ON c.id = conversations_fts.rowid
WHERE conversations_fts MATCH :match AND ${titleFits}
ORDER BY conversations_fts.rowid DESC LIMIT :limit`;

const inListOrder = 'ORDER BY c.updated_at DESC, c.id DESC LIMIT :limit';

/**
 * Titles in list order; without words, every conversation that matches the filter. A few are found by id, any number by
 * the indexes of the list and the archive; any other order would need a sort first.
 */
export const readTitles = {
	few: `SELECT ${titleColumns} FROM conversations c
WHERE c.id IN (SELECT value FROM json_each(:conversationIds)) AND ${titleFits} ${inListOrder}`,
	listed: `SELECT ${titleColumns} FROM conversations c
WHERE c.archived_at IS NULL AND ${titleFits} ${inListOrder}`,
	archived: `SELECT ${titleColumns} FROM conversations c
WHERE c.archived_at IS NOT NULL AND ${titleFits} ${inListOrder}`,
} as const;

/** Tables that are searched from the newest row back: its id, and when the newest row not yet searched was created. */
export const searched = {
	messages: searchedOf('messages'),
	attachments: searchedOf('attachments'),
};

function searchedOf(table: string) {
	return {
		newest: `SELECT coalesce(max(id), 0) AS id FROM ${table}`,
		timeBefore: `SELECT created_at AS at FROM ${table} WHERE id < :before AND id >= :before - 1000 ORDER BY id DESC LIMIT 1`,
	} as const;
}

/** Names of tags with their ids; NULL if no tag has that name. */
export const tagIds = `SELECT j.value AS name, t.id FROM json_each(:names) j LEFT JOIN tags t ON t.name = j.value`;

export const folderId = 'SELECT id FROM folders WHERE name = :name';

/** The conversations that match one filter, at most :limit. */
export const conversationsOf = {
	tag: 'SELECT conversation_id AS id FROM conversation_tags WHERE tag_id = :value LIMIT :limit',
	folder: 'SELECT id FROM conversations WHERE folder_id = :value LIMIT :limit',
	feedback: `SELECT DISTINCT m.conversation_id AS id FROM feedback f INDEXED BY feedback_said CROSS JOIN messages m ON m.id = f.message_id
WHERE ${current} LIMIT :limit`,
	attachment: `SELECT DISTINCT m.conversation_id AS id FROM attachments a CROSS JOIN messages m ON m.id = a.message_id
WHERE a.message_id IS NOT NULL LIMIT :limit`,
	archived: `SELECT id FROM conversations WHERE archived_at IS NOT NULL AND deleted_at IS NULL LIMIT :limit`,
} as const;
