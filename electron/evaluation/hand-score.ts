import { Failure } from '../../models/contract/failure.ts';
import { said } from '../../models/contract/said.ts';
import type { HandScore, HandScoreInput, Metric } from '../contract/evaluation/schema.ts';
import { handScorer, scorerName } from '../contract/evaluation/scorer-name.ts';
import type { ReadableDatabase } from '../database/database.ts';
import { all, transaction } from '../database/sql.ts';
import { type ArmSummary, armSummarySchema } from './arm-summary.ts';
import type { EvaluationContext } from './context.ts';
import { manifestOf } from './run-view.ts';
import { getArm, setArmSummary } from './store/arms.ts';
import { deleteScore, putScore, resultAt, scoresOf } from './store/results.ts';
import { getRun } from './store/runs.ts';
import { summarise } from './summarise-scores.ts';

/**
 * Stores a person's score of one output, replaces it, or removes it. Returns the score before, with which it can be
 * undone. Throws Failure `arm-unknown`, `row-unknown`, `scorer-name-taken`.
 */
export function scoreByHand(
	{ database }: Pick<EvaluationContext, 'database'>,
	{ armId, position, epoch, score }: HandScoreInput,
): { readonly runId: number; readonly before: HandScore | null } {
	const { runId } = getArm(database, armId);
	if (manifestOf(getRun(database, runId)).scorers.some((scorer) => scorerName(scorer) === handScorer)) {
		throw new Failure({
			code: 'scorer-name-taken',
			message: said`A scorer of this run is called “${handScorer}”, the name for scores by hand.`,
			next: [said`Re-score the outputs with that scorer renamed, and score the new run`],
		});
	}
	const row = resultAt(database, armId, position, epoch);
	if (row === undefined || row.status === 'failed') {
		throw new Failure({
			code: 'row-unknown',
			message: said`There is no output of sample ${position + 1} to score.`,
			next: [said`Wait until it is measured`, said`Retry failed answers`],
		});
	}
	const known = scoresOf(database, row.id).find(({ scorer }) => scorer === handScorer);
	const before = known?.value == null ? null : { value: known.value, note: known.explanation };
	transaction(database, () => {
		if (score === null) deleteScore(database, row.id, handScorer);
		else putScore(database, row.id, handScorer, { value: score.value, explanation: score.note });
		const summary = readSummary(database, armId);
		if (summary === null) return;
		const { [handScorer]: _before, ...metrics } = summary.metrics;
		const metric = handMetric(database, armId);
		setArmSummary(database, armId, {
			...summary,
			metrics: metric === null ? metrics : { ...metrics, [handScorer]: metric },
		});
	});
	return { runId, before };
}

function readSummary(database: ReadableDatabase, armId: number): ArmSummary | null {
	const { summary } = getArm(database, armId);
	return summary === null ? null : armSummarySchema.parse(JSON.parse(summary));
}

/** The mean of the scores by hand; null: there are none. Outputs without one are not unscored, only not looked at. */
function handMetric(database: ReadableDatabase, armId: number): Metric | null {
	const rows = all<{ value: number; cluster: string | null }>(
		database,
		`SELECT AVG(s.value) AS value, e.cluster FROM eval_results r
		 JOIN scores s ON s.result_id = r.id AND s.scorer = :scorer
		 JOIN eval_arms a ON a.id = r.arm_id JOIN eval_samples e ON e.run_id = a.run_id AND e.position = r.position
		 WHERE r.arm_id = :armId AND r.status = 'done' GROUP BY r.position ORDER BY r.position`,
		{ armId, scorer: handScorer },
	);
	const clustered = rows.some(({ cluster }) => cluster !== null);
	const summary = summarise(
		rows.map(({ value }) => value),
		clustered ? rows.map(({ cluster }) => cluster) : null,
	);
	if (summary === null) return null;
	const { mean, ...rest } = summary;
	return { ...rest, value: mean };
}
