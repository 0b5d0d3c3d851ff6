import Database from 'better-sqlite3';

export interface ExclusiveFile {
	release(): void;
}

/**
 * Locks `path` with a lock that the operating system releases when this process ends, however it ends: there is no
 * stale lock to detect, and no process id that might have been reused. It is SQLite's own lock (fcntl on Unix,
 * LockFileEx on Windows) on an empty database file that is never written. Returns null if another process holds it.
 * Throws file-system errors (`SQLITE_CANTOPEN`, `SQLITE_IOERR_…`).
 */
export function lockFile(path: string): ExclusiveFile | null {
	const database = new Database(path, { timeout: 0 });
	try {
		database.exec('BEGIN EXCLUSIVE');
	} catch (error) {
		database.close();
		if (error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')) return null;
		throw error;
	}
	return { release: () => void database.close() };
}
