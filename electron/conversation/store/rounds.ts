import type { AnswerRound, AnswerStep } from '../../contract/conversation/steps.ts';
import type { ReadableDatabase, WritableDatabase } from '../../database/database.ts';
import { all, run } from '../../database/sql.ts';

const roundColumns = `r.content_end AS contentEnd, r.reasoning_end AS reasoningEnd, r.prompt_tokens AS promptTokens,
  r.cached_tokens AS cachedTokens, r.completion_tokens AS completionTokens`;

const stepColumns = `s.call_id AS callId, s.server, s.name, s.arguments, s.status, s.result,
  s.started_at AS startedAt, s.duration_ms AS durationMs`;

/** Rounds of some messages, in their order. */
export const roundsOfMessages = `SELECT r.message_id AS messageId, ${roundColumns}
  FROM json_each(:messageIds) i CROSS JOIN answer_rounds r ON r.message_id = i.value ORDER BY r.message_id, r.round`;

/** Steps of some messages, in their order. */
export const stepsOfMessages = `SELECT s.message_id AS messageId, s.round, ${stepColumns}
  FROM json_each(:messageIds) i CROSS JOIN answer_steps s ON s.message_id = i.value
  ORDER BY s.message_id, s.round, s.position`;

/** Returns the rounds of these messages, by message id; messages without any are missing. */
export function roundsByMessage(
	database: ReadableDatabase,
	messageIds: readonly number[],
): ReadonlyMap<number, AnswerRound[]> {
	const values = { messageIds: JSON.stringify(messageIds) };
	const found = new Map<number, AnswerRound[]>();
	const rounds = all<Omit<AnswerRound, 'steps'> & { messageId: number }>(database, roundsOfMessages, values);
	for (const { messageId, ...round } of rounds) {
		const own = found.get(messageId);
		if (own === undefined) found.set(messageId, [{ ...round, steps: [] }]);
		else own.push({ ...round, steps: [] });
	}
	if (found.size === 0) return found;
	const steps = all<AnswerStep & { messageId: number; round: number }>(database, stepsOfMessages, values);
	for (const { messageId, round, ...step } of steps) found.get(messageId)?.[round]?.steps.push(step);
	return found;
}

export function roundsOf(database: ReadableDatabase, messageId: number): AnswerRound[] {
	return roundsByMessage(database, [messageId]).get(messageId) ?? [];
}

/** Adds rounds after the `first` ones that an answer has. Its message must be `streaming`. */
export function insertRounds(
	database: WritableDatabase,
	messageId: number,
	rounds: readonly AnswerRound[],
	first = 0,
): void {
	for (const [index, { steps, ...round }] of rounds.entries()) {
		const place = { messageId, round: first + index };
		run(
			database,
			`INSERT INTO answer_rounds (message_id, round, content_end, reasoning_end, prompt_tokens, cached_tokens,
			   completion_tokens)
			 VALUES (:messageId, :round, :contentEnd, :reasoningEnd, :promptTokens, :cachedTokens, :completionTokens)`,
			{ ...round, ...place },
		);
		for (const [position, step] of steps.entries()) {
			run(
				database,
				`INSERT INTO answer_steps (message_id, round, position, call_id, server, name, arguments, status, result,
				   started_at, duration_ms)
				 VALUES (:messageId, :round, :position, :callId, :server, :name, :arguments, :status, :result, :startedAt,
				   :durationMs)`,
				{ ...step, ...place, position },
			);
		}
	}
}

/**
 * Returns rounds that come from a file or a page, so that taking up the answer runs none of their calls unasked: a call
 * without a result may have taken effect, at the latest at `at`.
 */
export function roundsFromElsewhere(rounds: readonly AnswerRound[], at: number): readonly AnswerRound[] {
	const isDone = ({ status }: AnswerStep): boolean => status === 'done' || status === 'failed' || status === 'refused';
	return rounds.map((round) => ({
		...round,
		steps: round.steps.map((step) =>
			isDone(step)
				? step
				: {
						...step,
						status: step.status === 'stopped' ? 'stopped' : 'interrupted',
						startedAt: step.startedAt ?? at,
					},
		),
	}));
}

/** Replaces all rounds of an answer. Its message must be `streaming`. */
export function replaceRounds(database: WritableDatabase, messageId: number, rounds: readonly AnswerRound[]): void {
	for (const table of ['DELETE FROM answer_steps', 'DELETE FROM answer_rounds']) {
		run(database, `${table} WHERE message_id = :messageId`, { messageId });
	}
	insertRounds(database, messageId, rounds);
}

/** Stores what became of a step. Its message must be `streaming`. */
export function updateStep(
	database: WritableDatabase,
	place: { readonly messageId: number; readonly round: number; readonly position: number },
	{ status, result, startedAt, durationMs }: Pick<AnswerStep, 'status' | 'result' | 'startedAt' | 'durationMs'>,
): void {
	run(
		database,
		`UPDATE answer_steps SET status = :status, result = :result, started_at = :startedAt, duration_ms = :durationMs
		 WHERE message_id = :messageId AND round = :round AND position = :position`,
		{ ...place, status, result, startedAt, durationMs },
	);
}

/** Marks the steps of an answer that had not ended when its process did. */
export function interruptSteps(database: WritableDatabase, messageId: number): void {
	run(
		database,
		`UPDATE answer_steps SET status = 'interrupted'
		 WHERE message_id = :messageId AND status IN ('waiting', 'asking', 'running')`,
		{ messageId },
	);
}
