import { errorCodeOf } from '../../models/error-code.ts';
import { busyTimeoutMs } from './connect.ts';
import { connectionOf, type WritableDatabase } from './database.ts';

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
