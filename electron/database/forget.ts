import { busyTimeoutMs } from './connect.ts';
import { connectionOf, type WritableDatabase } from './handle.ts';

/**
 * Folds the write-ahead log into the file and cuts it to nothing, so that no copy of deleted text stays in it. Does not
 * wait: false where a reader still needs the log, and then it is to be tried again.
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
