import { rmSync, statSync } from 'node:fs';
import type { ReadableDatabase } from '../database.ts';
import { type BackupFile, type BackupKind, createBackup, listBackups } from './backup.ts';
import { deleteExpiredBackups } from './backup-retention.ts';

/** A backup is due when the newest one is older than this and the database has changed since. */
const everyMs = 24 * 3_600_000;
/** How often the clock is looked at; a timer of a day would not count a computer's sleep. */
const lookEveryMs = 15 * 60_000;
/** The first look comes when the start is over and the disk is quiet. */
const firstLookMs = 60_000;

export interface BackupSchedule {
	/** Makes one now and removes those that have outlived their use. Throws what `createBackup` throws. */
	backupNow(kind?: BackupKind): Promise<BackupFile>;
	list(): readonly BackupFile[];
	/** Makes a fresh one, then removes every older one of whatever kind; how many those were. */
	replaceAll(): Promise<number>;
	/** Removes those that must be kept no longer (`forgetBefore`); where all are, a fresh one comes first. */
	forget(): Promise<void>;
	/** Where they lie. */
	readonly folder: string;
	/** Makes no further ones; resolves when the one being made is done. */
	stop(): Promise<void>;
}

/** Keeps the backups of an open database up to date. `clock` in ms since 1970. */
export function scheduleBackups(options: {
	readonly database: ReadableDatabase;
	readonly path: string;
	readonly folder: string;
	readonly readerEntry: URL;
	readonly clock: () => number;
	readonly log: (line: string) => void;
	/** Backups from before this time hold what people had deleted and must go; null: there are none such. */
	readonly forgetBefore?: () => number | null;
}): BackupSchedule {
	const { database, path, folder, readerEntry, clock, log } = options;
	/** One at a time: two copies at once would only slow each other down. */
	let last: Promise<unknown> = Promise.resolve();

	function backupNow(kind: BackupKind = 'daily'): Promise<BackupFile> {
		const next = last.then(async () => {
			const backup = await createBackup(database, folder, { kind, now: clock(), readerEntry });
			deleteExpiredBackups(listBackups(folder));
			return backup;
		});
		last = next.catch(() => {});
		return next;
	}

	async function replaceAll(): Promise<number> {
		const { createdAt } = await backupNow();
		return removeBefore(createdAt);
	}

	function removeBefore(time: number): number {
		const older = listBackups(folder).filter((backup) => backup.createdAt < time);
		for (const { path: file } of older) rmSync(file, { force: true });
		return older.length;
	}

	async function forget(): Promise<void> {
		const before = options.forgetBefore?.() ?? null;
		const backups = listBackups(folder);
		if (before === null || !backups.some(({ createdAt }) => createdAt < before)) return;
		try {
			if (backups.every(({ createdAt }) => createdAt < before)) await backupNow();
			log(`backup: ${removeBefore(before)} removed that held what was deleted for good`);
		} catch (error) {
			log(`backup: failed: ${error instanceof Error ? error.message : String(error)}`);
		}
	}

	async function look(): Promise<void> {
		await forget();
		const newest = listBackups(folder)[0]?.createdAt ?? 0;
		if (clock() - newest < everyMs || changedAt(path) <= newest) return;
		try {
			const { path: made, sizeBytes } = await backupNow();
			log(`backup: ${made}, ${sizeBytes} bytes, checked`);
		} catch (error) {
			log(`backup: failed: ${error instanceof Error ? error.message : String(error)}`);
		}
	}

	const first = setTimeout(() => void look(), firstLookMs);
	const timer = setInterval(() => void look(), lookEveryMs);
	first.unref();
	timer.unref();
	return {
		folder,
		backupNow,
		replaceAll,
		forget,
		list: () => listBackups(folder),
		async stop() {
			clearTimeout(first);
			clearInterval(timer);
			await last;
		},
	};
}

/** When the database was last written, ms since 1970. */
function changedAt(path: string): number {
	const times = [path, `${path}-wal`].map((file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0);
	return Math.max(...times);
}
