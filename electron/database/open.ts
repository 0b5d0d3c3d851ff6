import { statSync } from 'node:fs';
import { Failure } from '../../models/contract/failure.ts';
import { said, spoken } from '../../models/contract/said.ts';
import { createBackup, listBackups } from './backups/backup.ts';
import { type DatabaseNotice, isEmptied, recoverFromDamage } from './backups/recover-damage.ts';
import { removeDraft } from './backups/restore-backup.ts';
import { closeDatabase, connect, quickCheck, wasLeftOpen } from './connect.ts';
import { clearSuspect, isSuspect, markSuspect } from './damage-mark.ts';
import { connectionOf, type WritableDatabase } from './database.ts';
import { databaseFailure, isDamage } from './database-failure.ts';
import { rebuildIndexes } from './full-text-indexes.ts';
import { migrate, pendingMigrations, readMigrations, schemaVersion } from './migrations.ts';
import { runFileTask } from './reader.ts';

export interface OpenOptions {
	readonly path: string;
	readonly backupsFolder: string;
	readonly migrationsFolder: string;
	readonly readerEntry: URL;
	/** Milliseconds since 1970. */
	readonly now: number;
	readonly log: (line: string) => void;
	/**
	 * What to do with a damaged database: open the newest sound backup in its place, or throw Failure
	 * `database-damaged`.
	 */
	readonly onDamage: 'restore' | 'refuse';
}

export interface OpenedDatabase {
	readonly database: WritableDatabase;
	/** What the user must know: the database was damaged, and what was done about it. */
	readonly notice: DatabaseNotice | null;
	/** The last process died with the database open, and it is too large to check before use. */
	readonly unchecked: boolean;
}

/**
 * Up to this size a database is checked at every start (60 ms). A larger one is checked only if something points to
 * damage, with each day's backup, and after a crash in the background (`unchecked`).
 */
const alwaysCheckedBytes = 10_000_000;

/**
 * Opens the database of a data folder: checked, migrated to this Assay's schema (after a backup), durable. Throws one
 * Failure that names the obstacle and leaves the file unchanged. `notice` says what the user must know.
 */
export async function openDatabase(options: OpenOptions): Promise<OpenedDatabase> {
	const opened = await openUndamaged(options);
	removeDraft(options.path);
	const { database } = opened;
	try {
		const pending = pendingMigrations(database, readMigrations(options.migrationsFolder));
		const version = schemaVersion(database);
		if (pending.length > 0 && version > 0) {
			const kept = await createBackup(database, options.backupsFolder, { ...options, kind: 'before-update' });
			options.log(`database: schema ${version} to ${pending.at(-1)?.version}, copy kept as ${kept.path}`);
		}
		migrate(database, pending, options.now);
		return opened;
	} catch (error) {
		connectionOf(database).close();
		throw offerOlder(databaseFailure(error, options.path), options.backupsFolder);
	}
}

async function openUndamaged(options: OpenOptions): Promise<OpenedDatabase> {
	const { path, backupsFolder, now, readerEntry, log } = options;
	try {
		return { ...openChecked(options), notice: null };
	} catch (error) {
		if (!isDamage(error)) throw error;
		log(`database: ${error instanceof Error ? error.message : String(error)}`);
		if (options.onDamage === 'refuse') throw offerBackup(error, backupsFolder);
	}
	const notice = await recoverFromDamage(path, backupsFolder, now, readerEntry);
	log(`database: ${notice.message}`);
	clearSuspect(path);
	return { database: connect(path), notice, unchecked: false };
}

function openChecked({ path, backupsFolder, log }: OpenOptions): Omit<OpenedDatabase, 'notice'> {
	if (isEmptied(path, backupsFolder)) throw damageFound(path, 'the file has no content');
	const size = statSync(path, { throwIfNoEntry: false })?.size;
	if (size === undefined) return { database: connect(path), unchecked: false };
	if (size > alwaysCheckedBytes && !isSuspect(path)) {
		const unchecked = wasLeftOpen(path);
		return { database: connect(path), unchecked };
	}
	const verdict = quickCheck(path);
	if (verdict !== 'ok') {
		if (!isIndexFault(verdict)) throw damageFound(path, verdict);
		log(`database: the search index is made anew: ${verdict}`);
		repairIndexes(path);
	}
	clearSuspect(path);
	return { database: connect(path), unchecked: false };
}

/** Throws the failure from `damageFound` if more than the index was damaged. */
function repairIndexes(path: string): void {
	const database = connect(path);
	try {
		rebuildIndexes(database);
	} finally {
		closeDatabase(database);
	}
	const verdict = quickCheck(path);
	if (verdict !== 'ok') throw damageFound(path, verdict);
}

function damageFound(path: string, detail: string): unknown {
	return databaseFailure(Object.assign(new Error(detail), { code: 'SQLITE_CORRUPT' }), path);
}

/** If a newer Assay migrated the database, offers the backup from before that as the way back to this version. */
function offerOlder(error: unknown, backupsFolder: string): unknown {
	if (!(error instanceof Failure) || error.code !== 'database-newer') return error;
	const older = listBackups(backupsFolder).find(({ kind }) => kind === 'before-update');
	if (older === undefined) return error;
	const way = `Restore the backup from before the update (newer data stays in the newer file): assay backup restore --yes ${older.path}`;
	return new Failure({ ...error.facts(), next: [...error.next, way] }, { cause: error });
}

function offerBackup(error: unknown, backupsFolder: string): unknown {
	if (!(error instanceof Failure)) return error;
	const newest = listBackups(backupsFolder)[0];
	if (newest === undefined) return error;
	const next = [`Open the backup from ${new Date(newest.createdAt).toISOString()} instead: ${newest.path}`];
	return new Failure({ ...error.facts(), next }, { cause: error });
}

/**
 * Checks a database that is in use and too large to check at the start. Resolves to null if it is sound, else to what
 * the user must know; the next start then repairs it.
 */
export async function checkInBackground(path: string, readerEntry: URL): Promise<DatabaseNotice | null> {
	const verdict = await runFileTask({ kind: 'check', path }, readerEntry);
	if (verdict === 'ok') return null;
	markSuspect(path, verdict);
	return spoken({
		message: said`The database ${path} is damaged (${verdict}).`,
		next: [said`Restart Assay: it keeps the damaged file and opens the newest good backup`],
	});
}

/** Returns true if the check found faults only in full-text indexes: their contents are in the tables too. */
function isIndexFault(verdict: string): boolean {
	return verdict.split('; ').every((fault) => /fts5/i.test(fault));
}
