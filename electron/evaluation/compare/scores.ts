import type { EvaluationContext } from '../context.ts';
import { runSamples } from '../store/samples.ts';

/** What an arm scored on one sample. */
export interface SampleScore {
	/** Key and content: the same in every run that has the sample. */
	readonly pair: string;
	readonly cluster: string | null;
	/** Mean over its answers; null: not scored, or not answered yet. */
	readonly value: number | null;
}

/** By sample in the order of the run; of all answers to a sample the mean. */
export async function sampleScores(
	{ database, reader }: Pick<EvaluationContext, 'database' | 'reader'>,
	{ armId, runId, scorer }: { armId: number; runId: number; scorer: string },
): Promise<readonly SampleScore[]> {
	const rows = await reader.all<{ position: number; value: number | null }>(
		`SELECT r.position, AVG(s.value) AS value FROM eval_results r
		 JOIN scores s ON s.result_id = r.id AND s.scorer = :scorer
		 WHERE r.arm_id = :armId AND r.status = 'done' GROUP BY r.position`,
		{ armId, scorer },
	);
	const values = new Map(rows.map(({ position, value }) => [position, value]));
	return runSamples(database, runId).map(({ position, key, sha256, cluster }) => ({
		...{ pair: `${sha256} ${key}`, cluster },
		value: values.get(position) ?? null,
	}));
}
