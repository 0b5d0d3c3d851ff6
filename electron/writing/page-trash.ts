import { truncateLogOnceFree } from '../database/secure-delete.ts';
import { run, transaction } from '../database/sql.ts';
import { scheduleTrash, type TrashSchedule } from '../settings/trash-schedule.ts';
import type { WritingContext } from './context.ts';
import { deleteTrashed } from './store.ts';

/** The first check for expired pages waits until start-up is over, ms. */
const firstCheckMs = 25_000;

export interface PageTrash {
	/** Permanently deletes the pages in the trash, or only `ids` of them; returns how many. */
	empty(ids: readonly number[] | null): Promise<number>;
	hold: TrashSchedule<number>['hold'];
	stop(): Promise<void>;
}

/** Deletes what has been in the trash for the `trashDays` of the settings, and what the user asks to delete. */
export function startPageTrash(context: WritingContext, deletionClock: () => number = context.clock): PageTrash {
	const { database, events, clock, settings, log } = context;

	async function purge(until: number, ids: readonly number[] | null, signal: AbortSignal): Promise<number> {
		const deleted = transaction(database, () => {
			const count = deleteTrashed(database, until, ids);
			// Backups from before still contain the text; they are removed in time, as for conversations.
			if (count > 0) run(database, 'INSERT OR IGNORE INTO trash_emptied (at) VALUES (:now)', { now: clock() });
			return count;
		});
		if (deleted === 0) return 0;
		events.publish({ type: 'pages-changed', pageId: null });
		// SQLite overwrites deleted content in the file (`secure_delete`); the log still holds the text.
		await truncateLogOnceFree(database, signal);
		return deleted;
	}

	const trash = scheduleTrash({
		settings,
		deletionClock,
		firstCheckMs,
		log,
		purge,
		describe: (deleted) => (deleted === 0 ? null : `${deleted} pages`),
	});
	return { empty: (ids) => trash.empty(clock(), ids), hold: trash.hold, stop: trash.stop };
}
