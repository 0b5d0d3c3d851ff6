import Database from 'better-sqlite3';
import { busyTimeoutMs } from '../connect.ts';

const hasTable = `SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'trash_emptied'`;

/**
 * Adds the times of deletions that the database at `path` knows to the copy at `draft`, which takes its place. A backup
 * doesn't know of later deletions, but older backups that still hold the deleted text must expire on time.
 */
export function carryDeletions(path: string, draft: string): void {
	const known = readDeletions(path);
	if (known.length === 0) return;
	const copy = new Database(draft, { fileMustExist: true, timeout: busyTimeoutMs });
	try {
		// An Assay that old recorded no deletions; the migration to come adds an empty table.
		if (copy.prepare(hasTable).get() === undefined) return;
		const add = copy.prepare('INSERT OR IGNORE INTO trash_emptied (at) VALUES (:at)');
		copy.transaction(() => {
			for (const at of known) add.run({ at });
		})();
	} finally {
		copy.close();
	}
}

/** Returns the times, ms since 1970; none if there is no such database or it is too damaged to tell. */
function readDeletions(path: string): readonly number[] {
	try {
		const current = new Database(path, { readonly: true, fileMustExist: true, timeout: busyTimeoutMs });
		try {
			return current.prepare<[], number>('SELECT at FROM trash_emptied WHERE at > 0').pluck().all();
		} finally {
			current.close();
		}
	} catch {
		return [];
	}
}
