import { setTimeout as sleep } from 'node:timers/promises';
import type { ReadableDatabase, WritableDatabase } from '../../database/database.ts';
import { beginErasure, finishErasure, isErasureUnfinished } from '../../database/secure-delete.ts';
import { all, get, run, transaction } from '../../database/sql.ts';
import { forgetBranchPath } from '../branch-path.ts';
import { removeUnusedTags } from './tags.ts';

/** Longest slice of deletion before other work gets its turn, ms: a frame has 16. */
const sliceMs = 7;
/** Messages looked up at a time; a slice may end after each batch. */
const batch = 16;
/** Conversations marked at a time. */
const markedAtOnce = 200;

export interface Purged {
	conversations: number;
	messages: number;
}

const nextMarked = 'SELECT id FROM conversations INDEXED BY conversations_trash WHERE deleted_at = 0 LIMIT 1';

/** Returns true if marked conversations still exist, perhaps left by a dead process. */
export function isUnfinished(database: ReadableDatabase): boolean {
	return isErasureUnfinished(database, 'conversations') || hasMarked(database);
}

function hasMarked(database: ReadableDatabase): boolean {
	return get(database, nextMarked) !== undefined;
}

/**
 * Removes what entered the trash up to `until` (ms since 1970), or only `ids` of it, from every list. From then on
 * users cannot see it, and the next process to open the data folder continues the deletion.
 */
export async function markForPurge(
	database: WritableDatabase,
	{ until, ids }: { readonly until: number; readonly ids: readonly number[] | null },
): Promise<void> {
	if (ids !== null) {
		const sql = 'UPDATE conversations SET deleted_at = 0 WHERE id = :id AND deleted_at > 0 AND deleted_at <= :until';
		transaction(database, () => {
			for (const id of ids) run(database, sql, { id, until });
		});
		return;
	}
	const sql = `UPDATE conversations SET deleted_at = 0 WHERE id IN (
		SELECT id FROM conversations INDEXED BY conversations_trash
		WHERE deleted_at > 0 AND deleted_at <= :until LIMIT :limit)`;
	while (run(database, sql, { until, limit: markedAtOnce }).changes === markedAtOnce) await sleep(0);
}

/**
 * Deletes marked conversations with everything that belongs to them, in slices that keep the process responsive, and
 * erases their text. An abort by `signal` or a kill leaves the rest for the next call.
 */
export async function purge(
	database: WritableDatabase,
	{ clock, signal }: { readonly clock: () => number; readonly signal: AbortSignal },
): Promise<Purged> {
	const purged: Purged = { conversations: 0, messages: 0 };
	beginErasure(database, 'conversations');
	let finished = false;
	while (!finished && !signal.aborted) {
		finished = transaction(database, () => purgeSlice(database, purged));
		forgetBranchPath(database);
		await sleep(1);
	}
	await finishErasure(database, 'conversations', { clock, signal });
	return purged;
}

/** Returns true when nothing marked is left. */
function purgeSlice(database: WritableDatabase, purged: Purged): boolean {
	const end = performance.now() + sliceMs;
	do {
		const next = get<{ id: number }>(database, nextMarked);
		if (next === undefined) {
			removeUnusedTags(database);
			return true;
		}
		// Children first: deleting a message cascades to its descendants, however many there are.
		const messages = all<{ id: number }>(
			database,
			'SELECT id FROM messages WHERE conversation_id = :id ORDER BY id DESC LIMIT :batch',
			{ id: next.id, batch },
		);
		for (const { id } of messages) {
			run(database, 'DELETE FROM messages WHERE id = :id', { id });
			purged.messages += 1;
			if (performance.now() >= end) return false;
		}
		if (messages.length < batch) {
			run(database, 'DELETE FROM conversations WHERE id = :id', { id: next.id });
			purged.conversations += 1;
		}
	} while (performance.now() < end);
	return false;
}
