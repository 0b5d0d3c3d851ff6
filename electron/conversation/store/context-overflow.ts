import type { OverflowUse } from '../../contract/conversation/overflow.ts';
import type { ReadableDatabase, WritableDatabase } from '../../database/database.ts';
import { all, run } from '../../database/sql.ts';

interface Row extends Pick<OverflowUse, 'policy' | 'firstSentId' | 'leftOut'> {
	readonly messageId: number;
	readonly summaryId: number | null;
	readonly summaryNumber: number | null;
	readonly untilId: number | null;
	readonly summarised: number;
}

export const overflowOfMessages = `SELECT o.message_id AS messageId, o.policy, o.first_sent_id AS firstSentId,
    o.left_out AS leftOut, o.summary_id AS summaryId, o.summary_number AS summaryNumber, o.until_id AS untilId,
    o.summarised
  FROM json_each(:ids) i CROSS JOIN context_overflow o ON o.message_id = i.value ORDER BY o.message_id`;

/** Stores where an answer's prompt begins; undefined: at the beginning of its branch. */
export function storeOverflow(database: WritableDatabase, messageId: number, use: OverflowUse | undefined): void {
	run(database, 'DELETE FROM context_overflow WHERE message_id = :messageId', { messageId });
	if (use === undefined) return;
	const { policy, firstSentId, leftOut, summary } = use;
	run(
		database,
		`INSERT INTO context_overflow (message_id, policy, first_sent_id, left_out, summary_id, summary_number, until_id,
		   summarised)
		 VALUES (:messageId, :policy, :firstSentId, :leftOut, (SELECT id FROM summaries WHERE id = :summaryId), :number,
		   :untilId, :messages)`,
		{
			messageId,
			policy,
			firstSentId,
			leftOut,
			summaryId: summary?.id ?? null,
			number: summary?.number ?? null,
			untilId: summary?.untilId ?? null,
			messages: summary?.messages ?? 0,
		},
	);
}

/** Returns where the prompts of these answers begin, in their order; those that begin with their branch are missing. */
export function readOverflow(
	database: ReadableDatabase,
	messageIds: readonly number[],
): ReadonlyMap<number, OverflowUse> {
	const rows = all<Row>(database, overflowOfMessages, { ids: JSON.stringify(messageIds) });
	return new Map(
		rows.map(({ messageId, summaryId, summaryNumber, untilId, summarised, ...use }) => [
			messageId,
			{
				...use,
				summary:
					summaryNumber === null || untilId === null
						? null
						: { id: summaryId, number: summaryNumber, untilId, messages: summarised },
			},
		]),
	);
}

/** Copies where an answer's prompt begins to a copy of the answer; `copies` has the copies of the messages before it. */
export function copyOverflow(
	database: WritableDatabase,
	from: number,
	to: number,
	copies: ReadonlyMap<number, number>,
): void {
	const use = readOverflow(database, [from]).get(from);
	if (use === undefined) return;
	const { firstSentId, summary } = use;
	const untilId = summary === null ? undefined : copies.get(summary.untilId);
	storeOverflow(database, to, {
		...use,
		firstSentId: firstSentId === null ? null : (copies.get(firstSentId) ?? null),
		// The copy's own versions are copied once all messages are there.
		summary: summary === null || untilId === undefined ? null : { ...summary, id: null, untilId },
	});
}
