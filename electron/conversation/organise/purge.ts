import { setTimeout as sleep } from 'node:timers/promises';
import type { ReadableDatabase, WritableDatabase } from '../../database/database.ts';
import { mergeIndexes, truncateLog } from '../../database/secure-delete.ts';
import { all, get, run, transaction } from '../../database/sql.ts';
import { removeUnusedTags } from './tags.ts';

/** Longest stretch of deleting before others have their turn, ms: a frame has 16. */
const sliceMs = 7;
/** Messages looked up at a time; a slice may end after each. */
const batch = 16;
/** Conversations marked at a time. */
const markedAtOnce = 200;
/** Pauses between tries to cut the log while a reader or a backup still reads from it, ms. */
const retryMs = 100;

export interface Purged {
	conversations: number;
	messages: number;
}

const nextMarked = 'SELECT id FROM conversations INDEXED BY conversations_trash WHERE deleted_at = 0 LIMIT 1';

/** Something was marked and is not gone yet, perhaps by a process that is dead. */
export function isUnfinished(database: ReadableDatabase): boolean {
	return get(database, 'SELECT at FROM trash_emptied WHERE at = 0') !== undefined || hasMarked(database);
}

function hasMarked(database: ReadableDatabase): boolean {
	return get(database, nextMarked) !== undefined;
}

/**
 * Takes what came into the trash up to `until` (ms since 1970), or only `ids` of it, out of every list: from then on it
 * is gone for people, and whoever opens the data folder next goes on deleting it.
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
 * Deletes what is marked, with everything that belongs to it, in slices that leave the process answerable; then merges
 * the indexes, which leaves no word of it in them, and cuts the log that still holds it. What is deleted is overwritten
 * in the file (`secure_delete`). What `signal` or a kill leaves is gone on with next time.
 */
export async function purge(
	database: WritableDatabase,
	{ clock, signal }: { readonly clock: () => number; readonly signal: AbortSignal },
): Promise<Purged> {
	const purged: Purged = { conversations: 0, messages: 0 };
	run(database, 'INSERT OR IGNORE INTO trash_emptied (at) VALUES (0)');
	let finished = false;
	while (!finished && !signal.aborted) {
		finished = transaction(database, () => purgeSlice(database, purged));
		await sleep(1);
	}
	while (!signal.aborted && !mergeIndexes(database, sliceMs)) await sleep(1);
	while (!signal.aborted && !truncateLog(database)) await sleep(retryMs);
	if (!signal.aborted) {
		// Now, not before: a backup made meanwhile may still hold some of it.
		transaction(database, () => {
			run(database, 'DELETE FROM trash_emptied WHERE at = 0');
			run(database, 'INSERT OR IGNORE INTO trash_emptied (at) VALUES (:now)', { now: clock() });
		});
	}
	return purged;
}

/** true: nothing marked is left. */
function purgeSlice(database: WritableDatabase, purged: Purged): boolean {
	const end = performance.now() + sliceMs;
	do {
		const next = get<{ id: number }>(database, nextMarked);
		if (next === undefined) {
			removeUnusedTags(database);
			return true;
		}
		// Children first: a message that is deleted takes with it what follows it, however much that is.
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
