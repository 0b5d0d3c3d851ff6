import { setImmediate } from 'node:timers/promises';
import type { WritableDatabase } from '../database/database.ts';
import { get, run, transaction } from '../database/sql.ts';
import type { EventBus } from '../events.ts';

/** How long a cleared log can be restored, ms. */
const undoMs = 60_000;

/** Entries deleted at once; other writers may run between two batches. */
const batch = 1_000;

export interface ClearContext {
	readonly database: WritableDatabase;
	readonly events: EventBus;
	/** Milliseconds since 1970. */
	readonly clock: () => number;
}

/** Empties the log: its entries disappear at once from lists and counts, and are deleted after a minute. */
export interface LogClearer {
	clear(): { cleared: number; upTo: number };
	/** Returns false if the entries have been deleted already. */
	restore(upTo: number): boolean;
	/** Deletes cleared entries whose minute for undo has passed; with `all`, every cleared entry. */
	sweep(all: boolean): Promise<void>;
	/** Cancels the timers; the next start deletes what is left. */
	stop(): void;
}

export function createLogClearer({ database, events, clock }: ClearContext): LogClearer {
	const timers = new Set<ReturnType<typeof setTimeout>>();

	async function sweep(all: boolean): Promise<void> {
		const before = all ? Number.MAX_SAFE_INTEGER : clock() - undoMs;
		const sql = 'SELECT max(up_to) AS upTo FROM events_cleared WHERE at <= :before';
		const upTo = get<{ upTo: number | null }>(database, sql, { before })?.upTo;
		if (upTo === null || upTo === undefined) return;
		const some = 'DELETE FROM events WHERE id IN (SELECT id FROM events WHERE id <= :upTo ORDER BY id LIMIT :batch)';
		while (run(database, some, { upTo, batch }).changes === batch) await setImmediate();
		run(database, 'DELETE FROM events_cleared WHERE up_to <= :upTo', { upTo });
	}

	return {
		sweep,
		clear() {
			const cleared = transaction(database, () => {
				const facts = get<{ n: number; upTo: number | null }>(
					database,
					`SELECT count(*) AS n, max(id) AS upTo FROM events
					 WHERE id > (SELECT coalesce(max(up_to), 0) FROM events_cleared)`,
				);
				if (facts === undefined || facts.upTo === null) return { cleared: 0, upTo: 0 };
				run(database, 'INSERT INTO events_cleared (up_to, at) VALUES (:upTo, :at)', { upTo: facts.upTo, at: clock() });
				return { cleared: facts.n, upTo: facts.upTo };
			});
			if (cleared.cleared === 0) return cleared;
			events.publish({ type: 'activity-changed' });
			const timer = setTimeout(() => {
				timers.delete(timer);
				sweep(false).catch(() => {
					// The next start deletes it.
				});
			}, undoMs + 1_000);
			timer.unref();
			timers.add(timer);
			return cleared;
		},
		restore(upTo) {
			// After its minute they may be being deleted.
			const sql = 'DELETE FROM events_cleared WHERE up_to = :upTo AND at > :before';
			const { changes } = run(database, sql, { upTo, before: clock() - undoMs });
			if (changes > 0) events.publish({ type: 'activity-changed' });
			return changes > 0;
		},
		stop() {
			for (const timer of timers) clearTimeout(timer);
		},
	};
}
