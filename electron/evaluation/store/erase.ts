import { setImmediate as nextTurn } from 'node:timers/promises';
import type { WritableDatabase } from '../../database/handle.ts';
import { run } from '../../database/sql.ts';
import { deleteRun } from './runs.ts';

/** Rows deleted at a time: each takes its index entries, its scores and, where no other run has it, its output along. */
const piece = 500;

const pieces = [
	// Without shards it is in no list any more: what a dead process leaves of it goes at the next start.
	`DELETE FROM eval_shards WHERE (arm_id, position) IN (
	   SELECT s.arm_id, s.position FROM eval_shards s JOIN eval_arms a ON a.id = s.arm_id
	   WHERE a.run_id = :id LIMIT :piece)`,
	`DELETE FROM eval_results WHERE id IN (
	   SELECT r.id FROM eval_results r JOIN eval_arms a ON a.id = r.arm_id WHERE a.run_id = :id LIMIT :piece)`,
	`DELETE FROM eval_samples WHERE run_id = :id AND position IN (
	   SELECT position FROM eval_samples WHERE run_id = :id LIMIT :piece)`,
] as const;

/** Deletes a run for ever, piece by piece, so that others get their turn: one of 40,000 rows takes a second. */
export async function eraseRun(database: WritableDatabase, id: number): Promise<void> {
	for (const statement of pieces) {
		while (run(database, statement, { id, piece }).changes > 0) await nextTurn();
	}
	deleteRun(database, id);
}
