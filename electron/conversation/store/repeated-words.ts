import type { ReadableDatabase } from '../../database/database.ts';
import { get } from '../../database/sql.ts';

/** Messages before the one that is read in which its words are looked for. */
const lookedAt = 200;

/** What others wrote up to a message: answers, results of tools, passages that were sent, attached files. */
export const writtenByOthers = `WITH RECURSIVE path (id, parent_id, depth) AS (
  SELECT id, parent_id, 0 FROM messages WHERE id = :messageId
  UNION ALL
  SELECT m.id, m.parent_id, depth + 1 FROM path JOIN messages m ON m.id = path.parent_id WHERE depth < :lookedAt
)
SELECT 1 FROM path WHERE
  EXISTS (SELECT 1 FROM messages m
    WHERE m.id = path.id AND m.role = 'assistant' AND instr(lower(m.content), lower(:words)) > 0)
  OR EXISTS (SELECT 1 FROM answer_steps s WHERE s.message_id = path.id AND instr(lower(s.result), lower(:words)) > 0)
  OR EXISTS (SELECT 1 FROM context_pieces p
    WHERE p.message_id = path.id AND p.kind <> 'memory' AND instr(lower(p.text), lower(:words)) > 0)
  OR EXISTS (SELECT 1 FROM attachments a WHERE a.message_id = path.id AND instr(lower(a.text), lower(:words)) > 0)
LIMIT 1`;

/**
 * Returns whether words of a message stand in an answer, a document, an attached file or a tool's result up to it: what a
 * person pastes from there is not their own.
 */
export function isRepeated(database: ReadableDatabase, messageId: number, words: string): boolean {
	return get(database, writtenByOthers, { messageId, words, lookedAt }) !== undefined;
}
