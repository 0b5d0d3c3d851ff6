import { Failure, type FailureFacts } from '../../models/contract/failure.ts';
import { said } from '../../models/contract/said.ts';
import type { ActivityEntry, ActivityFilter, ActivitySort } from '../contract/activity/schema.ts';
import type { Reader } from '../database/reader.ts';
import type { Parameters } from '../database/sql.ts';

/** Entries that were not cleared. */
export const present = 'e.id > (SELECT coalesce(max(up_to), 0) FROM events_cleared)';

/** Always binds both time bounds, so that SQLite can use the index on time. */
const fits = `${present} AND e.at >= :since AND e.at <= :until
  AND (:kinds IS NULL OR e.kind IN (SELECT value FROM json_each(:kinds)))
  AND (:results IS NULL OR e.result IN (SELECT value FROM json_each(:results)))
  AND (:text IS NULL OR instr(lower(e.subject || ' ' || e.outcome || ' ' || e.detail), :text) > 0)`;

const columns = `e.id, e.at, e.kind, e.subject, e.result, e.outcome, e.detail, e.model_file_id AS modelFileId,
  e.message_id AS messageId, e.conversation_id AS conversationId, f.prompt_tokens AS promptTokens,
  f.cached_tokens AS cachedTokens, f.completion_tokens AS completionTokens, f.ttft_ms AS ttftMs,
  f.prompt_ms AS promptMs, f.generation_ms AS generationMs`;
const from = 'events e LEFT JOIN answer_figures f ON f.event_id = e.id';

export const countEntries = `SELECT count(*) AS total FROM events e WHERE ${fits}`;

const order = {
	time: 'e.at',
	kind: 'e.kind',
	subject: 'e.subject COLLATE NOCASE',
	outcome: 'e.result, e.outcome',
} as const satisfies Record<ActivitySort['by'], string>;

/** Among equal values the newest comes first. */
export function pageOfEntries({ by, descending }: ActivitySort): string {
	const way = descending ? ' DESC' : '';
	const sorted = order[by].replaceAll(',', `${way},`) + way;
	const rest = by === 'time' ? `, e.id${way}` : ', e.at DESC, e.id DESC';
	return `SELECT ${columns}
		FROM (SELECT e.id FROM events e WHERE ${fits} ORDER BY ${sorted}${rest} LIMIT :limit OFFSET :offset) page
		JOIN ${from} WHERE e.id = page.id ORDER BY ${sorted}${rest}`;
}

/** Pages by id, so that a page continues where the last one ended, even if entries are added in between. */
export const entriesAfter = `SELECT ${columns} FROM ${from} WHERE e.id > :after AND ${fits} ORDER BY e.id LIMIT :limit`;

export interface EntryRow {
	readonly id: number;
	readonly at: number;
	readonly kind: ActivityEntry['kind'];
	readonly subject: string;
	readonly result: ActivityEntry['result'];
	readonly outcome: string;
	/** JSON. */
	readonly detail: string;
	readonly modelFileId: number | null;
	readonly messageId: number | null;
	readonly conversationId: number | null;
	/** null, like the fields below, if the entry is not an answer. */
	readonly promptTokens: number | null;
	readonly cachedTokens: number;
	readonly completionTokens: number;
	readonly ttftMs: number;
	readonly promptMs: number;
	readonly generationMs: number;
}

/** Parameters for the queries above. */
export function filterParameters({ kinds, results, since, until, text }: ActivityFilter): Parameters {
	return {
		since: since ?? 0,
		until: until ?? Number.MAX_SAFE_INTEGER,
		kinds: kinds === undefined ? null : JSON.stringify(kinds),
		results: results === undefined ? null : JSON.stringify(results),
		text: text === undefined || text.trim() === '' ? null : text.trim().toLowerCase(),
	};
}

/** Lists one page of entries with the total count, on the reader thread because the log may be long. */
export async function listEntries(
	reader: Reader,
	{ filter, sort, offset, limit }: { filter: ActivityFilter; sort: ActivitySort; offset: number; limit: number },
	signal?: AbortSignal,
): Promise<{ total: number; entries: ActivityEntry[] }> {
	const parameters = filterParameters(filter);
	const [counted] = await reader.all<{ total: number }>(countEntries, parameters, signal);
	const rows =
		limit === 0 ? [] : await reader.all<EntryRow>(pageOfEntries(sort), { ...parameters, limit, offset }, signal);
	return { total: counted?.total ?? 0, entries: rows.map(entryOf) };
}

/** Returns one entry with its whole failure. Throws Failure `activity-unknown`. */
export async function getEntry(
	reader: Reader,
	id: number,
): Promise<{ entry: ActivityEntry; failure: FailureFacts | null }> {
	const [row] = await reader.all<EntryRow>(`SELECT ${columns} FROM ${from} WHERE e.id = :id AND ${present}`, { id });
	if (row === undefined) {
		throw new Failure({
			code: 'activity-unknown',
			message: said`This log entry no longer exists.`,
			next: [said`Reload the log`],
		});
	}
	return { entry: entryOf(row), failure: failureOf(row) };
}

export function entryOf(row: EntryRow): ActivityEntry {
	const { detail, promptTokens, cachedTokens, completionTokens, ttftMs, promptMs, generationMs, ...rest } = row;
	const facts: Record<string, string | number> = {};
	for (const [name, value] of Object.entries(JSON.parse(detail) as object)) {
		if (typeof value === 'number' || (typeof value === 'string' && name !== 'message')) facts[name] = value;
	}
	return {
		...rest,
		message: failureOf(row)?.message ?? null,
		facts,
		figures:
			promptTokens === null ? null : { promptTokens, cachedTokens, completionTokens, ttftMs, promptMs, generationMs },
	};
}

/** Entries written by earlier versions have only the message. */
function failureOf({ detail, outcome }: EntryRow): FailureFacts | null {
	const { failure, message } = JSON.parse(detail) as { failure?: FailureFacts | string; message?: string };
	if (typeof failure === 'object' && failure !== null) return failure;
	return message === undefined ? null : { code: outcome, message, next: [] };
}
