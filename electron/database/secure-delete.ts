import { setTimeout as sleep } from 'node:timers/promises';
import { errorCodeOf } from '../../models/error-code.ts';
import { busyTimeoutMs } from './connect.ts';
import { connectionOf, type ReadableDatabase, type WritableDatabase } from './database.ts';
import { mergeIndexes } from './full-text-indexes.ts';
import { get, run, transaction } from './sql.ts';

/** Longest slice of a merge before other work gets its turn, ms: a frame has 16. */
const sliceMs = 7;
/** Pause between attempts to truncate the log while a reader or backup is still using it, ms. */
const retryMs = 100;

/**
 * Merges the write-ahead log into the file and truncates it, so that it holds no copy of deleted text. Does not wait:
 * returns false if a reader still needs the log, and the caller tries again later.
 */
export function truncateLog(database: WritableDatabase): boolean {
	const connection = connectionOf(database);
	connection.pragma('busy_timeout = 0');
	try {
		const [result] = connection.pragma('wal_checkpoint(TRUNCATE)') as { busy: number }[];
		return result?.busy === 0;
	} catch (error) {
		if (errorCodeOf(error) === 'SQLITE_BUSY') return false;
		throw error;
	} finally {
		connection.pragma(`busy_timeout = ${busyTimeoutMs}`);
	}
}

/** Truncates the log as soon as no reader or backup needs it; an abort by `signal` leaves it as it is. */
export async function truncateLogOnceFree(database: WritableDatabase, signal: AbortSignal): Promise<void> {
	while (!signal.aborted && !truncateLog(database)) await sleep(retryMs);
}

/** What is erased, each with the mark in `trash_emptied` that is there meanwhile. */
const marks = { conversations: 0, documents: -1, facts: -2 };

export type Erased = keyof typeof marks;

/** Records that deleted text may still be in indexes and log, until `finishErasure` has ended. A kill leaves the record. */
export function beginErasure(database: WritableDatabase, what: Erased): void {
	run(database, 'INSERT OR IGNORE INTO trash_emptied (at) VALUES (:mark)', { mark: marks[what] });
}

/** Whether an erasure began, perhaps in an earlier process, and has not ended. */
export function isErasureUnfinished(database: ReadableDatabase, what: Erased): boolean {
	return get(database, 'SELECT at FROM trash_emptied WHERE at = :mark', { mark: marks[what] }) !== undefined;
}

/**
 * Ends an erasure once its rows are deleted: merges the full-text indexes, so that no word remains in them, truncates
 * the log, which still holds the text, and records the time, up to which backups contain it. SQLite overwrites deleted
 * content in the file (`secure_delete`). An abort by `signal` leaves the erasure unfinished.
 */
export async function finishErasure(
	database: WritableDatabase,
	what: Erased,
	{ clock, signal }: { readonly clock: () => number; readonly signal: AbortSignal },
): Promise<void> {
	while (!signal.aborted && !mergeIndexes(database, sliceMs)) await sleep(1);
	await truncateLogOnceFree(database, signal);
	if (signal.aborted) return;
	// Only now: a backup made meanwhile may still contain some of it.
	transaction(database, () => {
		run(database, 'DELETE FROM trash_emptied WHERE at = :mark', { mark: marks[what] });
		run(database, 'INSERT OR IGNORE INTO trash_emptied (at) VALUES (:now)', { now: clock() });
	});
}
