import Database from 'better-sqlite3';
import { busyTimeoutMs, closeDatabase, connect, faultsFound } from './connect.ts';
import { migrate, pendingMigrations, readMigrations } from './migrations.ts';
import type { FileContents, FileTask, FileTaskResult } from './reader-protocol.ts';

/** Runs one long task on a file, on the thread that was started for it. Throws SQLite's errors. */
export async function doFileTask(task: FileTask): Promise<FileTaskResult> {
	switch (task.kind) {
		case 'check':
			return { verdict: faultsOf(task.path, true) };
		case 'verify':
			return { verdict: faultsOf(task.path, false) };
		case 'copy':
			return copy(task.path, task.target);
		case 'inspect':
			return inspect(task.path);
		case 'replace':
			return replace(task.path, task.target);
		case 'migrate':
			return bringUp(task.path, task.migrationsFolder, task.now);
		case 'compact':
			return compact(task.path);
	}
}

function faultsOf(path: string, readonly: boolean): string {
	try {
		const connection = new Database(path, { readonly, fileMustExist: true });
		try {
			if (!readonly) connection.pragma('journal_mode = DELETE');
			return faultsFound(connection);
		} finally {
			connection.close();
		}
	} catch (error) {
		return error instanceof Error ? error.message : String(error);
	}
}

/** Copies in one step and so in one read transaction: concurrent writes neither wait nor restart the copy. */
async function copy(path: string, target: string): Promise<FileTaskResult> {
	const source = new Database(path, { readonly: true, fileMustExist: true, timeout: busyTimeoutMs });
	try {
		await source.backup(target, { progress: () => 0x7fff_ffff });
	} finally {
		source.close();
	}
	return { verdict: faultsOf(target, false) };
}

function inspect(path: string): FileTaskResult {
	const connection = new Database(path, { readonly: true, fileMustExist: true });
	try {
		const verdict = faultsFound(connection);
		if (verdict !== 'ok') return { verdict };
		return { verdict, contents: contentsOf(connection) };
	} finally {
		connection.close();
	}
}

/** Throws if a table is missing: it is not an Assay database. */
function contentsOf(connection: Database.Database): FileContents {
	const schema = connection.pragma('user_version', { simple: true }) as number;
	const conversations = connection.prepare('SELECT count(*) AS n FROM conversations WHERE deleted_at IS NULL').get();
	const messages = connection.prepare('SELECT count(*) AS n, max(created_at) AS newestAt FROM messages').get();
	const { n, newestAt } = messages as { n: number; newestAt: number | null };
	return { schema, conversations: (conversations as { n: number }).n, messages: n, newestAt };
}

/**
 * Runs SQLite's backup API in reverse: the target's connections see the old contents until the one commit, and the new
 * contents after it. If the process dies in between, the old contents remain.
 */
async function replace(path: string, target: string): Promise<FileTaskResult> {
	const source = new Database(path, { readonly: true, fileMustExist: true });
	try {
		const { totalPages } = await source.backup(target, { progress: () => 0x7fff_ffff });
		// If the target is locked at the first step, SQLite copies nothing and reports success.
		if (totalPages === 0) throw Object.assign(new Error('the database is locked'), { code: 'SQLITE_BUSY' });
	} finally {
		source.close();
	}
	foldLog(target);
	return { verdict: 'ok' };
}

function bringUp(path: string, migrationsFolder: string, now: number): FileTaskResult {
	const database = connect(path);
	try {
		migrate(database, pendingMigrations(database, readMigrations(migrationsFolder)), now);
	} finally {
		closeDatabase(database);
	}
	return { verdict: 'ok' };
}

function compact(path: string): FileTaskResult {
	const connection = new Database(path, { fileMustExist: true, timeout: busyTimeoutMs });
	try {
		connection.exec('VACUUM');
	} finally {
		connection.close();
	}
	foldLog(path);
	return { verdict: 'ok' };
}

/** Merges the last commit from the log into the file, and flushes both to the disk. */
function foldLog(path: string): void {
	const connection = new Database(path, { fileMustExist: true, timeout: busyTimeoutMs });
	try {
		connection.pragma('synchronous = FULL');
		connection.pragma('fullfsync = ON');
		connection.pragma('checkpoint_fullfsync = ON');
		connection.pragma('wal_checkpoint(TRUNCATE)');
	} finally {
		connection.close();
	}
}
