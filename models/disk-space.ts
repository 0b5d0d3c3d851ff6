import { statfs } from 'node:fs/promises';
import { Failure } from './contract/failure.ts';
import { said, size } from './contract/said.ts';

/** Kept free in addition to what is written: the database, its backups and other programs need room too. */
const reserveBytes = 200 * 1024 * 1024;

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
		message: said`The disk has ${size(free)} free; this needs ${size(neededBytes)} and leaves ${size(reserveBytes)} for everything else.`,
		next: [
			said`Free some space`,
			said`Remove models that you no longer use`,
			said`Choose a data folder on another disk (--data)`,
		],
		detail: folder,
	});
}
