import type { Fact, FactCounts, FactScope, FactState } from '../../contract/memory/schema.ts';
import type { ReadableDatabase, WritableDatabase } from '../../database/database.ts';
import { all, get, run } from '../../database/sql.ts';
import type { MemoryFact } from '../memory-source.ts';
import { queryWords } from '../retrieval/query-words.ts';

/** Where a fact applies; null: everywhere. */
export type FolderId = number | null;

export interface NewFact {
	readonly text: string;
	readonly folderId: FolderId;
	readonly state: 'proposed' | 'accepted';
	readonly origin: Fact['origin'];
	/** '' or what it says, where only one such fact can be true. */
	readonly topic: string;
	readonly messageId: number | null;
	readonly quote: string;
	readonly supersedesId: number | null;
	readonly expiresAt: number | null;
}

export interface FactRow extends Omit<NewFact, 'state'> {
	readonly id: number;
	readonly scope: FactScope;
	readonly state: FactState;
	readonly createdAt: number;
	readonly changedAt: number;
	readonly deletedAt: number | null;
}

const columns = `f.id, f.text, f.scope, f.folder_id AS folderId, f.state, f.origin, f.topic, f.message_id AS messageId,
  f.quote, f.supersedes_id AS supersedesId, f.created_at AS createdAt, f.changed_at AS changedAt,
  f.expires_at AS expiresAt, f.deleted_at AS deletedAt`;

/** Where facts are that apply to the person, or to a folder. */
function placeOf(folderId: FolderId): { readonly scope: FactScope; readonly folderId: FolderId } {
	return { scope: folderId === null ? 'person' : 'folder', folderId };
}

/** The words of a fact as the index has them: two facts with the same ones say the same. Without words, all of it. */
function wordsOf(text: string): string {
	return queryWords(text, Number.MAX_SAFE_INTEGER).join(' ') || text;
}

/** Returns facts by id, in the order of the ids; those that are being deleted or gone are missing. */
export function findFacts(database: ReadableDatabase, ids: readonly number[]): readonly FactRow[] {
	const sql = `SELECT ${columns} FROM json_each(:ids) i CROSS JOIN facts f ON f.id = i.value
	  WHERE f.deleted_at IS NOT 0 ORDER BY i.key`;
	return all<FactRow>(database, sql, { ids: JSON.stringify(ids) });
}

/** Which facts to list, as the contract has it. */
export interface FactFilter {
	readonly states?: readonly FactState[] | undefined;
	readonly scope?: FactScope | undefined;
	readonly folderId?: number | undefined;
	readonly conversationId?: number | undefined;
	readonly text: string;
	readonly forgotten: boolean;
	readonly limit: number;
	readonly offset: number;
}

interface ListedRow extends FactRow {
	readonly conversationId: number | null;
	readonly title: string | null;
	readonly supersededText: string | null;
}

const listedColumns = `${columns}, c.id AS conversationId, c.title, s.text AS supersededText`;

/** A fact with its source and what it supersedes, unless they are in the trash. */
const withSource = `LEFT JOIN messages m ON m.id = f.message_id
  LEFT JOIN conversations c ON c.id = m.conversation_id AND c.deleted_at IS NULL
  LEFT JOIN facts s ON s.id = f.supersedes_id AND s.deleted_at IS NULL`;

const matching = `FROM facts f ${withSource}
  WHERE f.deleted_at IS NOT 0 AND (f.deleted_at IS NOT NULL) = :forgotten
    AND (:states IS NULL OR f.state IN (SELECT value FROM json_each(:states)))
    AND (:scope IS NULL OR f.scope = :scope)
    AND (:folderId IS NULL OR f.folder_id = :folderId)
    AND (:conversationId IS NULL OR m.conversation_id = :conversationId)
    AND (instr(lower(f.text), lower(:text)) > 0 OR instr(f.text, :text) > 0 OR (:words <> '[]' AND NOT EXISTS (
      SELECT 1 FROM json_each(:words) w WHERE instr(f.words, w.value) = 0
    )))`;

const listed = `SELECT ${listedColumns} ${matching}
  ORDER BY f.state <> 'proposed', f.changed_at DESC, f.id DESC LIMIT :limit OFFSET :offset`;

export function listFactRows(
	database: ReadableDatabase,
	filter: FactFilter,
	trashDayMs: number | null,
): { readonly facts: Fact[]; readonly total: number } {
	const { states, scope = null, folderId = null, conversationId = null, text, forgotten, limit, offset } = filter;
	const values = {
		scope,
		folderId,
		conversationId,
		text,
		words: JSON.stringify(queryWords(text, Number.MAX_SAFE_INTEGER)),
		forgotten: Number(forgotten),
		states: states === undefined ? null : JSON.stringify(states),
	};
	const rows = all<ListedRow>(database, listed, { ...values, limit, offset });
	const total = get<{ n: number }>(database, `SELECT count(*) AS n ${matching}`, values)?.n ?? 0;
	return { facts: rows.map((row) => factOf(row, trashDayMs)), total };
}

/** Returns facts as clients get them, in the order of the ids. `trashMs`: how long the trash keeps them; null: for ever. */
export function readFacts(database: ReadableDatabase, ids: readonly number[], trashMs: number | null): Fact[] {
	const sql = `SELECT ${listedColumns} FROM json_each(:ids) i CROSS JOIN facts f ON f.id = i.value ${withSource}
	  WHERE f.deleted_at IS NOT 0 ORDER BY i.key`;
	return all<ListedRow>(database, sql, { ids: JSON.stringify(ids) }).map((row) => factOf(row, trashMs));
}

function factOf(row: ListedRow, trashMs: number | null): Fact {
	const { id, text, scope, folderId, state, origin, messageId, quote, supersedesId, supersededText } = row;
	const { conversationId, title, createdAt, changedAt, expiresAt, deletedAt } = row;
	return {
		id,
		text,
		scope,
		folderId,
		state,
		origin,
		createdAt,
		changedAt,
		expiresAt,
		source:
			messageId === null || conversationId === null ? null : { messageId, conversationId, title: title ?? '', quote },
		supersedes: supersedesId === null || supersededText === null ? null : { id: supersedesId, text: supersededText },
		forgottenAt: deletedAt,
		goneAt: deletedAt === null || trashMs === null ? null : deletedAt + trashMs,
	};
}

/** Counts the facts outside the trash by state, and those in it. */
export function countFacts(database: ReadableDatabase): { readonly counts: FactCounts; readonly inTrash: number } {
	const sql = `SELECT state, deleted_at IS NOT NULL AS trashed, count(*) AS n FROM facts
	  WHERE deleted_at IS NOT 0 GROUP BY state, trashed`;
	const rows = all<{ state: FactState; trashed: number; n: number }>(database, sql);
	const counts: FactCounts = { proposed: 0, accepted: 0, superseded: 0, expired: 0, rejected: 0 };
	let inTrash = 0;
	for (const { state, trashed, n } of rows) {
		if (trashed === 1) inTrash += n;
		else counts[state] = n;
	}
	return { counts, inTrash };
}

export function insertFact(database: WritableDatabase, fact: NewFact, now: number): number {
	return run(
		database,
		`INSERT INTO facts (text, words, scope, folder_id, state, origin, topic, message_id, quote, supersedes_id, created_at,
		   changed_at, accepted_at, expires_at)
		 VALUES (:text, :words, :scope, :folderId, :state, :origin, :topic, :messageId, :quote, :supersedesId, :now, :now,
		   iif(:state = 'accepted', :now, NULL), :expiresAt)`,
		{ ...fact, ...placeOf(fact.folderId), words: wordsOf(fact.text), now },
	).id;
}

/** Changes a fact in its place. */
export function rewriteFact(
	database: WritableDatabase,
	id: number,
	{ text, folderId, expiresAt }: Pick<NewFact, 'text' | 'folderId' | 'expiresAt'>,
	now: number,
): void {
	run(
		database,
		`UPDATE facts SET text = :text, words = :words, scope = :scope, folder_id = :folderId, expires_at = :expiresAt,
		   changed_at = :now WHERE id = :id`,
		{ id, text, words: wordsOf(text), ...placeOf(folderId), expiresAt, now },
	);
}

/** Sets the state. Facts that are not accepted leave later prompts, by a trigger. */
export function setState(database: WritableDatabase, ids: readonly number[], state: FactState, now: number): number {
	return run(
		database,
		`UPDATE facts SET state = :state, changed_at = :now,
		   accepted_at = CASE :state WHEN 'accepted' THEN coalesce(accepted_at, :now) WHEN 'proposed' THEN NULL ELSE accepted_at END
		 WHERE id IN (SELECT value FROM json_each(:ids)) AND state <> :state AND deleted_at IS NULL`,
		{ ids: JSON.stringify(ids), state, now },
	).changes;
}

/** Returns the facts for a folder, whatever their state, also those in the trash. */
export function idsInFolder(database: ReadableDatabase, folderId: number): number[] {
	const sql = 'SELECT id FROM facts WHERE folder_id = :folderId AND deleted_at IS NOT 0';
	return all<{ id: number }>(database, sql, { folderId }).map(({ id }) => id);
}

/** Moves facts to a folder; returns how many. */
export function setFolder(database: WritableDatabase, ids: readonly number[], folderId: number): number {
	const sql = `UPDATE facts SET scope = 'folder', folder_id = :folderId
	  WHERE id IN (SELECT value FROM json_each(:ids)) AND deleted_at IS NOT 0`;
	return run(database, sql, { ids: JSON.stringify(ids), folderId }).changes;
}

export const dueFacts = `SELECT id FROM facts INDEXED BY facts_expiring
  WHERE expires_at <= :now AND state IN ('proposed', 'accepted')`;

/** Whether the time of a fact is over. */
export function hasDueFacts(database: ReadableDatabase, now: number): boolean {
	return get(database, dueFacts, { now }) !== undefined;
}

/** Expires facts whose time is over; returns how many. */
export function expireFacts(database: WritableDatabase, now: number): number {
	const due = all<{ id: number }>(database, dueFacts, { now }).map(({ id }) => id);
	return due.length === 0 ? 0 : setState(database, due, 'expired', now);
}

/** Returns these facts and those that they superseded, however long ago. */
export function withEarlier(database: ReadableDatabase, ids: readonly number[]): readonly number[] {
	const sql = `WITH RECURSIVE chain (id) AS (
	  SELECT id FROM facts WHERE id IN (SELECT value FROM json_each(:ids))
	  UNION
	  SELECT f.supersedes_id FROM chain JOIN facts f ON f.id = chain.id
	  WHERE f.supersedes_id IS NOT NULL AND f.state <> 'proposed'
	) SELECT id FROM chain`;
	return all<{ id: number }>(database, sql, { ids: JSON.stringify(ids) }).map(({ id }) => id);
}

/** Moves facts to the trash. Returns the ids of those that were not there. Call it in a transaction. */
export function trashFacts(database: WritableDatabase, ids: readonly number[], now: number): number[] {
	const sql = 'SELECT id FROM facts WHERE id IN (SELECT value FROM json_each(:ids)) AND deleted_at IS NULL';
	const live = all<{ id: number }>(database, sql, { ids: JSON.stringify(ids) }).map(({ id }) => id);
	const values = { ids: JSON.stringify(live), now };
	run(database, 'UPDATE facts SET deleted_at = :now WHERE id IN (SELECT value FROM json_each(:ids))', values);
	return live;
}

/** Takes facts out of the trash; returns how many. */
export function untrashFacts(database: WritableDatabase, ids: readonly number[]): number {
	const sql = `UPDATE facts SET deleted_at = NULL WHERE id IN (SELECT value FROM json_each(:ids)) AND deleted_at > 0`;
	return run(database, sql, { ids: JSON.stringify(ids) }).changes;
}

export const knownFact = `SELECT ${columns} FROM facts f INDEXED BY facts_words
  WHERE f.words = :words AND f.folder_id IS :folderId AND f.scope = :scope AND f.deleted_at IS NULL
    AND f.state IN ('proposed', 'accepted', 'rejected') ORDER BY f.id DESC LIMIT 1`;

/** Returns the fact that says the same there: proposed, accepted or dismissed. */
export function findSame(database: ReadableDatabase, text: string, folderId: FolderId): FactRow | undefined {
	return get<FactRow>(database, knownFact, { words: wordsOf(text), ...placeOf(folderId) });
}

/** Returns the accepted fact about the same thing there, newest first. */
export function findByTopic(database: ReadableDatabase, topic: string, folderId: FolderId): FactRow | undefined {
	const sql = `SELECT ${columns} FROM facts f WHERE f.topic = :topic AND f.folder_id IS :folderId AND f.scope = :scope
	  AND f.state = 'accepted' AND f.deleted_at IS NULL ORDER BY f.accepted_at DESC, f.id DESC LIMIT 1`;
	return get<FactRow>(database, sql, { topic, ...placeOf(folderId) });
}

/** Returns whether facts were found in the message before, whatever became of them. */
export function hasFactsOf(database: ReadableDatabase, messageId: number): boolean {
	return get(database, 'SELECT 1 FROM facts WHERE message_id = :messageId', { messageId }) !== undefined;
}

const usable = 'f.id, f.text, f.message_id AS messageId, f.accepted_at AS acceptedAt';
const usableThere = `f.state = 'accepted' AND f.deleted_at IS NULL AND f.scope = :scope AND f.folder_id IS :folderId`;

/** Accepted facts of one place, newest first. */
export const newestFacts = `SELECT ${usable} FROM facts f INDEXED BY facts_usable
  WHERE ${usableThere} ORDER BY f.accepted_at DESC, f.id DESC LIMIT :limit`;

/** The two places whose facts apply in a conversation: the person, and its folder. */
function placesOf(folderId: FolderId): readonly ReturnType<typeof placeOf>[] {
	return folderId === null ? [placeOf(null)] : [placeOf(null), placeOf(folderId)];
}

/** Returns the accepted facts of the person and the folder, newest first. */
export function readNewest(database: ReadableDatabase, folderId: FolderId, limit: number): readonly MemoryFact[] {
	return placesOf(folderId)
		.flatMap((place) => all<MemoryFact>(database, newestFacts, { ...place, limit }))
		.toSorted((one, other) => other.acceptedAt - one.acceptedAt || other.id - one.id)
		.slice(0, limit);
}

export const usableFacts = `SELECT f.id FROM facts f INDEXED BY facts_usable WHERE ${usableThere}`;

/** Returns the ids of all accepted facts of the person and the folder. */
export function usableIds(database: ReadableDatabase, folderId: FolderId): readonly number[] {
	return placesOf(folderId).flatMap((place) => all<{ id: number }>(database, usableFacts, place).map(({ id }) => id));
}

/** Counts the accepted facts of the person and the folder. */
export function countUsable(database: ReadableDatabase, folderId: FolderId): number {
	const sql = `SELECT count(*) AS n FROM facts f INDEXED BY facts_usable WHERE ${usableThere}`;
	return placesOf(folderId).reduce((sum, place) => sum + (get<{ n: number }>(database, sql, place)?.n ?? 0), 0);
}

/** Facts that contain any of the words, by BM25. */
export const relatedFacts = `SELECT ${usable} FROM facts_fts i CROSS JOIN facts f ON f.id = i.rowid
  WHERE facts_fts MATCH :query AND f.state = 'accepted' AND f.deleted_at IS NULL
    AND (f.scope = 'person' OR f.folder_id = :folderId)
  ORDER BY i.rank, f.id DESC LIMIT :limit`;

/** Words of a message that are looked up. */
const mostWords = 64;

/** A word in more facts than this, and in a larger share of them, is too common to tell what a message is about. */
const commonFacts = 2;
const commonShare = 0.1;

/** Those of some words that at least one fact has, and no more than `:most`. A common word is counted no further. */
const tellingWords = `SELECT w.value AS word FROM json_each(:words) w WHERE (
    SELECT count(*) FROM (SELECT 1 FROM facts_fts WHERE facts_fts MATCH '"' || w.value || '"' LIMIT :most + 1)
  ) BETWEEN 1 AND :most ORDER BY w.key`;

/** Returns the words that are rare enough among the facts to tell what a message is about. */
function findTellingWords(database: ReadableDatabase, words: readonly string[]): readonly string[] {
	const total = get<{ total: number }>(database, 'SELECT count(*) AS total FROM facts')?.total ?? 0;
	const most = Math.max(commonFacts, Math.floor(total * commonShare));
	const found = all<{ word: string }>(database, tellingWords, { words: JSON.stringify(words), most });
	return found.map(({ word }) => word);
}

/**
 * Returns the accepted facts of the person and the folder that share words with a text, best first. Words that many facts
 * have, such as “the”, don't count.
 */
export function readRelated(
	database: ReadableDatabase,
	text: string,
	folderId: FolderId,
	limit: number,
): readonly MemoryFact[] {
	const words = findTellingWords(database, queryWords(text, mostWords));
	if (words.length === 0) return [];
	const query = words.map((word) => `"${word}"`).join(' OR ');
	return all<MemoryFact>(database, relatedFacts, { query, folderId, limit });
}

/** Returns those of the facts that may be used there, in the order of the ids. */
export function readHolding(
	database: ReadableDatabase,
	ids: readonly number[],
	folderId: FolderId,
): readonly MemoryFact[] {
	const sql = `SELECT ${usable} FROM json_each(:ids) i CROSS JOIN facts f ON f.id = i.value
	  WHERE f.state = 'accepted' AND f.deleted_at IS NULL AND (f.scope = 'person' OR f.folder_id = :folderId)
	  ORDER BY i.key`;
	return all<MemoryFact>(database, sql, { ids: JSON.stringify(ids), folderId });
}

/** Lets a fact take the place of another one, which stays readable. Call it in a transaction. */
export function supersede(database: WritableDatabase, oldId: number, newId: number, now: number): void {
	run(database, 'UPDATE facts SET supersedes_id = :oldId WHERE id = :newId', { oldId, newId });
	setState(database, [oldId], 'superseded', now);
}

/** Marks what came into the trash until `until`, or only `ids` of it: from then on nobody can see it. */
export function markForDeletion(database: WritableDatabase, until: number, ids: readonly number[] | null): void {
	const sql = `UPDATE facts SET deleted_at = 0 WHERE deleted_at > 0 AND deleted_at <= :until
	  AND (:ids IS NULL OR id IN (SELECT value FROM json_each(:ids)))`;
	run(database, sql, { until, ids: ids === null ? null : JSON.stringify(ids) });
}

export const nextMarkedFact = 'SELECT id FROM facts INDEXED BY facts_trash WHERE deleted_at = 0 LIMIT :limit';

/** Returns whether marked facts still exist, perhaps left by a dead process. */
export function hasMarked(database: ReadableDatabase): boolean {
	return get(database, nextMarkedFact, { limit: 1 }) !== undefined;
}

/** Returns the conversations whose answers were given facts that are marked. */
export function conversationsGiven(database: ReadableDatabase): readonly number[] {
	const sql = `SELECT DISTINCT m.conversation_id AS id FROM facts f INDEXED BY facts_trash
	  JOIN context_pieces p ON p.fact_id = f.id JOIN messages m ON m.id = p.message_id WHERE f.deleted_at = 0`;
	return all<{ id: number }>(database, sql).map(({ id }) => id);
}

/** Deletes up to `limit` marked facts with what prompts and ledgers hold of them; returns how many. */
export function deleteMarked(database: WritableDatabase, limit: number): number {
	const marked = all<{ id: number }>(database, nextMarkedFact, { limit });
	for (const { id } of marked) run(database, 'DELETE FROM facts WHERE id = :id', { id });
	return marked.length;
}
