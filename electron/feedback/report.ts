import type { FeedbackCount, FeedbackFilter, FeedbackItem, FeedbackSummary } from '../contract/feedback/schema.ts';
import { currentModelName } from '../conversation/store/generations.ts';
import type { ReadableDatabase } from '../database/database.ts';
import type { Reader } from '../database/reader.ts';
import type { Parameters } from '../database/sql.ts';
import { differenceOfShares } from '../statistics/newcombe.ts';
import { wilsonInterval } from '../statistics/wilson.ts';
import { readFeedback } from './store.ts';

/**
 * Answers with current feedback: a rating, a correction, or a suggestion. The three conditions of the WHERE are those
 * of the index `feedback_said`, so that signals, which almost every answer has, are not read. `more` adds a condition.
 */
const holds = `superseded_at IS NULL AND removed_at IS NULL AND (kind <> 'signal' OR source = 'suggested')
        AND (rating IS NOT NULL OR correction IS NOT NULL OR source = 'suggested')`;

/** Answers with current feedback; `more` adds a condition. */
const withFeedback = (more = '') => `FROM (SELECT message_id, max(created_at) AS at,
        max(CASE kind WHEN 'rating' THEN rating END) AS rating,
        max(CASE kind WHEN 'correction' THEN correction END) AS correction,
        max(source = 'suggested') AS suggested
      FROM feedback
      WHERE ${holds}${more}
      GROUP BY message_id) f
JOIN messages a ON a.id = f.message_id
JOIN conversations c ON c.id = a.conversation_id AND c.deleted_at IS NULL
LEFT JOIN messages q ON q.id = a.parent_id
LEFT JOIN generations g ON g.message_id = a.id`;

const isSaid = '(f.rating IS NOT NULL OR f.correction IS NOT NULL)';
const isSuggested = '(f.suggested AND f.rating IS NULL)';
const modelName = `coalesce(${currentModelName}, a.model_name, '')`;
const quantization = "coalesce(g.quantization, '')";

const rated = `(CASE :rating WHEN 'any' THEN ${isSaid} WHEN 'corrected' THEN f.correction IS NOT NULL
    WHEN 'suggested' THEN ${isSuggested} ELSE f.rating = :rating END)`;
const ofModel = `(:modelFileId IS NULL OR g.model_file_id = :modelFileId)
  AND (:modelName IS NULL OR ${modelName} = :modelName COLLATE NOCASE)
  AND (:quantization IS NULL OR ${quantization} = :quantization COLLATE NOCASE)`;
const tagged = `(:tag IS NULL OR EXISTS (SELECT 1 FROM feedback t JOIN feedback_tags ft ON ft.feedback_id = t.id
    WHERE t.message_id = a.id AND t.superseded_at IS NULL AND t.removed_at IS NULL AND ft.tag = :tag))`;
const inTime = `(:from IS NULL OR f.at >= :from) AND (:to IS NULL OR f.at <= :to)
  AND (:prompt IS NULL OR instr(lower(q.content), lower(:prompt)) > 0)`;

const columns = `a.id AS messageId, a.conversation_id AS conversationId, c.title AS conversationTitle,
  ${modelName} AS modelName, ${quantization} AS quantization, f.at`;

export const answersWithFeedback = `SELECT ${columns}, coalesce(substr(q.content, 1, :characters), '') AS prompt,
  substr(a.content, 1, :characters) AS answer
${withFeedback()}
WHERE ${rated} AND ${ofModel} AND ${tagged} AND ${inTime}
  AND (:beforeAt IS NULL OR (f.at, a.id) < (:beforeAt, :beforeId))
ORDER BY f.at DESC, a.id DESC LIMIT :limit`;

/** The next :limit answers after :after with current feedback: the last id and the number. */
export const nextExportRange = `SELECT max(message_id) AS upTo, count(*) AS count
FROM (SELECT DISTINCT message_id FROM feedback WHERE ${holds} AND message_id > :after ORDER BY message_id LIMIT :limit)`;

/** Ordered by message, so that each page continues where the last one ended, even if feedback is added meanwhile. */
export const answersToExport = `SELECT ${columns}, coalesce(q.content, '') AS prompt, a.content AS answer
${withFeedback(' AND message_id > :after AND message_id <= :upTo')}
WHERE ${rated} AND ${ofModel} AND ${tagged} AND ${inTime}
ORDER BY f.message_id`;

const counts = `SELECT ${modelName} AS modelName, ${quantization} AS quantization,
  count(*) FILTER (WHERE f.rating = 'up') AS up, count(*) FILTER (WHERE f.rating = 'down') AS down,
  count(*) FILTER (WHERE f.correction IS NOT NULL) AS corrected
${withFeedback()}
WHERE ${isSaid} AND ${tagged} AND ${inTime}
GROUP BY 1, 2 ORDER BY up + down DESC, 1, 2`;

const totals = `SELECT count(*) FILTER (WHERE ${isSaid}) AS "any", count(*) FILTER (WHERE f.rating = 'up') AS up,
  count(*) FILTER (WHERE f.rating = 'down') AS down, count(*) FILTER (WHERE f.correction IS NOT NULL) AS corrected,
  count(*) FILTER (WHERE ${isSuggested}) AS suggested
${withFeedback()}
WHERE ${ofModel} AND ${tagged} AND ${inTime}`;

const tags = `SELECT t.tag, count(*) AS count FROM feedback_tags t JOIN feedback f ON f.id = t.feedback_id
JOIN messages a ON a.id = f.message_id JOIN conversations c ON c.id = a.conversation_id AND c.deleted_at IS NULL
WHERE f.superseded_at IS NULL AND f.removed_at IS NULL GROUP BY t.tag ORDER BY count(*) DESC, t.tag LIMIT 200`;

/** Converts the filter to the parameters of the queries above. */
export function filterParameters(filter: FeedbackFilter): Parameters {
	const { rating, tag, modelFileId, prompt, from, to } = filter;
	return {
		rating,
		tag: tag ?? null,
		modelFileId: modelFileId ?? null,
		modelName: filter.modelName ?? null,
		quantization: filter.quantization ?? null,
		prompt: prompt === undefined || prompt.trim() === '' ? null : prompt,
		from: from ?? null,
		to: to ?? null,
	};
}

export type AnswerRow = Omit<FeedbackItem, keyof ReturnType<typeof readFeedback>> & { readonly messageId: number };

export interface FeedbackPage {
	readonly limit: number;
	readonly before?: { readonly at: number; readonly messageId: number } | undefined;
	/** Longest prompt and answer returned in full, in characters. */
	readonly characters: number;
}

/** Lists feedback on answers, newest first; the slow part runs on the reader thread. */
export async function listFeedback(
	database: ReadableDatabase,
	reader: Reader,
	filter: FeedbackFilter,
	{ limit, before, characters }: FeedbackPage,
	signal?: AbortSignal,
): Promise<FeedbackItem[]> {
	const page = { limit, characters, beforeAt: before?.at ?? null, beforeId: before?.messageId ?? null };
	const rows = await reader.all<AnswerRow>(answersWithFeedback, { ...filterParameters(filter), ...page }, signal);
	return rows.map((row) => ({ ...row, ...readFeedback(database, row.messageId) }));
}

export interface ExportPage {
	/** Ordered by id, with their whole texts. */
	readonly rows: readonly AnswerRow[];
	/** Id of the last answer examined; null: none. */
	readonly upTo: number | null;
	/** true: this is the last page. */
	readonly last: boolean;
}

/** Reads the matches among the next `limit` answers with feedback after `after`. */
export async function readExportPage(
	reader: Reader,
	filter: FeedbackFilter,
	after: number,
	limit: number,
	signal?: AbortSignal,
): Promise<ExportPage> {
	type End = { upTo: number | null; count: number };
	const [end] = await reader.all<End>(nextExportRange, { after, limit }, signal);
	const upTo = end?.upTo ?? null;
	if (end === undefined || upTo === null) return { rows: [], upTo: null, last: true };
	const parameters = { ...filterParameters(filter), after, upTo };
	return { rows: await reader.all<AnswerRow>(answersToExport, parameters, signal), upTo, last: end.count < limit };
}

/**
 * Returns the counts shown with the list: by rating, and by model and quantisation with the interval of the share of
 * thumbs up.
 */
export async function summariseFeedback(
	reader: Reader,
	filter: FeedbackFilter,
	signal?: AbortSignal,
): Promise<FeedbackSummary> {
	const parameters = filterParameters(filter);
	const [byRating, byModel, byTag] = await Promise.all([
		reader.all<FeedbackSummary['totals']>(totals, parameters, signal),
		reader.all<Omit<FeedbackCount, 'share' | 'low' | 'high'>>(counts, parameters, signal),
		reader.all<{ tag: string; count: number }>(tags, {}, signal),
	]);
	const counted = byModel.map((row) => ({ ...row, ...wilsonInterval(row.up, row.up + row.down) }));
	return {
		totals: byRating[0] ?? { any: 0, up: 0, down: 0, corrected: 0, suggested: 0 },
		counts: counted,
		comparison: compareModels(counted),
		tags: [...byTag],
	};
}

/** `counts` must be sorted by number of thumbs, most first. */
function compareModels(counts: readonly FeedbackCount[]): FeedbackSummary['comparison'] {
	const [one, two] = counts.filter(({ up, down }) => up + down > 0);
	if (one === undefined || two === undefined) return null;
	const [first, second] = one.share >= two.share ? [one, two] : [two, one];
	const thumbs = ({ up, down }: FeedbackCount) => ({ k: up, n: up + down });
	return { first, second, ...differenceOfShares(thumbs(first), thumbs(second)) };
}
