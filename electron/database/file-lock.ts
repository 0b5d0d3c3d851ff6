import Database from 'better-sqlite3';

export interface ExclusiveFile {
	release(): void;
}

/**
 * Takes a lock on `path` that the operating system itself drops when this process ends, however it ends, so there is
 * no stale lock to recognise and no process id that could have been given to somebody else. The lock is SQLite's own
 * (fcntl on Unix, LockFileEx on Windows) on an empty database file that nothing is ever written to.
 * Returns null where another process holds it. Throws what the file system says (`SQLITE_CANTOPEN`, `SQLITE_IOERR_…`).
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
