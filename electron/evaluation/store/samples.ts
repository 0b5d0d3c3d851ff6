import type { ReadableDatabase, WritableDatabase } from '../../database/handle.ts';
import { all, run } from '../../database/sql.ts';

/** A sample of a run, with what pairs it with samples of other runs. */
export interface RunSample {
	readonly position: number;
	readonly sampleId: number;
	readonly key: string;
	/** Of its content. */
	readonly sha256: string;
	readonly cluster: string | null;
	readonly tags: readonly string[];
}

export interface NewRunSample extends Omit<RunSample, 'position'> {
	/** The beginnings, for lists. */
	readonly input: string;
	readonly target: string | null;
}

/** In order, from `first` on. */
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

/** Every sample of a run in order. */
export function runSamples(database: ReadableDatabase, runId: number): readonly RunSample[] {
	return all<Omit<RunSample, 'tags'> & { tags: string }>(
		database,
		`SELECT position, sample_id AS sampleId, key, sha256, cluster, tags FROM eval_samples
		 WHERE run_id = :runId ORDER BY position`,
		{ runId },
	).map(({ tags, ...row }) => ({ ...row, tags: JSON.parse(tags) as string[] }));
}
