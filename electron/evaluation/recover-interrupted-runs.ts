import type { WritableDatabase } from '../database/database.ts';
import { run } from '../database/sql.ts';
import { written } from './store/runs.ts';

/**
 * Pauses runs that a dead process left under way, and deletes those that it did not finish writing. Resuming continues
 * with the shards that are not stored yet (`run-evaluation.ts`).
 */
export function pauseAbandonedRuns(database: WritableDatabase): void {
	run(database, `DELETE FROM eval_runs WHERE NOT ${written}`);
	run(database, `UPDATE eval_runs SET status = 'paused' WHERE status IN ('running', 'waiting')`);
}
