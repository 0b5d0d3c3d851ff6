import { Failure } from '../../../models/contract/failure.ts';
import { said } from '../../../models/contract/said.ts';
import type { ReadableDatabase, WritableDatabase } from '../../database/database.ts';
import { all, get, run } from '../../database/sql.ts';

/** A sample of a run, with the keys that pair it with samples of other runs. */
export interface RunSample {
	readonly position: number;
	readonly sampleId: number;
	readonly key: string;
	/** Hash of its content. */
	readonly sha256: string;
	readonly cluster: string | null;
	readonly tags: readonly string[];
}

export interface NewRunSample extends Omit<RunSample, 'position'> {
	/** The beginning of each, for lists. */
	readonly input: string;
	readonly target: string | null;
}

/** Writes samples in order, starting at position `first`. */
export function insertRunSamples(
	database: WritableDatabase,
	runId: number,
	first: number,
	samples: readonly NewRunSample[],
): void {
	run(
		database,
		`INSERT INTO eval_samples (run_id, position, sample_id, key, sha256, input, target, tags, cluster)
		 SELECT :runId, :first + key, value ->> 'sampleId', value ->> 'key', value ->> 'sha256', value ->> 'input',
		 value ->> 'target', value -> 'tags', value ->> 'cluster' FROM json_each(:samples)`,
		{ runId, first, samples: JSON.stringify(samples) },
	);
}

/** Samples of a run in order: all, or the first `limit`. */
export function runSamples(database: ReadableDatabase, runId: number, limit = -1): readonly RunSample[] {
	return all<Omit<RunSample, 'tags'> & { tags: string }>(
		database,
		`SELECT position, sample_id AS sampleId, key, sha256, cluster, tags FROM eval_samples
		 WHERE run_id = :runId ORDER BY position LIMIT :limit`,
		{ runId, limit },
	).map(({ tags, ...row }) => ({ ...row, tags: JSON.parse(tags) as string[] }));
}

/** Throws Failure `row-unknown`. */
export function sampleAt(database: ReadableDatabase, runId: number, position: number): Omit<RunSample, 'tags'> {
	const row = get<Omit<RunSample, 'tags'>>(
		database,
		`SELECT position, sample_id AS sampleId, key, sha256, cluster FROM eval_samples
		 WHERE run_id = :runId AND position = :position`,
		{ runId, position },
	);
	if (row !== undefined) return row;
	throw new Failure({
		code: 'row-unknown',
		message: said`The run has no sample ${position + 1}.`,
		next: [said`Check the rows of the run`],
	});
}

/** Position of the same sample in another run; null: it is not there. */
export function pairedPosition(
	database: ReadableDatabase,
	runId: number,
	{ key, sha256 }: Pick<RunSample, 'key' | 'sha256'>,
): number | null {
	const row = get<{ position: number }>(
		database,
		'SELECT position FROM eval_samples WHERE run_id = :runId AND key = :key AND sha256 = :sha256 LIMIT 1',
		{ runId, key, sha256 },
	);
	return row?.position ?? null;
}
