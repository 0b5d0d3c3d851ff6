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
		message: `There is a file ${target} already`,
		next: ['Choose another name', 'Replace it with --force'],
	});
}

function unwritable(target: string, cause: unknown): Failure {
	const why = cause instanceof Error ? cause.message : String(cause);
	return new Failure(
		{ code: 'file-unwritable', message: `${target} cannot be written (${why})`, next: ['Choose another place'] },
		{ cause },
	);
}

export function exportTooLarge(sizeBytes: number): Failure {
	return new Failure({
		code: 'export-too-large',
		message: `The export has ${formatBytes(sizeBytes)}, too much for one JSON document on standard output`,
		next: ['Write it to a file: --output <file>'],
	});
}
