import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { Failure } from '../../models/contract/failure.ts';
import { type Said, said, size, spoken } from '../../models/contract/said.ts';

const anotherFolder = said`Start Assay with another data folder: --data <folder>`;

/**
 * Turns an error of SQLite or the file system about the database at `path` into a Failure. Returns any other error
 * unchanged (a wrong query, a broken constraint): it is a defect.
 */
export function databaseFailure(error: unknown, path: string): unknown {
	const code = codeOf(error);
	if (code === null) return error;
	const facts = factsOf(code, path);
	if (facts === null) return error;
	const detail = `${code}: ${error instanceof Error ? error.message : String(error)}`;
	return new Failure({ ...facts, detail }, { cause: error });
}

function factsOf(code: string, path: string): { code: string; message: string; next: string[] } | null {
	const folder = dirname(path);
	switch (code) {
		case 'SQLITE_FULL':
		case 'SQLITE_IOERR_SHMSIZE':
		case 'ENOSPC':
		case 'EDQUOT':
			return spoken({
				code: 'disk-full',
				message: diskFull(folder),
				next: [said`Free some space on that disk, then try again`, anotherFolder],
			});
		case 'SQLITE_CANTOPEN':
		case 'EROFS':
		case 'EACCES':
		case 'EPERM':
		case 'ENOTDIR':
		case 'EEXIST':
			return spoken({
				code: 'data-folder-not-writable',
				message: said`Assay can’t write to its data folder ${folder} (${code}). Your data is untouched.`,
				next: [said`Allow your user to write to that folder`, anotherFolder],
			});
		case 'SQLITE_NOTADB':
			return damaged(path);
		default:
			if (code.startsWith('SQLITE_READONLY') || code.startsWith('SQLITE_PERM')) {
				return factsOf('EACCES', path);
			}
			if (code === 'SQLITE_CORRUPT_VTAB') {
				return spoken({
					code: 'search-index-damaged',
					message: said`The search index in ${path} is damaged. Your conversations are intact.`,
					next: [said`Restart Assay to rebuild the index`],
				});
			}
			if (code.startsWith('SQLITE_CORRUPT')) return damaged(path);
			if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) {
				return spoken({
					code: 'database-busy',
					message: said`Another program has locked the database ${path} for over 5 seconds.`,
					next: [said`Close the other program that uses this data folder, then try again`],
				});
			}
			if (code.startsWith('SQLITE_IOERR') || code === 'EIO') {
				return spoken({
					code: 'disk-error',
					message: said`The disk reported an error while Assay used ${path} (${code}).`,
					next: [said`Check the disk`, said`Copy the data folder to another disk and start Assay with --data <folder>`],
				});
			}
			return null;
	}
}

function damaged(path: string) {
	return spoken({
		code: 'database-damaged',
		message: said`The database ${path} is damaged.`,
		next: [said`Restart Assay: it keeps the damaged file and opens the newest good backup`],
	});
}

/** Returns true if the error means that the file's contents, or part of them, can't be trusted. */
export function isDamage(error: unknown): boolean {
	if (error instanceof Failure) return error.code === 'database-damaged' || error.code === 'search-index-damaged';
	const code = codeOf(error);
	return code !== null && (code === 'SQLITE_NOTADB' || code.startsWith('SQLITE_CORRUPT'));
}

function codeOf(error: unknown): string | null {
	if (error instanceof Failure || !(error instanceof Error) || !('code' in error)) return null;
	return typeof error.code === 'string' ? error.code : null;
}

function diskFull(folder: string): Said {
	try {
		const { bavail, bsize } = statfsSync(folder);
		return said`The disk with ${folder} is full (${size(bavail * bsize)} free), so Assay can’t save.`;
	} catch {
		return said`The disk with ${folder} is full, so Assay can’t save.`;
	}
}
