import type { Status } from '../contract/system/schema.ts';
import { recoverInterrupted } from '../conversation/answer/recover-interrupted.ts';
import type { WritableDatabase } from '../database/database.ts';
import { get } from '../database/sql.ts';

/** Runs that were under way. Each kind pauses its own when it is opened, so they are counted before. */
const runsUnderWay = `SELECT count(*) AS runs FROM (
	SELECT id FROM eval_runs WHERE status IN ('running', 'waiting')
	UNION ALL SELECT id FROM training_runs WHERE status IN ('running', 'waiting')
	UNION ALL SELECT id FROM comparisons WHERE status IN ('running', 'waiting')
)`;

/**
 * Ends the answers of a dead process, and returns what its end interrupted; null: nothing. Only the process that owns the
 * data folder may call it, before it starts any work.
 */
export function recoverWork(database: WritableDatabase, now: number): Status['interrupted'] {
	const answers = recoverInterrupted(database, now);
	const runs = get<{ runs: number }>(database, runsUnderWay)?.runs ?? 0;
	if (answers.length === 0 && runs === 0) return null;
	const newest = 'SELECT id AS messageId, conversation_id AS conversationId FROM messages WHERE id = :id';
	const answer = get<{ messageId: number; conversationId: number }>(database, newest, { id: answers.at(-1) ?? null });
	return { at: now, answers: answers.length, answer: answer ?? null, runs };
}
