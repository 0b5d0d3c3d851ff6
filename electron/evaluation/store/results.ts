import type { FailureFacts } from '../../../models/contract/failure.ts';
import type { Score } from '../../contract/evaluation/scorer.ts';
import type { ContextPiece } from '../../conversation/context-builder.ts';
import type { ReadableDatabase, WritableDatabase } from '../../database/database.ts';
import { all, get, run } from '../../database/sql.ts';
import { insertOutputPieces } from './context-pieces.ts';

/** One answer to write. */
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
	/** What its prompt held besides the sample. */
	readonly pieces: readonly ContextPiece[];
}

export interface StoredResult extends Omit<NewResult, 'failure' | 'pieces'> {
	readonly id: number;
	readonly status: 'done' | 'failed';
	/** JSON of failureSchema. */
	readonly failure: string | null;
}

/** An answer without its tokens, which serve only to tell whether it came out the same again. */
export type StoredText = Omit<StoredResult, 'tokenIds'>;

const textColumns = `r.id, arm_id AS armId, shard, sample_id AS sampleId, position, epoch, status, failure, o.output, answer,
  o.detail, prompt_tokens AS promptTokens, cached_tokens AS cachedTokens, completion_tokens AS completionTokens,
  stop_reason AS stopReason, ms`;
const columns = `${textColumns}, o.token_ids AS tokenIds`;

/** Each row with its output, which rows of other runs may share. */
const rows = 'eval_results r JOIN eval_outputs o ON o.id = r.output_id';

/** A model's output to write. */
export type NewOutput = Pick<NewResult, 'output' | 'detail' | 'tokenIds'>;

/** Returns its id. The output is deleted with the last row that refers to it. */
export function putOutput(database: WritableDatabase, { output, detail, tokenIds }: NewOutput): number {
	return run(database, 'INSERT INTO eval_outputs (output, detail, token_ids) VALUES (:output, :detail, :tokenIds)', {
		output,
		detail,
		tokenIds,
	}).id;
}

/** Writes an answer, replacing an existing one together with its scores. Returns its id. */
export function putResult(
	database: WritableDatabase,
	{ failure, output, detail, tokenIds, pieces, ...result }: NewResult,
): number {
	const { armId, position, epoch } = result;
	run(database, 'DELETE FROM eval_results WHERE arm_id = :armId AND position = :position AND epoch = :epoch', {
		armId,
		position,
		epoch,
	});
	const outputId = putOutput(database, { output, detail, tokenIds });
	insertOutputPieces(database, outputId, pieces);
	return run(
		database,
		`INSERT INTO eval_results (arm_id, shard, sample_id, position, epoch, status, failure, output_id, answer,
		 prompt_tokens, cached_tokens, completion_tokens, stop_reason, ms)
		 VALUES (:armId, :shard, :sampleId, :position, :epoch, :status, :failure, :outputId, :answer,
		 :promptTokens, :cachedTokens, :completionTokens, :stopReason, :ms)`,
		{
			...result,
			outputId,
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

export function deleteScore(database: WritableDatabase, resultId: number, scorer: string): void {
	run(database, 'DELETE FROM scores WHERE result_id = :resultId AND scorer = :scorer', { resultId, scorer });
}

export function resultsOfShard(database: ReadableDatabase, armId: number, shard: number): readonly StoredResult[] {
	return all<StoredResult>(
		database,
		`SELECT ${columns} FROM ${rows} WHERE arm_id = :armId AND shard = :shard ORDER BY epoch, position`,
		{ armId, shard },
	);
}

export function textsOfShard(database: ReadableDatabase, armId: number, shard: number): readonly StoredText[] {
	return all<StoredText>(
		database,
		`SELECT ${textColumns} FROM ${rows} WHERE arm_id = :armId AND shard = :shard ORDER BY epoch, position`,
		{ armId, shard },
	);
}

/** At most `limit` answers of an arm, those after (epoch, position) in that order. */
export function resultsAfter(
	database: ReadableDatabase,
	armId: number,
	after: { epoch: number; position: number },
	limit: number,
): readonly StoredResult[] {
	return all<StoredResult>(
		database,
		`SELECT ${columns} FROM ${rows} WHERE arm_id = :armId AND (epoch, position) > (:epoch, :position)
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
		`SELECT ${columns} FROM ${rows} WHERE arm_id = :armId AND position = :position AND epoch = :epoch`,
		{ armId, position, epoch },
	)[0];
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

/** By result. */
export function scoresOfResults(
	database: ReadableDatabase,
	resultIds: readonly number[],
): ReadonlyMap<number, readonly StoredScore[]> {
	const rows = all<StoredScore & { resultId: number }>(
		database,
		`SELECT result_id AS resultId, scorer, value, explanation FROM scores
		 WHERE result_id IN (SELECT value FROM json_each(:ids)) ORDER BY result_id, scorer`,
		{ ids: JSON.stringify(resultIds) },
	);
	const found = new Map<number, StoredScore[]>();
	for (const { resultId, ...score } of rows) {
		const own = found.get(resultId);
		if (own === undefined) found.set(resultId, [score]);
		else own.push(score);
	}
	return found;
}

/** Those of these answers that a scorer has scored. */
export function scoredResults(
	database: ReadableDatabase,
	resultIds: readonly number[],
	scorer: string,
): ReadonlySet<number> {
	const rows = all<{ id: number }>(
		database,
		`SELECT result_id AS id FROM scores
		 WHERE scorer = :scorer AND result_id IN (SELECT value FROM json_each(:ids))`,
		{ scorer, ids: JSON.stringify(resultIds) },
	);
	return new Set(rows.map(({ id }) => id));
}

/** Totals of an arm's rows over all scorers. */
export interface ArmScoreSum {
	/** Rows that are right according to every scorer that scored them. */
	readonly passed: number;
	/** Sum over rows of the mean of their scores. */
	readonly score: number;
}

const byArm = `SELECT armId, SUM(low = 1 AND high = 1 AND failure IS NULL) AS passed, SUM(score) AS score FROM (
    SELECT r.arm_id AS armId, r.failure, MIN(s.value) AS low, MAX(s.value) AS high, COALESCE(AVG(s.value), 0) AS score
    FROM eval_results r LEFT JOIN scores s ON s.result_id = r.id
    WHERE r.arm_id IN (SELECT value FROM json_each(:armIds)) GROUP BY r.id)
  GROUP BY armId`;

/** By arm; an arm without rows is missing. */
export function sumArmScores(database: ReadableDatabase, armIds: readonly number[]): ReadonlyMap<number, ArmScoreSum> {
	const rows = all<ArmScoreSum & { armId: number }>(database, byArm, { armIds: JSON.stringify(armIds) });
	return new Map(rows.map(({ armId, passed, score }) => [armId, { passed: passed ?? 0, score }]));
}

/** Counts the rows of a run. `marked`: only those of shards that are no longer waiting, as of a run that re-scores others' rows. */
export function countRows(
	database: ReadableDatabase,
	runId: number,
	marked: boolean,
): { readonly done: number; readonly errors: number } {
	const found = get<{ done: number; errors: number }>(
		database,
		`SELECT COUNT(*) AS done, COALESCE(SUM(r.status = 'failed'), 0) AS errors FROM eval_results r
		 JOIN eval_arms a ON a.id = r.arm_id WHERE a.run_id = :runId AND (NOT :marked OR EXISTS (
		   SELECT 1 FROM eval_shards WHERE arm_id = r.arm_id AND position = r.shard AND status <> 'waiting'))`,
		{ runId, marked: marked ? 1 : 0 },
	);
	return found ?? { done: 0, errors: 0 };
}
