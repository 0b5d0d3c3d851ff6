import { connect } from './connect.ts';
import { connectionOf, type WritableDatabase } from './handle.ts';

/**
 * A further connection to a database that the application has open, for a thread with long work. A commit of it waits
 * for no disk: it is safe from a crash of the program at once, from a loss of power with the next commit of any
 * connection that waits, such as one inside of `durably`. The order of commits is kept in any case.
 */
export function connectBeside(path: string): WritableDatabase {
	const database = connect(path);
	connectionOf(database).pragma('synchronous = NORMAL');
	return database;
}

/** Runs `work`, whose commit is on the disk when this returns, and all that were made before it. */
export function durably<T>(database: WritableDatabase, work: () => T): T {
	const connection = connectionOf(database);
	const before = connection.pragma('synchronous', { simple: true });
	connection.pragma('synchronous = FULL');
	try {
		return work();
	} finally {
		connection.pragma(`synchronous = ${Number(before)}`);
	}
}

/** Ends the connection and leaves the log to the application. */
export function closeBeside(database: WritableDatabase): void {
	connectionOf(database).close();
}
