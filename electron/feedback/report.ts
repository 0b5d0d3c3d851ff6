import type { FeedbackCount, FeedbackFilter, FeedbackItem } from '../contract/feedback.ts';
import type { ReadableDatabase } from '../database/handle.ts';
import type { Reader } from '../database/reader/reader.ts';
import type { Parameters } from '../database/sql.ts';
import { all } from '../database/sql.ts';
import { wilson } from '../statistics/wilson.ts';
import { readFeedback } from './store.ts';

/** Answers with a rating or a correction that holds now, newest first. */
const rated = `
FROM (SELECT message_id, max(created_at) AS at,
        max(CASE kind WHEN 'rating' THEN rating END) AS rating,
        max(CASE kind WHEN 'correction' THEN correction END) AS correction
      FROM feedback
      WHERE superseded_at IS NULL AND removed_at IS NULL AND kind <> 'signal' AND (rating IS NOT NULL OR correction IS NOT NULL)
      GROUP BY message_id) f
JOIN messages a ON a.id = f.message_id
JOIN conversations c ON c.id = a.conversation_id AND c.deleted_at IS NULL
LEFT JOIN messages q ON q.id = a.parent_id
LEFT JOIN generations g ON g.message_id = a.id
WHERE (:rating = 'any' OR f.rating = :rating OR (:rating = 'corrected' AND f.correction IS NOT NULL))
  AND (:modelFileId IS NULL OR g.model_file_id = :modelFileId)
  AND (:prompt IS NULL OR instr(lower(q.content), lower(:prompt)) > 0)
  AND (:from IS NULL OR f.at >= :from) AND (:to IS NULL OR f.at <= :to)
  AND (:tag IS NULL OR EXISTS (SELECT 1 FROM feedback t JOIN feedback_tags ft ON ft.feedback_id = t.id
        WHERE t.message_id = a.id AND t.superseded_at IS NULL AND t.removed_at IS NULL AND ft.tag = :tag))`;

export const ratedAnswers = `SELECT a.id AS messageId, a.conversation_id AS conversationId, c.title AS conversationTitle,
  coalesce(q.content, '') AS prompt, a.content AS answer, coalesce(g.model_name, '') AS modelName,
  coalesce(g.quantization, '') AS quantization, f.at ${rated}
ORDER BY f.at DESC, a.id DESC LIMIT :limit`;

const counts = `SELECT coalesce(g.model_name, '') AS modelName, coalesce(g.quantization, '') AS quantization,
  count(*) FILTER (WHERE f.rating = 'up') AS up, count(*) FILTER (WHERE f.rating = 'down') AS down,
  count(*) FILTER (WHERE f.correction IS NOT NULL) AS corrected ${rated}
GROUP BY 1, 2 ORDER BY up + down DESC, 1, 2`;

export function filterParameters(filter: FeedbackFilter): Parameters {
	return {
		rating: filter.rating,
		tag: filter.tag ?? null,
		modelFileId: filter.modelFileId ?? null,
		prompt: filter.prompt === undefined || filter.prompt.trim() === '' ? null : filter.prompt,
		from: filter.from ?? null,
		to: filter.to ?? null,
	};
}

type ItemRow = Omit<FeedbackItem, keyof ReturnType<typeof readFeedback>> & { readonly messageId: number };

/** What was said of answers, newest first; the slow part runs on the reader's thread. */
export async function listFeedback(
	database: ReadableDatabase,
	reader: Reader,
	filter: FeedbackFilter,
	limit: number,
): Promise<FeedbackItem[]> {
	const rows = await reader.all<ItemRow>(ratedAnswers, { ...filterParameters(filter), limit });
	return rows.map((row) => ({ ...row, ...readFeedback(database, row.messageId) }));
}

/** Thumbs by model and quantisation, with the interval of the share of thumbs up. */
export async function countFeedback(reader: Reader, filter: FeedbackFilter): Promise<FeedbackCount[]> {
	const rows = await reader.all<Omit<FeedbackCount, 'share' | 'low' | 'high'>>(counts, filterParameters(filter));
	return rows.map((row) => ({ ...row, ...wilson(row.up, row.up + row.down) }));
}

/** Every tag in use, most used first. */
export function tagsInUse(database: ReadableDatabase): string[] {
	return all<{ tag: string }>(
		database,
		`SELECT t.tag FROM feedback_tags t JOIN feedback f ON f.id = t.feedback_id
		 WHERE f.superseded_at IS NULL AND f.removed_at IS NULL GROUP BY t.tag ORDER BY count(*) DESC, t.tag LIMIT 200`,
	).map(({ tag }) => tag);
}
