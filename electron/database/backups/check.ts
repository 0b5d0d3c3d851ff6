import { rmSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { Failure } from '../../../models/contract/failure.ts';
import type { FileContents } from '../reader/protocol.ts';
import { inspectFile } from '../reader/reader.ts';
import { listBackups } from './backup.ts';
import { requireFile } from './restore.ts';

export interface CheckedBackup {
	readonly path: string;
	readonly ok: boolean;
	/** What is wrong with it; null where nothing is. */
	readonly fault: string | null;
	readonly sizeBytes: number;
	/** null where it can't be read. */
	readonly contents: FileContents | null;
}

/** Reads a backup from end to end, on a thread. Throws Failure `backup-missing` where there is no such file. */
export async function checkBackup(file: string, readerEntry: URL): Promise<CheckedBackup> {
	const path = resolve(file);
	requireFile(path);
	const sizeBytes = statSync(path).size;
	try {
		const { verdict, contents } = await inspectFile(path, readerEntry);
		const ok = verdict === 'ok' && contents !== undefined;
		return { path, ok, fault: ok ? null : verdict, sizeBytes, contents: contents ?? null };
	} catch (error) {
		const fault = error instanceof Failure ? (error.detail ?? error.message) : String(error);
		return { path, ok: false, fault, sizeBytes, contents: null };
	}
}

/** Deletes one of the folder's own backups and returns the bytes that this freed. Throws Failure `not-a-backup`. */
export function removeBackup(folder: string, file: string): number {
	const path = resolve(file);
	const backup = listBackups(folder).find((one) => one.path === path);
	if (backup === undefined) {
		throw new Failure({
			code: 'not-a-backup',
			message: `${path} is no backup in ${folder}, so Assay does not delete it.`,
			next: ['Choose a backup of the list', 'Delete the file yourself'],
		});
	}
	rmSync(path);
	return backup.sizeBytes;
}
