import { copyFileSync, existsSync, renameSync, rmSync, statSync } from 'node:fs';
import { Failure } from '../../../models/contract/failure.ts';
import { type SaidFacts, said, spoken } from '../../../models/contract/said.ts';
import { databaseFailure } from '../database-failure.ts';
import { runFileTask } from '../reader.ts';
import { type BackupFile, listBackups } from './backup.ts';
import { carryDeletions } from './carry-deletions.ts';

/** What the user must know about the database; shown until they dismiss it. */
export interface DatabaseNotice {
	readonly message: string;
	readonly next: readonly string[];
	/** Messages of these texts. */
	readonly said?: SaidFacts[];
}

/** SQLite takes an empty file for a new database. If there are backups, it is one that lost its contents. */
export function isEmptied(path: string, backupsFolder: string): boolean {
	return statSync(path, { throwIfNoEntry: false })?.size === 0 && listBackups(backupsFolder).length > 0;
}

/**
 * Moves the database at `path` and its log out of the way, under a name that says what it is. Deletes nothing. Returns
 * the new path, or null if there was no database. No connection to the file may be open.
 */
export function setDatabaseAside(path: string, now: number, why: 'damaged' | 'replaced' = 'damaged'): string | null {
	if (!existsSync(path)) return null;
	const aside = `${path}.${why}-${new Date(now).toISOString().replaceAll(/[:.]/g, '-')}`;
	try {
		// The log first: a log without its database is ignored, but a database without its log would look older than it
		// is.
		for (const suffix of ['-wal', '-shm', '']) {
			if (existsSync(`${path}${suffix}`)) renameSync(`${path}${suffix}`, `${aside}${suffix}`);
		}
		return aside;
	} catch (error) {
		throw databaseFailure(error, path);
	}
}

/**
 * Replaces the database at `path` with a copy of a backup; sets the current one aside first. Throws Failure
 * `backup-damaged`, and then nothing was changed. No connection to the file may be open.
 */
export async function putBackupInPlace(
	path: string,
	backup: string,
	now: number,
	readerEntry: URL,
	why: 'damaged' | 'replaced' = 'damaged',
): Promise<string | null> {
	const draft = `${path}.restoring`;
	try {
		copyFileSync(backup, draft);
		const verdict = await runFileTask({ kind: 'verify', path: draft }, readerEntry);
		if (verdict !== 'ok') {
			throw new Failure({
				code: 'backup-damaged',
				message: said`The backup ${backup} is damaged and can’t be opened.`,
				next: [said`Choose an older backup`],
				detail: verdict,
			});
		}
		carryDeletions(path, draft);
		const aside = setDatabaseAside(path, now, why);
		renameSync(draft, path);
		return aside;
	} catch (error) {
		rmSync(draft, { force: true });
		throw databaseFailure(error, path);
	}
}

/**
 * Sets a damaged database aside and opens the newest sound backup in its place, or none if there is none. The notice
 * says which, and where the files are.
 */
export async function recoverFromDamage(
	path: string,
	backupsFolder: string,
	now: number,
	readerEntry: URL,
): Promise<DatabaseNotice> {
	for (const backup of listBackups(backupsFolder)) {
		const aside = await putBackupInPlace(path, backup.path, now, readerEntry).catch((error: unknown) => {
			if (error instanceof Failure && error.code === 'backup-damaged') return undefined;
			throw error;
		});
		if (aside !== undefined) return restoredNotice(aside, backup);
	}
	const aside = setDatabaseAside(path, now);
	return spoken({
		message: said`The database was damaged and no backup was usable, so Assay started with an empty one. The damaged file was kept as ${aside ?? ''}.`,
		next: [said`Keep the damaged file: SQLite’s recovery tool can still read most of its text`, said`Check the disk`],
	});
}

function restoredNotice(aside: string | null, backup: BackupFile): DatabaseNotice {
	const when = new Date(backup.createdAt).toISOString().slice(0, 16).replace('T', ' ');
	return spoken({
		message:
			aside === null
				? said`The database was damaged, so Assay opened the newest good backup, from ${when} UTC. The damaged file was kept.`
				: said`The database was damaged, so Assay opened the newest good backup, from ${when} UTC. The damaged file was kept as ${aside}.`,
		next: [
			said`Anything written after ${when} UTC is only in the damaged file`,
			said`Check the disk: it may be failing`,
		],
	});
}
