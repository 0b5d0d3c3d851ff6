import type { EvaluationContext } from '../context.ts';

/** What an arm scored on one sample. */
export interface SampleScore {
	/** What pairs it: its position within one run, else key and content, which are the same in every run that has it. */
	readonly pair: string | number;
	readonly cluster: string | null;
	/** Mean over its answers; null: not scored, or not answered yet. */
	readonly value: number | null;
}

export interface ScoresOf {
	readonly armId: number;
	readonly runId: number;
	readonly scorer: string;
	/** Whether all arms that are compared are of one run. */
	readonly oneRun: boolean;
}

/** By sample in the order of the run; of all answers to a sample the mean. Read on the reader's thread. */
export function sampleScores(
	{ reader }: Pick<EvaluationContext, 'reader'>,
	{ armId, runId, scorer, oneRun }: ScoresOf,
): Promise<readonly SampleScore[]> {
	return reader.all<SampleScore>(
		`SELECT CASE WHEN :oneRun THEN e.position ELSE e.sha256 || ' ' || e.key END AS pair, e.cluster, m.value
		 FROM eval_samples e LEFT JOIN (
		   SELECT r.position, AVG(s.value) AS value FROM eval_results r
		   JOIN scores s ON s.result_id = r.id AND s.scorer = :scorer
		   WHERE r.arm_id = :armId AND r.status = 'done' GROUP BY r.position) m ON m.position = e.position
		 WHERE e.run_id = :runId ORDER BY e.position`,
		{ armId, runId, scorer, oneRun: oneRun ? 1 : 0 },
	);
}
