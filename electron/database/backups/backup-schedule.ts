import { rmSync, statSync } from 'node:fs';
import { dayMs } from '../../contract/durations.ts';
import type { ReadableDatabase } from '../database.ts';
import { type BackupFile, type BackupKind, createBackup, isFromFuture, listBackups } from './backup.ts';
import { deleteExpiredBackups } from './backup-retention.ts';

/** A backup is due if the newest one is older than this and the database has changed since. */
const everyMs = dayMs;
/** How often to check the clock; a timer of a whole day would not count a computer's sleep. */
const checkIntervalMs = 15 * 60_000;
/** The first check waits until the start is over and the disk is quiet. */
const firstCheckMs = 60_000;

export interface BackupSchedule {
	/** Creates a backup now and deletes expired ones. Throws what `createBackup` throws. */
	backupNow(kind?: BackupKind): Promise<BackupFile>;
	list(): readonly BackupFile[];
	/** Creates a new backup, then deletes every older one of any kind and returns their number. */
	replaceAll(): Promise<number>;
	/**
	 * Deletes backups that must not be kept any longer (`forgetBefore`); if that means all, creates a new one first.
	 */
	forget(): Promise<void>;
	/** The backups folder. */
	readonly folder: string;
	/** Creates no more backups; resolves once the one in progress is finished. */
	stop(): Promise<void>;
}

/** Keeps the backups of an open database up to date. `clock` is in ms since 1970. */
export function scheduleBackups(options: {
	readonly database: ReadableDatabase;
	readonly path: string;
	readonly folder: string;
	readonly readerEntry: URL;
	readonly clock: () => number;
	readonly log: (line: string) => void;
	/** Backups from before this time contain deleted data and must go; null: there are none. */
	readonly cutoff?: () => number | null;
}): BackupSchedule {
	const { database, path, folder, readerEntry, clock, log } = options;
	/** One at a time: two copies at once would only slow each other down. */
	let last: Promise<unknown> = Promise.resolve();

	function backupNow(kind: BackupKind = 'daily'): Promise<BackupFile> {
		const next = last.then(async () => {
			const backup = await createBackup(database, folder, { kind, now: clock(), readerEntry });
			deleteExpiredBackups(listBackups(folder, clock()), clock());
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
		const older = listBackups(folder, clock()).filter((backup) => backup.createdAt < time);
		for (const { path: file } of older) rmSync(file, { force: true });
		return older.length;
	}

	async function forget(): Promise<void> {
		const before = options.cutoff?.() ?? null;
		const backups = listBackups(folder, clock());
		if (before === null || !backups.some(({ createdAt }) => createdAt < before)) return;
		try {
			if (backups.every(({ createdAt }) => createdAt < before)) await backupNow();
			log(`backup: ${removeBefore(before)} removed that held what was deleted for good`);
		} catch (error) {
			log(`backup: failed: ${error instanceof Error ? error.message : String(error)}`);
		}
	}

	/** Never rejects. */
	async function backUpIfDue(): Promise<void> {
		try {
			await forget();
			const [first] = listBackups(folder, clock());
			const newest = first === undefined || isFromFuture(first, clock()) ? 0 : first.createdAt;
			if (clock() - newest < everyMs || changedAt(path) <= newest) return;
			const { path: created, sizeBytes } = await backupNow();
			log(`backup: ${created}, ${sizeBytes} bytes, checked`);
		} catch (error) {
			log(`backup: failed: ${error instanceof Error ? error.message : String(error)}`);
		}
	}

	const first = setTimeout(() => void backUpIfDue(), firstCheckMs);
	const timer = setInterval(() => void backUpIfDue(), checkIntervalMs);
	first.unref();
	timer.unref();
	return {
		folder,
		backupNow,
		replaceAll,
		forget,
		list: () => listBackups(folder, clock()),
		async stop() {
			clearTimeout(first);
			clearInterval(timer);
			await last;
		},
	};
}

/** Time of the last write to the database, ms since 1970. */
function changedAt(path: string): number {
	const times = [path, `${path}-wal`].map((file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0);
	return Math.max(...times);
}
