import {
	keptAnswerSchema,
	keptPromptSchema,
	type RequestBody,
	type RequestFilter,
	type ServerRequest,
} from '../../contract/server/request-log.ts';
import type { ReadableDatabase, WritableDatabase } from '../../database/database.ts';
import { all, get, type Parameters, run } from '../../database/sql.ts';
import { clientLeft, type RequestRecord } from './request-record.ts';

interface RequestRow {
	readonly id: number;
	readonly responseId: string | null;
	readonly startedAt: number;
	readonly client: string;
	readonly keyId: number | null;
	readonly keyName: string | null;
	readonly route: string;
	readonly model: string;
	readonly modelFileId: number | null;
	readonly streamed: number;
	readonly status: number;
	readonly errorCode: string | null;
	readonly error: string | null;
	readonly promptTokens: number | null;
	readonly cachedTokens: number | null;
	readonly completionTokens: number | null;
	readonly differsAt: number | null;
	readonly finishReason: string | null;
	readonly isDeterministic: number;
	readonly queueMs: number | null;
	readonly ttftMs: number | null;
	readonly generationMs: number | null;
	readonly durationMs: number;
	readonly hasBody: number;
	readonly cached: string | null;
	readonly differs: string | null;
}

const columns = `r.id, r.response_id AS responseId, r.started_at AS startedAt, r.client, k.id AS keyId, k.name AS keyName,
  r.route, r.model, r.model_file_id AS modelFileId, r.streamed, r.status, r.error_code AS errorCode, r.error,
  r.prompt_tokens AS promptTokens, r.cached_tokens AS cachedTokens, r.completion_tokens AS completionTokens,
  r.differs_at AS differsAt, r.finish_reason AS finishReason, r.is_deterministic AS isDeterministic,
  r.queue_ms AS queueMs, r.ttft_ms AS ttftMs, r.generation_ms AS generationMs, r.duration_ms AS durationMs,
  b.request_id IS NOT NULL AS hasBody, b.cached, b.differs`;

const from = `server_requests r LEFT JOIN server_keys k ON k.id = r.key_id LEFT JOIN server_bodies b ON b.request_id = r.id`;

/** Conditions of a filter, with the parameters of `filterParameters`. */
const matches = `r.deleted_at IS NULL AND (:from IS NULL OR r.started_at >= :from) AND (:to IS NULL OR r.started_at <= :to)
  AND (:key IS NULL OR coalesce(r.key_id, 0) = :key) AND (:client IS NULL OR r.client = :client)
  AND (:model IS NULL OR r.model = :model) AND (:route IS NULL OR r.route = :route)
  AND (CASE :outcome WHEN 'fine' THEN r.status < 400 WHEN 'left' THEN r.status = ${clientLeft}
    WHEN 'failed' THEN r.status >= 400 AND r.status <> ${clientLeft} ELSE 1 END)
  AND (:error IS NULL OR r.error_code = :error) AND (:withBody = 0 OR EXISTS (SELECT 1 FROM server_bodies own WHERE own.request_id = r.id))`;

export const pageOfRequests = `SELECT ${columns} FROM ${from} WHERE ${matches} AND (:before IS NULL OR r.id < :before)
ORDER BY r.id DESC LIMIT :limit`;

export const countRequests = `SELECT count(*) AS total FROM server_requests r WHERE ${matches}`;

export const sumsOfRequests = `SELECT count(*) AS requests,
  count(*) FILTER (WHERE r.status >= 400 AND r.status <> ${clientLeft}) AS failed,
  count(*) FILTER (WHERE r.status = ${clientLeft}) AS "left",
  coalesce(sum(r.prompt_tokens), 0) AS promptTokens, coalesce(sum(r.cached_tokens), 0) AS cachedTokens,
  coalesce(sum(r.completion_tokens), 0) AS completionTokens
FROM server_requests r WHERE ${matches}`;

/** Percentiles of one figure, by the nearest rank. */
const percentilesOf = (name: string, value: string) => `SELECT '${name}' AS name, coalesce(max(n), 0) AS n,
  max(v) FILTER (WHERE at <= ceil(n * 0.5)) AS p50, max(v) FILTER (WHERE at <= ceil(n * 0.9)) AS p90,
  max(v) FILTER (WHERE at <= ceil(n * 0.95)) AS p95, max(v) FILTER (WHERE at <= ceil(n * 0.99)) AS p99, max(v) AS max
FROM (SELECT ${value} AS v, row_number() OVER (ORDER BY ${value}) AS at, count(*) OVER () AS n
  FROM server_requests r WHERE ${matches} AND (${value}) IS NOT NULL)`;

export const percentilesOfRequests = [
	percentilesOf('queueMs', 'r.queue_ms'),
	percentilesOf('ttftMs', 'r.ttft_ms'),
	percentilesOf('durationMs', 'r.duration_ms'),
	percentilesOf(
		'tokensPerSecond',
		'CASE WHEN r.generation_ms > 0 AND r.completion_tokens > 1 THEN (r.completion_tokens - 1) * 1000.0 / r.generation_ms END',
	),
].join('\nUNION ALL\n');

const countsOf = (
	kind: string,
	column: string,
) => `SELECT * FROM (SELECT '${kind}' AS kind, ${column} AS name, count(*) AS requests
FROM server_requests r WHERE ${matches} AND coalesce(${column}, '') <> '' GROUP BY 2 ORDER BY 3 DESC, 2 LIMIT 50)`;

export const countsOfRequests = [
	countsOf('clients', 'r.client'),
	countsOf('models', 'r.model'),
	countsOf('routes', 'r.route'),
	countsOf('errors', 'r.error_code'),
].join('\nUNION ALL\n');

export const usageOfKeys = `SELECT k.id AS keyId, k.name AS keyName, count(*) AS requests,
  count(*) FILTER (WHERE r.status >= 400 AND r.status <> ${clientLeft}) AS failed,
  coalesce(sum(r.prompt_tokens), 0) AS promptTokens, coalesce(sum(r.cached_tokens), 0) AS cachedTokens,
  coalesce(sum(r.completion_tokens), 0) AS completionTokens, max(r.started_at) AS lastAt
FROM server_requests r LEFT JOIN server_keys k ON k.id = r.key_id
WHERE ${matches} GROUP BY k.id ORDER BY count(*) DESC, k.id`;

/** Converts a filter to the parameters of the queries above. */
export function filterParameters(filter: RequestFilter): Parameters {
	const { key, client, model, route, outcome, error, from: first, to, withBody } = filter;
	return {
		key: key === 'open' ? 0 : (key ?? null),
		client: client ?? null,
		model: model ?? null,
		route: route ?? null,
		outcome,
		error: error ?? null,
		from: first ?? null,
		to: to ?? null,
		withBody: withBody ? 1 : 0,
	};
}

export function requestOf(row: RequestRow): ServerRequest {
	const { keyId, keyName, streamed, isDeterministic, hasBody, differsAt, cached, differs, ...rest } = row;
	return {
		...rest,
		key: keyId === null ? null : { id: keyId, name: keyName ?? '' },
		streamed: streamed === 1,
		state: 'ended',
		place: null,
		cacheMiss: differsAt === null ? null : { at: differsAt, cached, prompt: differs },
		deterministic: isDeterministic === 1,
		hasBody: hasBody === 1,
	};
}

/** Returns an ended request that is not in the trash. */
export function findRequest(database: ReadableDatabase, id: number): ServerRequest | undefined {
	const row = get<RequestRow>(database, `SELECT ${columns} FROM ${from} WHERE r.id = :id AND r.deleted_at IS NULL`, {
		id,
	});
	return row === undefined ? undefined : requestOf(row);
}

/** Returns the id of the request that a client names by its answer. */
export function requestOfResponse(
	database: ReadableDatabase,
	responseId: string,
	by?: { readonly keyId: number | null },
): number | undefined {
	const sql =
		'SELECT id FROM server_requests WHERE response_id = :responseId AND deleted_at IS NULL AND (:any OR key_id IS :keyId)';
	return get<{ id: number }>(database, sql, {
		responseId,
		any: by === undefined ? 1 : 0,
		keyId: by?.keyId ?? null,
	})?.id;
}

/** Returns the texts of a request; undefined if they are not kept. */
export function findBody(
	database: ReadableDatabase,
	id: number,
): (Omit<RequestBody, 'deletedAt'> & { keptAt: number }) | undefined {
	const row = get<{ request: string; prompt: string | null; answers: string; keptAt: number }>(
		database,
		'SELECT request, prompt, answers, kept_at AS keptAt FROM server_bodies WHERE request_id = :id',
		{ id },
	);
	if (row === undefined) return undefined;
	return {
		request: row.request,
		keptAt: row.keptAt,
		prompt: row.prompt === null ? null : keptPromptSchema.parse(JSON.parse(row.prompt)),
		answers: keptAnswerSchema.array().parse(JSON.parse(row.answers)),
	};
}

export function insertRequest(database: WritableDatabase, record: RequestRecord, keptAt: number): void {
	const { id, cacheMiss, key, streamed, deterministic } = record;
	run(
		database,
		`INSERT INTO server_requests (id, response_id, started_at, client, key_id, route, model, model_file_id, streamed, status,
		   error_code, error, prompt_tokens, cached_tokens, completion_tokens, differs_at, finish_reason, is_deterministic,
		   queue_ms, ttft_ms, generation_ms, duration_ms)
		 VALUES (:id, :responseId, :startedAt, :client, (SELECT id FROM server_keys WHERE id = :keyId), :route, :model,
		   (SELECT id FROM model_files WHERE id = :modelFileId), :streamed, :status, :errorCode, :error, :promptTokens,
		   :cachedTokens, :completionTokens, :differsAt, :finishReason, :isDeterministic, :queueMs, :ttftMs, :generationMs,
		   :durationMs)`,
		{
			id,
			responseId: record.responseId,
			startedAt: record.startedAt,
			client: record.client,
			keyId: key?.id ?? null,
			route: record.route,
			model: record.model,
			modelFileId: record.modelFileId,
			streamed: streamed ? 1 : 0,
			status: record.status ?? clientLeft,
			errorCode: record.errorCode,
			error: record.error,
			promptTokens: record.promptTokens,
			cachedTokens: record.cachedTokens,
			completionTokens: record.completionTokens,
			differsAt: cacheMiss?.at ?? null,
			finishReason: record.finishReason,
			isDeterministic: deterministic ? 1 : 0,
			queueMs: record.queueMs,
			ttftMs: record.ttftMs,
			generationMs: record.generationMs,
			durationMs: record.durationMs ?? record.age,
		},
	);
	if (!record.keepsBody || record.body === null) return;
	run(
		database,
		`INSERT INTO server_bodies (request_id, kept_at, request, prompt, answers, cached, differs)
		 VALUES (:id, :keptAt, :request, :prompt, :answers, :cached, :differs)`,
		{
			id,
			keptAt,
			request: JSON.stringify(record.body),
			prompt: record.prompt === null ? null : JSON.stringify(record.prompt),
			answers: JSON.stringify(record.answers),
			cached: cacheMiss?.cached ?? null,
			differs: cacheMiss?.prompt ?? null,
		},
	);
}

export function lastRequestId(database: ReadableDatabase): number {
	return get<{ id: number | null }>(database, 'SELECT max(id) AS id FROM server_requests')?.id ?? 0;
}

/** Moves requests to the trash; returns how many. */
export function trashRequests(
	database: WritableDatabase,
	ids: readonly number[] | null,
	filter: RequestFilter,
	now: number,
): number {
	return run(
		database,
		`UPDATE server_requests AS r SET deleted_at = :now
		 WHERE ${matches} AND (:ids IS NULL OR r.id IN (SELECT value FROM json_each(:ids)))`,
		{ ...filterParameters(filter), now, ids: ids === null ? null : JSON.stringify(ids) },
	).changes;
}

export function restoreRequests(database: WritableDatabase, deletedAt: number): number {
	return run(database, 'UPDATE server_requests SET deleted_at = NULL WHERE deleted_at = :deletedAt', { deletedAt })
		.changes;
}

/** Deletes for good what has been in the trash since before `until`, and what started before `oldest`. */
export function deleteOldRequests(database: WritableDatabase, until: number, oldest: number): number {
	const trashed = 'DELETE FROM server_requests WHERE deleted_at IS NOT NULL AND deleted_at <= :until';
	const old = 'DELETE FROM server_requests WHERE started_at < :oldest';
	return run(database, trashed, { until }).changes + run(database, old, { oldest }).changes;
}

/** Deletes texts kept before `until`; those of all requests or of these. */
export function deleteBodies(database: WritableDatabase, until: number, ids: readonly number[] | null = null): number {
	return run(
		database,
		`DELETE FROM server_bodies
		 WHERE kept_at <= :until AND (:ids IS NULL OR request_id IN (SELECT value FROM json_each(:ids)))`,
		{ until, ids: ids === null ? null : JSON.stringify(ids) },
	).changes;
}

/** Returns the message that stores the answer of a request; null: none was made. */
export function messageOfRequest(database: ReadableDatabase, id: number): number | null {
	return (
		get<{ messageId: number | null }>(database, 'SELECT message_id AS messageId FROM server_requests WHERE id = :id', {
			id,
		})?.messageId ?? null
	);
}

export function setMessageOfRequest(database: WritableDatabase, id: number, messageId: number): void {
	run(database, 'UPDATE server_requests SET message_id = :messageId WHERE id = :id', { id, messageId });
}

/** Returns the ids of these requests that exist and are not in the trash. */
export function knownRequests(database: ReadableDatabase, ids: readonly number[]): number[] {
	return all<{ id: number }>(
		database,
		'SELECT id FROM server_requests WHERE deleted_at IS NULL AND id IN (SELECT value FROM json_each(:ids)) ORDER BY id',
		{ ids: JSON.stringify(ids) },
	).map(({ id }) => id);
}
