import type { NetworkRequest } from '../contract/system.ts';
import type { ReadableDatabase, WritableDatabase } from '../database/handle.ts';
import { all, run } from '../database/sql.ts';

/** What is worth keeping of what happened; `detail` is a small JSON object. */
export interface Activity {
	readonly at: number;
	readonly kind: 'load' | 'unload' | 'crash' | 'download' | 'network';
	readonly subject: string;
	readonly outcome: string;
	readonly detail: Readonly<Record<string, string | number | null>>;
}

/** How long an entry is kept. */
const keptMs = 90 * 86_400_000;

export function recordActivity(database: WritableDatabase, activity: Activity): void {
	run(
		database,
		'INSERT INTO events (at, kind, subject, outcome, detail) VALUES (:at, :kind, :subject, :outcome, :detail)',
		{ ...activity, detail: JSON.stringify(activity.detail) },
	);
}

/** Removes what is older than 90 days. */
export function removeOldActivity(database: WritableDatabase, now: number): void {
	run(database, 'DELETE FROM events WHERE at < :oldest', { oldest: now - keptMs });
}

/** The last requests over the network, newest first. */
export function networkRequests(database: ReadableDatabase, limit: number): readonly NetworkRequest[] {
	const rows = all<{ id: number; at: number; subject: string; outcome: string; purpose: string; bytes: number }>(
		database,
		`SELECT id, at, subject, outcome, detail ->> 'purpose' AS purpose, detail ->> 'bytes' AS bytes
		 FROM events WHERE kind = 'network' ORDER BY at DESC, id DESC LIMIT :limit`,
		{ limit },
	);
	return rows.map(({ subject, ...row }) => ({ ...row, host: subject }));
}
