import type { FeedbackEntry, MessageFeedback, NoticedSignal, Rating, Signal } from '../contract/feedback/schema.ts';
import type { ReadableDatabase, WritableDatabase } from '../database/database.ts';
import { all, get, run } from '../database/sql.ts';

interface Row {
	readonly id: number;
	readonly kind: 'rating' | 'correction' | 'signal';
	readonly rating: Rating | null;
	readonly comment: string | null;
	readonly correction: string | null;
	readonly signal: Signal | null;
	readonly source: NoticedSignal['source'];
	readonly evidence: string | null;
	readonly createdAt: number;
	readonly supersededAt: number | null;
	readonly tags: string | null;
}

/** All feedback on one message, oldest first, without removed rows. */
export const feedbackOfMessage = `SELECT f.id, f.kind, f.rating, f.comment, f.correction,
  f.signal, f.source, f.evidence, f.created_at AS createdAt, f.superseded_at AS supersededAt,
  (SELECT json_group_array(tag) FROM feedback_tags WHERE feedback_id = f.id) AS tags
FROM feedback f WHERE f.message_id = :messageId AND f.removed_at IS NULL ORDER BY f.id`;

/** Returns the current feedback on a message; all fields are empty if there is none. */
export function readFeedback(database: ReadableDatabase, messageId: number): MessageFeedback {
	const rows = all<Row>(database, feedbackOfMessage, { messageId });
	const current = rows.filter((row) => row.supersededAt === null);
	const rating = current.find((row) => row.kind === 'rating');
	return {
		messageId,
		rating: rating?.rating ?? null,
		tags: rating?.rating == null ? [] : (JSON.parse(rating.tags ?? '[]') as string[]),
		comment: rating?.comment ?? null,
		correction: current.find((row) => row.kind === 'correction')?.correction ?? null,
		signals: current.flatMap(({ id, signal, source, evidence, createdAt }) =>
			signal === null ? [] : [{ id, signal, source, evidence, createdAt }],
		),
		earlier: rows.length - current.length,
	};
}

/** Returns all feedback on one message, newest first. */
export function readHistory(database: ReadableDatabase, messageId: number): FeedbackEntry[] {
	return all<Row>(database, feedbackOfMessage, { messageId })
		.map(({ tags, ...row }) => ({ ...row, tags: JSON.parse(tags ?? '[]') as string[] }))
		.toReversed();
}

/** Moves the current row of a kind to the history. */
export function supersede(database: WritableDatabase, messageId: number, kind: 'rating' | 'correction', now: number) {
	run(
		database,
		`UPDATE feedback SET superseded_at = :now
		 WHERE message_id = :messageId AND kind = :kind AND superseded_at IS NULL AND removed_at IS NULL`,
		{ messageId, kind, now },
	);
}

export function insertRating(
	database: WritableDatabase,
	row: { messageId: number; rating: Rating | null; comment: string | null; now: number },
	tags: readonly string[],
): void {
	const { id } = run(
		database,
		`INSERT INTO feedback (message_id, kind, rating, comment, source, created_at)
		 VALUES (:messageId, 'rating', :rating, :comment, 'person', :now)`,
		row,
	);
	for (const tag of new Set(tags)) {
		run(database, 'INSERT INTO feedback_tags (feedback_id, tag) VALUES (:id, :tag)', { id, tag });
	}
}

export function insertCorrection(
	database: WritableDatabase,
	row: { messageId: number; correction: string | null; now: number },
): void {
	run(
		database,
		`INSERT INTO feedback (message_id, kind, correction, source, created_at)
		 VALUES (:messageId, 'correction', :correction, 'person', :now)`,
		row,
	);
}

/** Records a signal once per message; one that the user removed is not recorded again. */
export function insertSignal(
	database: WritableDatabase,
	row: { messageId: number; signal: Signal; source: NoticedSignal['source']; evidence: string | null; now: number },
): boolean {
	return (
		run(
			database,
			`INSERT INTO feedback (message_id, kind, signal, source, evidence, created_at)
			 SELECT :messageId, 'signal', :signal, :source, :evidence, :now
			 WHERE NOT EXISTS (SELECT 1 FROM feedback WHERE message_id = :messageId AND signal = :signal)`,
			row,
		).changes > 0
	);
}

/** Returns the message of a signal; undefined if the signal does not exist. */
export function messageOfSignal(database: ReadableDatabase, id: number): number | undefined {
	return get<{ messageId: number }>(
		database,
		"SELECT message_id AS messageId FROM feedback WHERE id = :id AND kind = 'signal' AND removed_at IS NULL",
		{ id },
	)?.messageId;
}

export function removeSignalRow(database: WritableDatabase, id: number, now: number): void {
	run(database, 'UPDATE feedback SET removed_at = :now WHERE id = :id', { id, now });
}

export function confirmSignalRow(database: WritableDatabase, id: number): void {
	run(database, "UPDATE feedback SET source = 'person' WHERE id = :id AND source = 'suggested'", { id });
}
