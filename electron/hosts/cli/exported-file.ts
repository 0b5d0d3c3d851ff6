import { copyFile, rename, rm } from 'node:fs/promises';
import { Failure } from '../../../models/contract/failure.ts';
import { formatBytes } from '../../text/format-bytes.ts';

/** Largest document, in bytes, that is embedded as text in JSON; a larger one must be written to a file. */
export const maxTextBytes = 64 * 1024 * 1024;

/** A rename cannot cross disks; in that case an unfinished copy has another name. */
export async function moveTo(path: string, target: string): Promise<void> {
	try {
		await rename(path, target);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw unwritable(target, error);
		const unfinished = `${target}.unfinished`;
		try {
			await copyFile(path, unfinished);
			await rename(unfinished, target);
		} catch (cause) {
			await rm(unfinished, { force: true });
			throw unwritable(target, cause);
		}
	}
}

export function fileExists(target: string): Failure {
	return new Failure({
		code: 'file-exists',
		message: `${target} already exists`,
		next: ['Choose another name', 'Or overwrite it with --force'],
	});
}

function unwritable(target: string, cause: unknown): Failure {
	const why = cause instanceof Error ? cause.message : String(cause);
	return new Failure(
		{ code: 'file-unwritable', message: `Couldn’t write ${target} (${why})`, next: ['Choose another location'] },
		{ cause },
	);
}

export function exportTooLarge(sizeBytes: number): Failure {
	return new Failure({
		code: 'export-too-large',
		message: `The export is ${formatBytes(sizeBytes)}, too large for JSON on standard output`,
		next: ['Write it to a file: --output <file>'],
	});
}
