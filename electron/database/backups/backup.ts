import {
	closeSync,
	existsSync,
	fsyncSync,
	mkdirSync,
	openSync,
	readdirSync,
	renameSync,
	rmSync,
	statSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { Failure } from '../../../models/contract/failure.ts';
import { said } from '../../../models/contract/said.ts';
import type { ParserProgram } from '../../parsing/parser-process.ts';
import { markSuspect } from '../damage-mark.ts';
import { connectionOf, type ReadableDatabase } from '../database.ts';
import { databaseFailure } from '../database-failure.ts';
import { createForeignFilePool, runForeignFileTask } from '../foreign-file.ts';
import { makePrivate } from '../private-file.ts';
import { runFileTask } from '../reader.ts';
import type { FileContents } from '../reader-protocol.ts';
import { requireFile } from './restore-backup.ts';

/** `daily` backups are created by the timer or by the user, the others before an update of the schema or a restore. */
export type BackupKind = 'daily' | 'before-update' | 'before-restore';

/** One copy of the database. It gets its final name only after it passes SQLite's check. */
export interface BackupFile {
	readonly path: string;
	readonly kind: BackupKind;
	readonly createdAt: number;
	readonly sizeBytes: number;
}

const prefixes: Record<BackupKind, string> = {
	daily: 'assay-',
	'before-update': 'before-update-',
	'before-restore': 'before-restore-',
};
const namePattern = /^(assay|before-update|before-restore)-(\d{4}-\d{2}-\d{2})T(\d{2})-(\d{2})-(\d{2})-(\d{3})Z\.db$/;
const unfinished = '.partial';

/** A backup dated further ahead than this was made while the clock was wrong, ms: time zones don't matter here. */
const plausiblyAheadMs = 3_600_000;

/** Whether a backup has a date in the future, so that its age is not known. */
export function isFromFuture({ createdAt }: Pick<BackupFile, 'createdAt'>, now: number): boolean {
	return createdAt > now + plausiblyAheadMs;
}

/** Lists the finished backups in the folder, newest first; those dated in the future are not newest, but last. */
export function listBackups(folder: string, now: number = Date.now()): readonly BackupFile[] {
	if (!existsSync(folder)) return [];
	return readdirSync(folder)
		.flatMap((name) => {
			const match = namePattern.exec(name);
			if (match === null) return [];
			const path = join(folder, name);
			const createdAt = Date.parse(`${match[2]}T${match[3]}:${match[4]}:${match[5]}.${match[6]}Z`);
			const kind = match[1] === 'assay' ? 'daily' : (match[1] as BackupKind);
			return [{ path, kind, createdAt, sizeBytes: statSync(path).size }];
		})
		.sort((a, b) => Number(isFromFuture(a, now)) - Number(isFromFuture(b, now)) || b.createdAt - a.createdAt);
}

/**
 * Copies the database with SQLite's backup API, on a thread, while it stays in use; checks the copy and only then gives
 * it its final name. Throws Failure `disk-full` or `backup-damaged` and leaves no partial copy behind.
 */
export async function createBackup(
	database: ReadableDatabase,
	folder: string,
	options: { readonly kind: BackupKind; readonly now: number; readonly readerEntry: URL },
): Promise<BackupFile> {
	const stamp = new Date(options.now).toISOString().replaceAll(/[:.]/g, '-');
	const path = join(folder, `${prefixes[options.kind]}${stamp}.db`);
	const draft = `${path}${unfinished}`;
	try {
		mkdirSync(folder, { recursive: true, mode: 0o700 });
		removeUnfinished(folder);
		const original = connectionOf(database).name;
		const verdict = await runFileTask({ kind: 'copy', path: original, target: draft }, options.readerEntry);
		if (verdict !== 'ok') {
			// SQLite copies page by page: a fault in the copy is a fault in the original.
			markSuspect(original, verdict);
			throw damagedCopy(verdict);
		}
		makePrivate(draft);
		syncFile(draft);
		renameSync(draft, path);
		return { path, kind: options.kind, createdAt: options.now, sizeBytes: statSync(path).size };
	} catch (error) {
		rmSync(draft, { force: true });
		throw databaseFailure(error, path);
	}
}

function damagedCopy(verdict: string): Failure {
	return new Failure({
		code: 'backup-damaged',
		message: said`The new backup failed its check and was deleted.`,
		next: [said`Restart Assay: it then checks the database`, said`Check the disk`],
		detail: verdict,
	});
}

/** A process that died during a copy leaves a draft; no other process copies in this folder. */
function removeUnfinished(folder: string): void {
	for (const name of readdirSync(folder)) {
		if (name.includes(unfinished)) rmSync(join(folder, name), { force: true });
	}
}

function syncFile(path: string): void {
	const file = openSync(path, 'r+');
	try {
		fsyncSync(file);
	} finally {
		closeSync(file);
	}
}

export interface CheckedBackup {
	readonly path: string;
	readonly ok: boolean;
	/** What is wrong with the backup; null if it is sound. */
	readonly fault: string | null;
	readonly sizeBytes: number;
	/** null if the backup can't be read. */
	readonly contents: FileContents | null;
}

/** Checks a whole backup, in a parser process. Throws Failure `backup-missing` if there is no such file. */
export async function checkBackup(file: string, program: ParserProgram): Promise<CheckedBackup> {
	const path = resolve(file);
	requireFile(path);
	const sizeBytes = statSync(path).size;
	const pool = createForeignFilePool(path, program);
	try {
		const { verdict, contents } = await runForeignFileTask({ kind: 'inspect', path }, pool);
		const ok = verdict === 'ok' && contents !== undefined;
		return { path, ok, fault: ok ? null : verdict, sizeBytes, contents: contents ?? null };
	} catch (error) {
		const fault = error instanceof Failure ? (error.detail ?? error.message) : String(error);
		return { path, ok: false, fault, sizeBytes, contents: null };
	} finally {
		await pool.close();
	}
}

/** Deletes a backup in the folder and returns the freed bytes. Throws Failure `not-a-backup`. */
export function removeBackup(folder: string, file: string): number {
	const path = resolve(file);
	const backup = listBackups(folder).find((one) => one.path === path);
	if (backup === undefined) {
		throw new Failure({
			code: 'not-a-backup',
			message: said`${path} isn’t a backup in ${folder}, so Assay won’t delete it.`,
			next: [said`Choose a backup from the list`, said`Or delete the file yourself`],
		});
	}
	rmSync(path);
	return backup.sizeBytes;
}
