import type Database from 'better-sqlite3';

declare const readable: unique symbol;
declare const writable: unique symbol;

/**
 * A database that may be read. The same connection as the writable handle, with a narrower type: a read can't write.
 */
export interface ReadableDatabase {
	readonly [readable]: true;
}

/** A database that may be read and written. */
export interface WritableDatabase extends ReadableDatabase {
	readonly [writable]: true;
}

/** Brands a connection. Only this folder handles raw connections; everyone else holds a branded handle. */
export function handleOf(connection: Database.Database): WritableDatabase {
	return connection as unknown as WritableDatabase;
}

/** Returns the connection behind a handle. */
export function connectionOf(database: ReadableDatabase): Database.Database {
	return database as unknown as Database.Database;
}
