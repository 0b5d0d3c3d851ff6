import { rmSync } from 'node:fs';
import { dayMs } from '../../contract/durations.ts';
import { type BackupFile, isFromFuture } from './backup.ts';

/**
 * How many backups to keep: the newest three, one for each of seven days and five weeks, and the last two of each other
 * kind.
 */
const keep = { newest: 3, days: 7, weeks: 5, otherKinds: 2 };

/**
 * Returns the backups to delete. Only days and weeks that have a backup count, not those of the calendar: a computer
 * that was off for a year loses no backups because of it.
 */
export function expiredBackups(backups: readonly BackupFile[]): readonly BackupFile[] {
	const newestFirst = [...backups].sort((a, b) => b.createdAt - a.createdAt);
	const daily = newestFirst.filter(({ kind }) => kind === 'daily');
	const kept = new Set([
		...daily.slice(0, keep.newest),
		...newestOfEach(daily, dayMs).slice(0, keep.days),
		...newestOfEach(daily, 7 * dayMs).slice(0, keep.weeks),
		...(['before-update', 'before-restore'] as const).flatMap((other) =>
			newestFirst.filter(({ kind }) => kind === other).slice(0, keep.otherKinds),
		),
	]);
	return newestFirst.filter((backup) => !kept.has(backup));
}

/** Returns the newest backup of each period of `length` ms since 1970, newest period first. */
function newestOfEach(newestFirst: readonly BackupFile[], length: number): readonly BackupFile[] {
	const periods = new Map<number, BackupFile>();
	for (const backup of newestFirst) {
		const period = Math.floor(backup.createdAt / length);
		if (!periods.has(period)) periods.set(period, backup);
	}
	return [...periods.values()];
}

/**
 * Deletes the backups that `expiredBackups` returns. Those dated in the future, made while the clock was wrong, wait until
 * their date has come: they must not take the places of those being made now.
 */
export function deleteExpiredBackups(backups: readonly BackupFile[], now: number): void {
	const dated = backups.filter((backup) => !isFromFuture(backup, now));
	for (const { path } of expiredBackups(dated)) rmSync(path, { force: true });
}
