import type { ReadableDatabase } from '../../database/handle.ts';
import { all } from '../../database/sql.ts';

/** What the rows of an arm came to, all scorers taken together. */
export interface ArmScoreSum {
	/** Rows that every scorer which marked them finds right. */
	readonly passed: number;
	/** Sum over rows of the mean of their scores. */
	readonly score: number;
}

const byArm = `SELECT armId, SUM(low = 1 AND high = 1 AND failure IS NULL) AS passed, SUM(score) AS score FROM (
    SELECT r.arm_id AS armId, r.failure, MIN(s.value) AS low, MAX(s.value) AS high, COALESCE(AVG(s.value), 0) AS score
    FROM eval_results r LEFT JOIN scores s ON s.result_id = r.id
    WHERE r.arm_id IN (SELECT value FROM json_each(:armIds)) GROUP BY r.id)
  GROUP BY armId`;

/** By arm; one without rows is not there. */
export function sumArmScores(database: ReadableDatabase, armIds: readonly number[]): ReadonlyMap<number, ArmScoreSum> {
	const rows = all<ArmScoreSum & { armId: number }>(database, byArm, { armIds: JSON.stringify(armIds) });
	return new Map(rows.map(({ armId, passed, score }) => [armId, { passed: passed ?? 0, score }]));
}
