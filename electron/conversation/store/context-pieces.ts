import {
	type Ledger,
	type LedgerPart,
	type LeftOut,
	ledgerKinds,
	type SourceReference,
} from '../../contract/conversation/ledger.ts';
import type { ReadableDatabase, WritableDatabase } from '../../database/database.ts';
import { all, run } from '../../database/sql.ts';
import { type BuiltContext, type ContextPiece, type LeftOutPiece, noContext } from '../context-builder.ts';
import { readOverflow, storeOverflow } from './context-overflow.ts';

/** A piece as it is stored. */
export interface PieceColumns {
	readonly kind: ContextPiece['kind'];
	readonly place: ContextPiece['place'];
	readonly text: string;
	readonly number: number | null;
	readonly title: string;
	readonly documentId: number | null;
	readonly sourceMessageId: number | null;
	readonly page: number | null;
	readonly heading: string;
	readonly start: number | null;
	readonly end: number | null;
	readonly whole: number;
}

type PieceRow = PieceColumns & {
	readonly messageId: number;
	readonly factId: number | null;
	readonly withdrawn: Withdrawn;
};

/** Whether a fact may be sent again; triggers set it. 1: it no longer holds there, 2: it was forgotten. */
type Withdrawn = 0 | 1 | 2;

/** Pieces that were sent to get these answers. */
export const piecesOfMessages = `SELECT p.message_id AS messageId, p.kind, p.place, p.text, p.number, p.title,
    p.document_id AS documentId, p.source_message_id AS sourceMessageId, p.page, p.heading, p.start_at AS start,
    p.end_at AS end, p.is_whole AS whole, p.fact_id AS factId, p.withdrawn
  FROM json_each(:ids) i CROSS JOIN context_pieces p ON p.message_id = i.value ORDER BY p.message_id, p.position`;

export const partsOfMessages = `SELECT p.message_id AS messageId, p.kind, p.tokens, p.cached, p.build_ms AS buildMs,
    p.read_ms AS readMs
  FROM json_each(:ids) i CROSS JOIN context_parts p ON p.message_id = i.value`;

export const leftOutOfMessages = `SELECT l.message_id AS messageId, l.kind, l.title, l.reason, l.tokens, l.said
  FROM json_each(:ids) i CROSS JOIN context_left_out l ON l.message_id = i.value ORDER BY l.message_id, l.position`;

/** Stores what an answer's prompt holds besides the conversation. Replaces nothing: call it once, in a transaction. */
export function insertContext(database: WritableDatabase, messageId: number, built: BuiltContext): void {
	for (const [position, { kind, place, text, source, factId = null }] of built.pieces.entries()) {
		run(
			database,
			`INSERT INTO context_pieces (message_id, position, kind, place, text, number, title, document_id,
			   source_message_id, page, heading, start_at, end_at, is_whole, fact_id)
			 SELECT :messageId, :position, :kind, :place, :text, :number, :title, :documentId, :sourceMessageId, :page,
			   :heading, :start, :end, :whole, :factId
			 -- What was deleted since it was read leaves no words here.
			 WHERE (:documentId IS NULL OR EXISTS (SELECT 1 FROM documents WHERE id = :documentId))
			   AND (:sourceMessageId IS NULL OR EXISTS (SELECT 1 FROM messages WHERE id = :sourceMessageId))
			   AND (:factId IS NULL OR EXISTS (SELECT 1 FROM facts WHERE id = :factId))`,
			{ messageId, position, kind, place, text, factId, ...sourceValues(source) },
		);
	}
	for (const [position, leftOut] of built.leftOut.entries()) insertLeftOut(database, messageId, position, leftOut);
}

/** Values of the columns that say where a piece comes from. */
export function sourceValues(source: SourceReference | null) {
	return {
		number: source?.number ?? null,
		title: source?.title ?? '',
		documentId: source?.documentId ?? null,
		sourceMessageId: source?.messageId ?? null,
		page: source?.page ?? null,
		heading: JSON.stringify(source?.heading ?? []),
		start: source?.start ?? null,
		end: source?.end ?? null,
		whole: source?.whole === true ? 1 : 0,
	};
}

function insertLeftOut(database: WritableDatabase, messageId: number, position: number, leftOut: LeftOutPiece): void {
	const { kind, title, reason, tokens, said, factId = null } = leftOut;
	run(
		database,
		`INSERT INTO context_left_out (message_id, position, kind, title, reason, tokens, said, fact_id)
		 SELECT :messageId, :position, :kind, :title, :reason, :tokens, :said, :factId
		 WHERE :factId IS NULL OR EXISTS (SELECT 1 FROM facts WHERE id = :factId)`,
		{
			messageId,
			position,
			kind,
			title,
			reason,
			tokens,
			factId,
			said: said === undefined ? null : JSON.stringify(said),
		},
	);
}

/** What is known of an answer's prompt when the answer ends. */
export type AnswerLedger = Omit<Ledger, 'sources'>;

/** Stores what the parts of an answer's prompt cost, and what else was left out. */
export function insertLedger(
	database: WritableDatabase,
	messageId: number,
	{ parts, leftOut, knownSources, unfoundQuotes, overflow }: AnswerLedger,
): void {
	storeOverflow(database, messageId, overflow);
	run(
		database,
		`UPDATE generations SET known_sources = :knownSources, unfound_quotes = :unfoundQuotes
		 WHERE message_id = :messageId`,
		{ messageId, knownSources, unfoundQuotes: unfoundQuotes.length === 0 ? '' : JSON.stringify(unfoundQuotes) },
	);
	for (const { kind, tokens, cached, buildMs, readMs } of parts) {
		run(
			database,
			`INSERT OR REPLACE INTO context_parts (message_id, kind, tokens, cached, build_ms, read_ms)
			 VALUES (:messageId, :kind, :tokens, :cached, :buildMs, :readMs)`,
			{ messageId, kind, tokens, cached, buildMs, readMs },
		);
	}
	// After those that were known when the prompt was built.
	for (const [index, one] of leftOut.entries()) insertLeftOut(database, messageId, 1_000 + index, one);
}

/**
 * Returns the pieces that were sent to get these answers, by answer; those without any are missing. Facts that were
 * withdrawn more than `allowed` are left out.
 */
export function readPieces(
	database: ReadableDatabase,
	messageIds: readonly number[],
	allowed: Withdrawn = 2,
): ReadonlyMap<number, readonly ContextPiece[]> {
	const rows = all<PieceRow>(database, piecesOfMessages, { ids: JSON.stringify(messageIds) }).filter(
		({ withdrawn }) => withdrawn <= allowed,
	);
	return new Map([...Map.groupBy(rows, ({ messageId }) => messageId)].map(([id, some]) => [id, some.map(storedPiece)]));
}

/** Reads a piece. */
export function pieceOf(row: PieceColumns): ContextPiece {
	const { kind, place, text, number, title, documentId, sourceMessageId, page, heading, start, end, whole } = row;
	const source: SourceReference | null =
		number === null
			? null
			: {
					number,
					title,
					documentId,
					messageId: sourceMessageId,
					page,
					heading: JSON.parse(heading) as string[],
					start,
					end,
					whole: whole === 1,
				};
	return { kind, place, text, source };
}

function storedPiece(row: PieceRow): ContextPiece {
	const { factId } = row;
	return { ...pieceOf(row), ...(factId === null ? {} : { factId }) };
}

export const sourcesOfMessages = `SELECT p.message_id AS messageId, p.kind, p.place, '' AS text, p.number, p.title,
    p.document_id AS documentId, p.source_message_id AS sourceMessageId, p.page, p.heading, p.start_at AS start,
    p.end_at AS end, p.is_whole AS whole, p.fact_id AS factId, p.withdrawn
  FROM json_each(:ids) i CROSS JOIN context_pieces p ON p.message_id = i.value
  WHERE p.number IS NOT NULL ORDER BY p.message_id, p.position`;

const factsOfMessages = `SELECT g.message_id AS messageId, g.known_sources AS knownSources, g.unfound_quotes AS unfoundQuotes
  FROM json_each(:ids) i CROSS JOIN generations g ON g.message_id = i.value`;

/** Returns the ledgers of these answers; those without one are missing. */
export function readLedgers(database: ReadableDatabase, messageIds: readonly number[]): ReadonlyMap<number, Ledger> {
	const values = { ids: JSON.stringify(messageIds) };
	const parts = all<LedgerPart & { messageId: number }>(database, partsOfMessages, values);
	if (parts.length === 0) return new Map();
	const leftOut = all<LeftOutRow>(database, leftOutOfMessages, values);
	const sources = all<PieceRow>(database, sourcesOfMessages, values);
	const facts = all<FactsRow>(database, factsOfMessages, values);
	const overflow = readOverflow(database, messageIds);
	const ledgers = new Map<number, Ledger>();
	for (const { messageId, ...part } of parts) {
		const known = facts.find((one) => one.messageId === messageId);
		const use = overflow.get(messageId);
		const ledger: Ledger = ledgers.get(messageId) ?? {
			parts: [],
			leftOut: leftOut.filter((one) => one.messageId === messageId).map(leftOutOf),
			sources: sources.filter((one) => one.messageId === messageId).flatMap((row) => pieceOf(row).source ?? []),
			knownSources: known?.knownSources ?? 0,
			unfoundQuotes: known === undefined || known.unfoundQuotes === '' ? [] : JSON.parse(known.unfoundQuotes),
			...(use === undefined ? {} : { overflow: use }),
		};
		ledger.parts.push(part);
		ledgers.set(messageId, ledger);
	}
	for (const ledger of ledgers.values()) {
		ledger.parts.sort((one, other) => ledgerKinds.indexOf(one.kind) - ledgerKinds.indexOf(other.kind));
	}
	return ledgers;
}

interface LeftOutRow extends Omit<LeftOut, 'said'> {
	readonly messageId: number;
	readonly said: string | null;
}

interface FactsRow {
	readonly messageId: number;
	readonly knownSources: number;
	readonly unfoundQuotes: string;
}

function leftOutOf({ messageId: _, said, ...rest }: LeftOutRow): LeftOut {
	return { ...rest, ...(said === null ? {} : { said: JSON.parse(said) as NonNullable<LeftOut['said']> }) };
}

/** Copies what an answer's prompt consisted of to a copy of the answer. */
export function copyContext(database: WritableDatabase, from: number, to: number): void {
	const values = { from, to };
	run(
		database,
		`INSERT INTO context_pieces (message_id, position, kind, place, text, number, title, document_id, source_message_id,
		   page, heading, start_at, end_at, is_whole, fact_id, withdrawn)
		 SELECT :to, position, kind, place, text, number, title, document_id, source_message_id, page, heading, start_at,
		   end_at, is_whole, fact_id, withdrawn
		 FROM context_pieces WHERE message_id = :from`,
		values,
	);
	run(
		database,
		`INSERT INTO context_parts (message_id, kind, tokens, cached, build_ms, read_ms)
		 SELECT :to, kind, tokens, cached, build_ms, read_ms FROM context_parts WHERE message_id = :from`,
		values,
	);
	run(
		database,
		`INSERT INTO context_left_out (message_id, position, kind, title, reason, tokens, said, fact_id)
		 SELECT :to, position, kind, title, reason, tokens, said, fact_id FROM context_left_out WHERE message_id = :from`,
		values,
	);
}

/** Returns the context that an answer was given, to give the same again, without facts that were withdrawn more than `allowed`. */
export function readContext(database: ReadableDatabase, messageId: number, allowed: Withdrawn = 1): BuiltContext {
	const pieces = readPieces(database, [messageId], allowed).get(messageId) ?? [];
	const summary = readOverflow(database, [messageId]).get(messageId)?.summary ?? null;
	return { ...noContext, pieces, summary };
}
