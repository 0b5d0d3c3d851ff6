import { busyTimeoutMs } from './connect.ts';
import { connectionOf, type WritableDatabase } from './database.ts';
import { all, get, transaction } from './sql.ts';

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
		if (error instanceof Error && 'code' in error && error.code === 'SQLITE_BUSY') return false;
		throw error;
	} finally {
		connection.pragma(`busy_timeout = ${busyTimeoutMs}`);
	}
}

/** Index pages that one merge step writes. */
const pagesAStep = 16;

/**
 * Merges every full-text index for about `ms`: the words of a deleted row stay in the index until the part that holds
 * them is merged with the part that marks them deleted. Returns true once everything is merged; call it until then.
 */
export function mergeIndexes(database: WritableDatabase, ms: number): boolean {
	const connection = connectionOf(database);
	const end = performance.now() + ms;
	const indexes = all<{ name: string }>(
		database,
		`SELECT name FROM sqlite_schema WHERE type = 'table' AND sql LIKE 'CREATE VIRTUAL TABLE%USING fts5%'`,
	);
	return transaction(database, () => {
		for (const { name } of indexes) {
			// A step that finds nothing to do writes fewer than two rows (FTS5's documentation).
			for (let changes = 2; changes >= 2; ) {
				if (performance.now() >= end) return false;
				const before = totalChanges(database);
				connection.exec(`INSERT INTO "${name}" ("${name}", rank) VALUES ('merge', -${pagesAStep})`);
				changes = totalChanges(database) - before;
			}
		}
		return true;
	});
}

function totalChanges(database: WritableDatabase): number {
	return get<{ n: number }>(database, 'SELECT total_changes() AS n')?.n ?? 0;
}
