import type { WritableDatabase } from '../../database/database.ts';
import type { Reader } from '../../database/reader.ts';
import { run } from '../../database/sql.ts';

/** The source and target run, or arm. */
interface Way {
	readonly from: number;
	readonly to: number;
}

/** Gives a run `count` samples of another one, starting at position `first`. */
export function shareSamples(
	database: WritableDatabase,
	{ from, to }: Way,
	{ first, count }: { first: number; count: number },
): void {
	run(
		database,
		`INSERT INTO eval_samples (run_id, position, sample_id, key, sha256, input, target, tags, cluster)
		 SELECT :to, position, sample_id, key, sha256, input, target, tags, cluster FROM eval_samples
		 WHERE run_id = :from AND position >= :first AND position < :first + :count`,
		{ from, to, first, count },
	);
}

/**
 * Gives an arm rows of another one that refer to the same outputs, without copying those: `count` shards from `first`
 * on. `answers`: includes the extracted answers, for when they are not extracted again.
 */
export function shareResults(
	database: WritableDatabase,
	{ from, to }: Way,
	{ first, count, answers }: { first: number; count: number; answers: boolean },
): void {
	run(
		database,
		`INSERT INTO eval_results (arm_id, shard, sample_id, position, epoch, status, failure, output_id, answer,
		 prompt_tokens, cached_tokens, completion_tokens, stop_reason, ms)
		 SELECT :to, shard, sample_id, position, epoch, status, failure, output_id, iif(:answers, answer, NULL),
		 prompt_tokens, cached_tokens, completion_tokens, stop_reason, ms FROM eval_results
		 WHERE arm_id = :from AND shard >= :first AND shard < :first + :count`,
		{ from, to, first, count, answers: answers ? 1 : 0 },
	);
}

/** Gives an arm those shards of another one that have rows or were given up, all of them to be re-scored. */
export function shareShards(database: WritableDatabase, { from, to }: Way): void {
	run(
		database,
		`INSERT INTO eval_shards (arm_id, position, status, failure, ms, digest)
		 SELECT :to, position, 'waiting', failure, ms, digest FROM eval_shards s WHERE arm_id = :from
		 AND (status = 'failed' OR EXISTS (SELECT 1 FROM eval_results WHERE arm_id = :to AND shard = s.position))`,
		{ from, to },
	);
}

/** Marks a shard as re-scored; a shard that was given up when it was measured stays so. */
export function setShardRescored(database: WritableDatabase, armId: number, position: number): void {
	run(
		database,
		`UPDATE eval_shards SET status = CASE WHEN failure IS NULL THEN 'done' ELSE 'failed' END
		 WHERE arm_id = :armId AND position = :position`,
		{ armId, position },
	);
}

/** Stores the newly extracted answer. `outputId`: the new output, if it has changed. */
export function setFoundAnswer(
	database: WritableDatabase,
	resultId: number,
	{ answer, outputId }: { answer: string | null; outputId: number | null },
): void {
	run(
		database,
		'UPDATE eval_results SET answer = :answer, output_id = COALESCE(:outputId, output_id) WHERE id = :resultId',
		{ resultId, answer, outputId },
	);
}

/**
 * Counts the rows of a run that can be scored, and those that failed. Read on the reader's thread, because it scans
 * every row.
 */
export async function rowCounts(
	reader: Pick<Reader, 'all'>,
	runId: number,
	signal?: AbortSignal,
): Promise<{ readonly outputs: number; readonly failed: number }> {
	const [counts] = await reader.all<{ outputs: number; failed: number }>(
		`SELECT COUNT(*) FILTER (WHERE status = 'done') AS outputs, COUNT(*) FILTER (WHERE status = 'failed') AS failed
		 FROM eval_results WHERE arm_id IN (SELECT id FROM eval_arms WHERE run_id = :runId)`,
		{ runId },
		signal,
	);
	return counts ?? { outputs: 0, failed: 0 };
}
