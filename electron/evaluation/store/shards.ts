import type { FailureFacts } from '../../../models/contract/failure.ts';
import type { ReadableDatabase, WritableDatabase } from '../../database/database.ts';
import { all, get, run } from '../../database/sql.ts';

export interface StoredShard {
	readonly armId: number;
	readonly position: number;
	readonly status: 'waiting' | 'done' | 'failed';
	readonly ms: number | null;
	/** Digest of all its answers, hex; see `digestOf`. */
	readonly digest: string | null;
}

export function shardsOf(database: ReadableDatabase, runId: number): readonly StoredShard[] {
	return all<StoredShard>(
		database,
		`SELECT s.arm_id AS armId, s.position, s.status, s.ms, s.digest FROM eval_shards s
		 JOIN eval_arms a ON a.id = s.arm_id WHERE a.run_id = :runId ORDER BY a.position, s.position`,
		{ runId },
	);
}

/** Creates the shards of an arm, all of them waiting. */
export function insertShards(database: WritableDatabase, armId: number, count: number): void {
	run(
		database,
		`INSERT INTO eval_shards (arm_id, position, status)
		 WITH RECURSIVE each (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM each WHERE n + 1 < :count)
		 SELECT :armId, n, 'waiting' FROM each`,
		{ armId, count },
	);
}

export function setShardDone(
	database: WritableDatabase,
	armId: number,
	position: number,
	{ ms, digest }: { ms: number; digest: string },
): void {
	run(
		database,
		`UPDATE eval_shards SET status = 'done', failure = NULL, ms = :ms, digest = :digest
		 WHERE arm_id = :armId AND position = :position`,
		{ armId, position, ms, digest },
	);
}

export function setShardFailed(
	database: WritableDatabase,
	armId: number,
	position: number,
	failure: FailureFacts,
): void {
	run(
		database,
		`UPDATE eval_shards SET status = 'failed', failure = :failure WHERE arm_id = :armId AND position = :position`,
		{ armId, position, failure: JSON.stringify(failure) },
	);
}

/** Marks given-up shards and those with failed rows to be measured again. Returns their number. */
export function reopenFailedShards(database: WritableDatabase, runId: number): number {
	return run(
		database,
		`UPDATE eval_shards SET status = 'waiting', failure = NULL
		 WHERE arm_id IN (SELECT id FROM eval_arms WHERE run_id = :runId)
		 AND (status = 'failed' OR EXISTS (SELECT 1 FROM eval_results r
		   WHERE r.arm_id = eval_shards.arm_id AND r.shard = eval_shards.position AND r.status = 'failed'))`,
		{ runId },
	).changes;
}

/** Time and tokens of a model's earlier shards, for estimates. */
export interface ModelSpeed {
	readonly ms: number;
	readonly promptTokens: number;
	readonly completionTokens: number;
	readonly rows: number;
}

/** Totals over the newest shards that were measured with a library file; zeros if there are none. */
export function readModelSpeed(database: ReadableDatabase, modelFileId: number): ModelSpeed {
	const [found] = all<{ [Key in keyof ModelSpeed]: number | null }>(
		database,
		`WITH newest AS (
		   SELECT s.arm_id, s.position, s.ms FROM eval_shards s JOIN eval_arms a ON a.id = s.arm_id
		   WHERE a.model_file_id = :modelFileId AND s.status = 'done' AND s.ms IS NOT NULL ORDER BY s.arm_id DESC, s.position LIMIT 40)
		 SELECT (SELECT SUM(ms) FROM newest) AS ms, SUM(r.prompt_tokens - r.cached_tokens) AS promptTokens,
		   SUM(r.completion_tokens) AS completionTokens, COUNT(*) AS rows
		 FROM newest n JOIN eval_results r ON r.arm_id = n.arm_id AND r.shard = n.position`,
		{ modelFileId },
	);
	return {
		ms: found?.ms ?? 0,
		promptTokens: found?.promptTokens ?? 0,
		completionTokens: found?.completionTokens ?? 0,
		rows: found?.rows ?? 0,
	};
}

/** Number of a run's shards that were given up. */
export function failedShardCount(database: ReadableDatabase, runId: number): number {
	const [row] = all<{ n: number }>(
		database,
		`SELECT COUNT(*) AS n FROM eval_shards s JOIN eval_arms a ON a.id = s.arm_id
		 WHERE a.run_id = :runId AND s.status = 'failed'`,
		{ runId },
	);
	return row?.n ?? 0;
}

/** The first `limit` given-up shards of a run, with the reason (JSON of failureSchema). */
export function givenUpShards(
	database: ReadableDatabase,
	runId: number,
	limit: number,
): readonly { readonly armId: number; readonly position: number; readonly failure: string }[] {
	return all(
		database,
		`SELECT s.arm_id AS armId, s.position, s.failure FROM eval_shards s JOIN eval_arms a ON a.id = s.arm_id
		 WHERE a.run_id = :runId AND s.status = 'failed' ORDER BY a.position, s.position LIMIT :limit`,
		{ runId, limit },
	);
}

/** Samples of an arm that are searched for reasons: a run may have millions. */
const mostSearched = 1_000;

/** The most frequent reason (JSON of failureSchema) for which the first answers of an arm failed; null: none did. */
export function usualFailure(database: ReadableDatabase, armId: number): string | null {
	const sql = `SELECT failure FROM eval_results
		WHERE arm_id = :armId AND position < :mostSearched AND status = 'failed' AND failure IS NOT NULL
		GROUP BY failure ORDER BY COUNT(*) DESC, MIN(position) LIMIT 1`;
	return get<{ failure: string }>(database, sql, { armId, mostSearched })?.failure ?? null;
}
