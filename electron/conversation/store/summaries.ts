import { Failure } from '../../../models/contract/failure.ts';
import { said } from '../../../models/contract/said.ts';
import type { Summary } from '../../contract/conversation/overflow.ts';
import type { ReadableDatabase, WritableDatabase } from '../../database/database.ts';
import { all, get, run } from '../../database/sql.ts';

/** A stored version of a summary. */
export interface SummaryRow extends Omit<Summary, 'onBranch'> {
	/** A person wrote or chose it: it is used from the next answer on. */
	readonly atOnce: boolean;
}

const columns = `id, conversation_id AS conversationId, until_id AS untilId, number, text, messages,
  written_by AS writtenBy, model_name AS modelName, at_once AS atOnce, created_at AS createdAt`;

export const summariesOfConversation = `SELECT ${columns} FROM summaries WHERE conversation_id = :conversationId
  ORDER BY chosen DESC`;

type Stored = Omit<SummaryRow, 'atOnce'> & { readonly atOnce: number };

const rowOf = (stored: Stored): SummaryRow => ({ ...stored, atOnce: stored.atOnce === 1 });

/** Returns the versions of a conversation's summaries, of all branches; the one to use first. */
export function listSummaries(database: ReadableDatabase, conversationId: number): readonly SummaryRow[] {
	return all<Stored>(database, summariesOfConversation, { conversationId }).map(rowOf);
}

/** Throws Failure `summary-unknown`. */
export function getSummary(database: ReadableDatabase, id: number): SummaryRow {
	const stored = get<Stored>(database, `SELECT ${columns} FROM summaries WHERE id = :id`, { id });
	if (stored !== undefined) return rowOf(stored);
	throw new Failure({
		code: 'summary-unknown',
		message: said`This version of the summary no longer exists.`,
		next: [said`Choose another version`],
	});
}

const next = (column: 'number' | 'chosen'): string =>
	`(SELECT coalesce(max(${column}), 0) + 1 FROM summaries WHERE conversation_id = :conversationId)`;

/** A version to store. `number`: the next one if absent. */
export type NewSummary = Omit<SummaryRow, 'id' | 'number'> & { readonly number?: number };

/** Stores a version, which is used before those there are. */
export function insertSummary(database: WritableDatabase, { number, ...summary }: NewSummary): SummaryRow {
	const { id } = run(
		database,
		`INSERT INTO summaries (conversation_id, until_id, number, text, messages, written_by, model_name, chosen, at_once,
		   created_at)
		 VALUES (:conversationId, :untilId, coalesce(:number, ${next('number')}), :text, :messages, :writtenBy, :modelName, ${next('chosen')},
		   :atOnce, :createdAt)`,
		{ ...summary, number: number ?? null, atOnce: summary.atOnce ? 1 : 0 },
	);
	return getSummary(database, id);
}

/** Uses a version before all others, from the next answer on. */
export function chooseSummary(database: WritableDatabase, { id, conversationId }: SummaryRow): void {
	const sql = `UPDATE summaries SET chosen = ${next('chosen')}, at_once = 1 WHERE id = :id`;
	run(database, sql, { id, conversationId });
}

/** Copies the versions that hold for a copied branch; `copies` has the copies of its messages. */
export function copySummaries(
	database: WritableDatabase,
	from: number,
	to: number,
	copies: ReadonlyMap<number, number>,
): void {
	for (const { id: _, ...summary } of listSummaries(database, from).toReversed()) {
		const untilId = copies.get(summary.untilId);
		if (untilId !== undefined) insertSummary(database, { ...summary, conversationId: to, untilId });
	}
	nameUsedSummaries(database, to);
}

/** Has the answers of a conversation name the versions that they were given, by number. */
export function nameUsedSummaries(database: WritableDatabase, conversationId: number): void {
	run(
		database,
		`UPDATE context_overflow AS o SET summary_id = s.id FROM summaries s
		 WHERE s.conversation_id = :conversationId AND s.number = o.summary_number
		   AND o.message_id IN (SELECT id FROM messages WHERE conversation_id = :conversationId)`,
		{ conversationId },
	);
}

/** A summary that is being made. */
export interface SummaryDraft {
	readonly conversationId: number;
	readonly untilId: number;
	/** The version that it continues; null: it is made from the messages alone. */
	readonly basedOnId: number | null;
	/** See `SummaryProgress`. */
	readonly notes: string;
	readonly messages: number;
	readonly characters: number;
	readonly text: string;
	/** A person asked for it. */
	readonly isAsked: boolean;
}

const draftColumns = `conversation_id AS conversationId, until_id AS untilId, based_on_id AS basedOnId, notes,
  read_messages AS messages, read_characters AS characters, text, is_asked AS isAsked`;

/** Returns null if none is being made. */
export function readSummaryDraft(database: ReadableDatabase, conversationId: number): SummaryDraft | null {
	const sql = `SELECT ${draftColumns} FROM summary_drafts WHERE conversation_id = :conversationId`;
	const stored = get<Omit<SummaryDraft, 'isAsked'> & { isAsked: number }>(database, sql, { conversationId });
	return stored === undefined ? null : { ...stored, isAsked: stored.isAsked === 1 };
}

/** Returns the conversations of which a summary is being made. */
export function conversationsWithDraft(database: ReadableDatabase): readonly number[] {
	const sql = 'SELECT conversation_id AS id FROM summary_drafts ORDER BY updated_at';
	return all<{ id: number }>(database, sql).map(({ id }) => id);
}

/** Replaces the draft of its conversation. */
export function writeSummaryDraft(database: WritableDatabase, draft: SummaryDraft, now: number): void {
	run(
		database,
		`INSERT OR REPLACE INTO summary_drafts (conversation_id, until_id, based_on_id, notes, read_messages,
		   read_characters, text, is_asked, updated_at)
		 VALUES (:conversationId, :untilId, :basedOnId, :notes, :messages, :characters, :text, :isAsked, :now)`,
		{ ...draft, isAsked: draft.isAsked ? 1 : 0, now },
	);
}

export function deleteSummaryDraft(database: WritableDatabase, conversationId: number): void {
	run(database, 'DELETE FROM summary_drafts WHERE conversation_id = :conversationId', { conversationId });
}
