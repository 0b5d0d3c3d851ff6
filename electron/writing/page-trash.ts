import { setTimeout as sleep } from 'node:timers/promises';
import { dayMs } from '../contract/durations.ts';
import { truncateLog } from '../database/secure-delete.ts';
import { run, transaction } from '../database/sql.ts';
import type { WritingContext } from './context.ts';
import { deleteTrashed } from './store.ts';

/** Interval between checks for expired pages; the first check waits until start-up is over. ms. */
const checkEveryMs = 3_600_000;
const firstCheckMs = 25_000;
/** Pause between attempts to truncate the log while a reader or backup is still using it, ms. */
const retryMs = 100;

export interface PageTrash {
	/** Permanently deletes the pages in the trash, or only `ids` of them; returns how many. */
	empty(ids: readonly number[] | null): Promise<number>;
	stop(): Promise<void>;
}

/** Deletes what has been in the trash for the `trashDays` of the settings, and what the user asks to delete. */
export function startPageTrash(context: WritingContext, deletionClock: () => number = context.clock): PageTrash {
	const { database, events, clock, settings, log } = context;
	const stopping = new AbortController();
	let last: Promise<unknown> = Promise.resolve();

	async function purge(until: number, ids: readonly number[] | null): Promise<number> {
		const deleted = transaction(database, () => {
			const count = deleteTrashed(database, until, ids);
			// Backups from before still contain the text; they are removed in time, as for conversations.
			if (count > 0) run(database, 'INSERT OR IGNORE INTO trash_emptied (at) VALUES (:now)', { now: clock() });
			return count;
		});
		if (deleted === 0) return 0;
		events.publish({ type: 'pages-changed', pageId: null });
		// SQLite overwrites deleted content in the file (`secure_delete`); the log still holds the text.
		while (!stopping.signal.aborted && !truncateLog(database)) await sleep(retryMs);
		return deleted;
	}

	function empty(until: number, ids: readonly number[] | null): Promise<number> {
		const next = last.then(() => purge(until, ids));
		last = next.catch(() => {});
		return next;
	}

	async function deleteExpired(): Promise<void> {
		const { trashDays } = settings();
		if (trashDays === null) return;
		try {
			const deleted = await empty(deletionClock() - trashDays * dayMs, null);
			if (deleted > 0) log(`trash: ${deleted} pages deleted for good`);
		} catch (error) {
			log(`trash: ${error instanceof Error ? error.message : String(error)}`);
		}
	}

	const first = setTimeout(() => void deleteExpired(), firstCheckMs);
	const timer = setInterval(() => void deleteExpired(), checkEveryMs);
	first.unref();
	timer.unref();
	return {
		empty: (ids) => empty(clock(), ids),
		async stop() {
			stopping.abort();
			clearTimeout(first);
			clearInterval(timer);
			await last;
		},
	};
}
