import { accessSync, constants, existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { Failure } from '../../models/contract/failure.ts';
import { said } from '../../models/contract/said.ts';
import { connectionOf, handleOf, type ReadableDatabase, type WritableDatabase } from './database.ts';
import { databaseFailure, isDamage } from './database-failure.ts';
import { makePrivate } from './private-file.ts';

/** How long a write waits while another thread or process (a backup tool, a virus scanner) locks the file, ms. */
export const busyTimeoutMs = 5_000;
/** Size to which a write-ahead log that grew beyond it is cut back, bytes. */
const walLimitBytes = 64 * 1024 * 1024;
/** SQLite's number for FULL: a commit is on the disk before it returns. */
const synchronousFull = 2;

/**
 * Opens the database at `path`, creates its folder if missing, and sets every connection option that durability and
 * safety depend on. Throws Failure `data-folder-not-writable`, `disk-full`, `database-damaged` (only what SQLite
 * notices without reading the whole file), `database-not-durable`.
 */
export function connect(path: string): WritableDatabase {
	let connection: Database.Database | null = null;
	try {
		ensureWritable(path);
		connection = new Database(path, { timeout: busyTimeoutMs });
		setOptions(connection);
		for (const suffix of ['', '-wal', '-shm']) makePrivate(`${path}${suffix}`);
		return handleOf(connection);
	} catch (error) {
		connection?.close();
		throw databaseFailure(error, path);
	}
}

function ensureWritable(path: string): void {
	const folder = dirname(path);
	// Conversations are private even on a shared computer. `claimDataFolder` tightens an existing folder.
	mkdirSync(folder, { recursive: true, mode: 0o700 });
	accessSync(folder, constants.W_OK);
	if (existsSync(path)) accessSync(path, constants.W_OK);
}

function setOptions(connection: Database.Database): void {
	const mode = connection.pragma('journal_mode = WAL', { simple: true });
	connection.pragma('synchronous = FULL');
	// On macOS fsync leaves data in the drive's own cache; these two options flush it. No effect elsewhere.
	connection.pragma('fullfsync = ON');
	connection.pragma('checkpoint_fullfsync = ON');
	connection.pragma('foreign_keys = ON');
	// Overwrites deleted text instead of only unlinking it, so that emptying the trash removes it from the file.
	connection.pragma('secure_delete = ON');
	connection.pragma(`journal_size_limit = ${walLimitBytes}`);
	// The file may come from anywhere: its schema must not call functions with side effects.
	connection.pragma('trusted_schema = OFF');
	connection.pragma('cell_size_check = ON');
	const durability = connection.pragma('synchronous', { simple: true });
	if (mode !== 'wal' || durability !== synchronousFull) {
		throw new Failure({
			code: 'database-not-durable',
			message: said`The disk with ${connection.name} can’t keep a write-ahead log (journal ${String(mode)}, synchronous ${String(durability)}), so saved messages could be lost.`,
			next: [said`Start Assay with a data folder on a local disk: --data <folder>`],
		});
	}
}

/**
 * Runs SQLite's quick check on the file at `path`, on the calling thread (6 ms per MB). Returns 'ok' or the first
 * faults. The connection can't write, so a damaged file and its log stay as they were.
 */
export function quickCheck(path: string): string {
	try {
		const connection = new Database(path, { readonly: true, fileMustExist: true, timeout: busyTimeoutMs });
		try {
			return faultsFound(connection);
		} finally {
			connection.close();
		}
	} catch (error) {
		if (isDamage(error)) return error instanceof Error ? error.message : String(error);
		throw databaseFailure(error, path);
	}
}

/** Runs SQLite's quick check. Returns 'ok' or the first faults found. */
export function faultsFound(connection: Database.Database): string {
	const faults = connection.pragma('quick_check(3)') as { quick_check: string }[];
	return faults.map((fault) => fault.quick_check).join('; ');
}

/** Returns true if a process ended without closing the database: its write-ahead log is still there. */
export function wasLeftOpen(path: string): boolean {
	return (statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0;
}

/** Merges the write-ahead log into the file and closes it. The handle can't be used afterwards. */
export function closeDatabase(database: WritableDatabase): void {
	const connection = connectionOf(database);
	try {
		connection.pragma('optimize');
		connection.pragma('wal_checkpoint(TRUNCATE)');
	} catch {
		// On a full disk the log stays; the next start reads it, and nothing is lost.
	}
	connection.close();
}

/**
 * Number of log pages after which a commit merges them into the file: SQLite's own default; one that is never reached;
 * and a small one (1 MB) for a worker with long work, because the application's next commit has to wait for what the
 * worker leaves in the log.
 */
const checkpointPages = { own: 1_000, never: 1_000_000, beside: 250 };

/** Long work touches many pages repeatedly; with the default 2 MB each would be written and read again every time. */
const workerCacheKib = 32 * 1024;

/**
 * Opens another connection to a database that the application has open, for a thread with long work. Its commits don't
 * wait for the disk: they survive a crash of the program at once, and a power loss from the next commit of any
 * connection that does wait, such as one inside `commitDurably`. The order of commits is always kept.
 */
export function connectForWorker(path: string): WritableDatabase {
	const database = connect(path);
	connectionOf(database).pragma('synchronous = NORMAL');
	connectionOf(database).pragma(`cache_size = -${workerCacheKib}`);
	connectionOf(database).pragma(`wal_autocheckpoint = ${checkpointPages.beside}`);
	return database;
}

/** Opens a connection that can't write, for a thread that searches. */
export function connectForReading(path: string): ReadableDatabase {
	const connection = new Database(path, { readonly: true, fileMustExist: true, timeout: busyTimeoutMs });
	connection.pragma(`cache_size = -${workerCacheKib}`);
	return handleOf(connection);
}

/** Runs `work`; its commit and all earlier ones are on the disk when this returns. */
export function commitDurably<T>(database: WritableDatabase, work: () => T): T {
	return withSynchronous(database, 'FULL', work);
}

/**
 * Runs `work`, whose commit does not wait for the disk, which takes milliseconds: for records that may be lost. It survives
 * a crash of the program at once, and a power loss from the next commit that waits.
 */
export function commitWithoutWaiting<T>(database: WritableDatabase, work: () => T): T {
	return withSynchronous(database, 'NORMAL', work);
}

function withSynchronous<T>(database: WritableDatabase, synchronous: 'FULL' | 'NORMAL', work: () => T): T {
	const connection = connectionOf(database);
	const before = connection.pragma('synchronous', { simple: true });
	connection.pragma(`synchronous = ${synchronous}`);
	try {
		return work();
	} finally {
		connection.pragma(`synchronous = ${Number(before)}`);
	}
}

/** Closes the connection and leaves the log to the application. */
export function closeWorkerConnection(database: WritableDatabase): void {
	connectionOf(database).close();
}

/**
 * While another thread writes a lot, that thread merges the log into the file: otherwise commits of this connection
 * would do it every few milliseconds, and wait for the disk each time.
 */
export function leaveCheckpointsToWorker(database: WritableDatabase, leave: boolean): void {
	connectionOf(database).pragma(`wal_autocheckpoint = ${leave ? checkpointPages.never : checkpointPages.own}`);
}
