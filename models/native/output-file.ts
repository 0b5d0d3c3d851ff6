import { open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { Failure } from '../contract/failure.ts';
import { said } from '../contract/said.ts';

const partEnd = '.assay-part';

/** Returns the path where an output is written until complete. The host removes the file if it ended the process. */
export function partPath(path: string): string {
	return join(dirname(path), `.${basename(path)}${partEnd}`);
}

/** Returns whether a file of this name is an output that is not complete. */
export function isPartName(name: string): boolean {
	return name.startsWith('.') && name.endsWith(partEnd);
}

/**
 * Throws Failure `output-is-input`, `output-exists` or `output-folder-missing` before any computation. `overwrite`: whether
 * a file may be replaced; undefined: nobody can allow it.
 */
export async function checkOutput(path: string, input: string, overwrite?: boolean): Promise<void> {
	if (resolve(path) === resolve(input)) {
		throw new Failure({
			code: 'output-is-input',
			message: said`The result can’t be written over its own source, ${path}.`,
			next: [said`Choose another name or folder`],
		});
	}
	const existing = await stat(path).catch(() => null);
	if (existing !== null && (overwrite !== true || existing.isDirectory())) {
		const allow = overwrite === false && !existing.isDirectory() ? [said`Allow it to be replaced`] : [];
		throw new Failure({
			code: 'output-exists',
			message: said`${path} exists already.`,
			next: [said`Choose another name or folder`, ...allow],
		});
	}
	const folder = await stat(dirname(path)).catch(() => null);
	if (folder?.isDirectory() === true) return;
	throw new Failure({
		code: 'output-folder-missing',
		message: said`There is no folder ${dirname(path)} to write to.`,
		next: [said`Create it`, said`Choose another folder`],
	});
}

/**
 * Lets `write` create a temporary file, and gives it its final name once it is complete and on disk; otherwise removes
 * it. `inspect` gets the complete file before it has its name.
 */
export async function writeWhole<T>(
	path: string,
	write: (part: string) => Promise<void> | void,
	inspect: (part: string) => Promise<T>,
): Promise<T> {
	const part = partPath(path);
	await rm(part, { force: true });
	try {
		await write(part);
		const handle = await open(part, 'r+');
		try {
			await handle.sync();
		} finally {
			await handle.close();
		}
		const seen = await inspect(part);
		await rename(part, path);
		return seen;
	} catch (error) {
		await rm(part, { force: true });
		throw error;
	}
}
