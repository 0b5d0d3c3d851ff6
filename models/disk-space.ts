import { statfs } from 'node:fs/promises';
import { Failure } from './contract/failure.ts';
import { said } from './contract/said.ts';

/** Kept free in addition to what is written: the database, its backups and other programs need room too. */
const reserveBytes = 200 * 1024 * 1024;

/** Formats a size for people, in the decimal units that disks are sold in. */
export function formatBytes(bytes: number): string {
	if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(1)} GB`;
	return bytes >= 1e6 ? `${Math.round(bytes / 1e6)} MB` : `${Math.ceil(bytes / 1e3)} kB`;
}

/** Returns how many bytes this user may still write to the disk of `folder`. */
export async function freeDiskBytes(folder: string): Promise<number> {
	const stats = await statfs(folder);
	return stats.bavail * stats.bsize;
}

/** Throws Failure `disk-full` if `neededBytes` and a reserve do not fit on the disk of `folder`. */
export async function requireDiskSpace(
	folder: string,
	neededBytes: number,
	freeBytes: (folder: string) => Promise<number> = freeDiskBytes,
): Promise<void> {
	const free = await freeBytes(folder);
	if (free >= neededBytes + reserveBytes) return;
	throw new Failure({
		code: 'disk-full',
		message: said`The disk has ${formatBytes(free)} free; this needs ${formatBytes(neededBytes)} and leaves ${formatBytes(reserveBytes)} for everything else.`,
		next: [
			said`Free some space`,
			said`Remove models that you no longer use`,
			said`Choose a data folder on another disk (--data)`,
		],
		detail: folder,
	});
}
