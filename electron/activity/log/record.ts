import type { ActivityKind, ActivityResult, AnswerFigures } from '../../contract/data/activity.ts';
import type { WritableDatabase } from '../../database/handle.ts';
import { run, transaction } from '../../database/sql.ts';

/** What is worth keeping of what happened; `detail` is a small JSON object. */
export interface Activity {
	readonly at: number;
	readonly kind: ActivityKind;
	readonly subject: string;
	readonly result: ActivityResult;
	readonly outcome: string;
	readonly detail: object;
	readonly modelFileId?: number | null;
	/** An answer and its conversation. */
	readonly messageId?: number;
	readonly conversationId?: number;
	readonly figures?: AnswerFigures;
}

/** How long an entry is kept. */
const retentionMs = 90 * 86_400_000;

export function recordActivity(database: WritableDatabase, activity: Activity): void {
	const { detail, figures, ...rest } = activity;
	transaction(database, () => {
		const { id } = run(
			database,
			`INSERT INTO events (at, kind, subject, result, outcome, detail, model_file_id, message_id, conversation_id)
			 VALUES (:at, :kind, :subject, :result, :outcome, :detail, :modelFileId, :messageId, :conversationId)`,
			{ modelFileId: null, messageId: null, conversationId: null, ...rest, detail: JSON.stringify(detail) },
		);
		if (figures === undefined) return;
		run(
			database,
			`INSERT INTO answer_figures (event_id, prompt_tokens, cached_tokens, completion_tokens, ttft_ms, prompt_ms,
			   generation_ms)
			 VALUES (:id, :promptTokens, :cachedTokens, :completionTokens, :ttftMs, :promptMs, :generationMs)`,
			{ id, ...figures },
		);
	});
}

/** Removes what is older than 90 days. */
export function deleteExpiredActivity(database: WritableDatabase, now: number): void {
	run(database, 'DELETE FROM events WHERE at < :oldest', { oldest: now - retentionMs });
}
