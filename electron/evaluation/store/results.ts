import type { FailureFacts } from '../../../models/contract/failure.ts';
import type { Score } from '../../contract/evaluation/scorer.ts';
import type { ReadableDatabase, WritableDatabase } from '../../database/handle.ts';
import { all, run } from '../../database/sql.ts';

/** One answer, as it is written. */
export interface NewResult {
	readonly armId: number;
	readonly shard: number;
	readonly sampleId: number;
	readonly position: number;
	readonly epoch: number;
	readonly failure: FailureFacts | null;
	readonly output: string;
	readonly answer: string | null;
	/** JSON: votes, log-likelihoods by choice. */
	readonly detail: string;
	readonly tokenIds: Uint8Array | null;
	readonly promptTokens: number;
	readonly cachedTokens: number;
	readonly completionTokens: number;
	readonly stopReason: string | null;
	readonly ms: number | null;
}

export interface StoredResult extends Omit<NewResult, 'failure'> {
	readonly id: number;
	readonly status: 'done' | 'failed';
	/** JSON of failureSchema. */
	readonly failure: string | null;
}

const columns = `id, arm_id AS armId, shard, sample_id AS sampleId, position, epoch, status, failure, output, answer,
  detail, token_ids AS tokenIds, prompt_tokens AS promptTokens, cached_tokens AS cachedTokens,
  completion_tokens AS completionTokens, stop_reason AS stopReason, ms`;

/** Writes an answer in the place of one that was there, whose scores go with it. Returns its id. */
export function putResult(database: WritableDatabase, { failure, ...result }: NewResult): number {
	const { armId, position, epoch } = result;
	run(database, 'DELETE FROM eval_results WHERE arm_id = :armId AND position = :position AND epoch = :epoch', {
		...{ armId, position, epoch },
	});
	return run(
		database,
		`INSERT INTO eval_results (arm_id, shard, sample_id, position, epoch, status, failure, output, answer, detail,
		 token_ids, prompt_tokens, cached_tokens, completion_tokens, stop_reason, ms)
		 VALUES (:armId, :shard, :sampleId, :position, :epoch, :status, :failure, :output, :answer, :detail, :tokenIds,
		 :promptTokens, :cachedTokens, :completionTokens, :stopReason, :ms)`,
		{
			...result,
			status: failure === null ? 'done' : 'failed',
			failure: failure === null ? null : JSON.stringify(failure),
		},
	).id;
}

export function putScore(database: WritableDatabase, resultId: number, scorer: string, score: Score): void {
	run(
		database,
		`INSERT INTO scores (result_id, scorer, value, explanation) VALUES (:resultId, :scorer, :value, :explanation)
		 ON CONFLICT (result_id, scorer) DO UPDATE SET value = excluded.value, explanation = excluded.explanation`,
		{ resultId, scorer, value: score.value, explanation: score.explanation },
	);
}

export function resultsOfShard(database: ReadableDatabase, armId: number, shard: number): readonly StoredResult[] {
	return all<StoredResult>(
		database,
		`SELECT ${columns} FROM eval_results WHERE arm_id = :armId AND shard = :shard ORDER BY epoch, position`,
		{ armId, shard },
	);
}

/** Answers of an arm, at most `limit`, those after (epoch, position) in that order. */
export function resultsAfter(
	database: ReadableDatabase,
	armId: number,
	after: { epoch: number; position: number },
	limit: number,
): readonly StoredResult[] {
	return all<StoredResult>(
		database,
		`SELECT ${columns} FROM eval_results WHERE arm_id = :armId AND (epoch, position) > (:epoch, :position)
		 ORDER BY epoch, position LIMIT :limit`,
		{ armId, ...after, limit },
	);
}

export function resultAt(
	database: ReadableDatabase,
	armId: number,
	position: number,
	epoch: number,
): StoredResult | undefined {
	return all<StoredResult>(
		database,
		`SELECT ${columns} FROM eval_results WHERE arm_id = :armId AND position = :position AND epoch = :epoch`,
		{ armId, position, epoch },
	)[0];
}

/** Answers that a scorer has not marked yet, failed ones left out. */
export function unmarked(
	database: ReadableDatabase,
	armId: number,
	scorer: string,
	limit: number,
): readonly StoredResult[] {
	return all<StoredResult>(
		database,
		`SELECT ${columns} FROM eval_results r WHERE arm_id = :armId AND status = 'done'
		 AND NOT EXISTS (SELECT 1 FROM scores s WHERE s.result_id = r.id AND s.scorer = :scorer)
		 ORDER BY epoch, position LIMIT :limit`,
		{ armId, scorer, limit },
	);
}

export interface StoredScore extends Score {
	readonly scorer: string;
}

export function scoresOf(database: ReadableDatabase, resultId: number): readonly StoredScore[] {
	return all<StoredScore>(
		database,
		'SELECT scorer, value, explanation FROM scores WHERE result_id = :resultId ORDER BY scorer',
		{ resultId },
	);
}
