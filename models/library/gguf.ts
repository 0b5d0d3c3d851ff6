import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { Failure } from '../contract/failure.ts';
import type { GgufFacts } from '../contract/gguf.ts';
import { ByteReader } from './gguf/byte-reader.ts';
import { checkSize, checkValues } from './gguf/checks.ts';
import { factsOf } from './gguf/facts.ts';
import { readHeader } from './gguf/header.ts';

export { obstacle } from './gguf/checks.ts';

/** The file system's own code (`ENOENT`), or '' for what is no file-system error. */
function errnoOf(error: unknown): string {
	return error instanceof Error && 'code' in error ? String(error.code) : '';
}

/** A file-system error on a model file as a Failure. */
export function modelFileFailure(path: string, error: unknown): Failure {
	const code = errnoOf(error);
	if (code === 'ENOENT' || code === 'ENOTDIR') {
		return new Failure({
			code: 'model-file-missing',
			message: `There is no file at ${path}.`,
			next: [
				'Check the path for a typing mistake',
				'Connect the drive it lies on',
				'Add the file again where it lies now',
			],
			detail: code,
		});
	}
	if (code === 'EISDIR') {
		return new Failure({
			code: 'model-path-is-folder',
			message: `${path} is a folder, not a model file.`,
			next: ['Choose the .gguf file inside it'],
		});
	}
	const reason = code === 'EACCES' || code === 'EPERM' ? 'this user may not read it' : String(error);
	return new Failure(
		{
			code: 'model-file-unreadable',
			message: `The model file at ${path} can't be read: ${reason}.`,
			next: ['Check the permissions of the file and its folder', 'Copy the file to a local disk and add it from there'],
			...(code === '' ? {} : { detail: code }),
		},
		{ cause: error },
	);
}

async function readOpenFile(path: string, handle: FileHandle): Promise<GgufFacts> {
	const stats = await handle.stat();
	if (stats.isDirectory()) throw modelFileFailure(path, Object.assign(new Error('EISDIR'), { code: 'EISDIR' }));
	if (!stats.isFile()) {
		throw new Failure({
			code: 'model-file-unreadable',
			message: `${path} is a device or a pipe, not a model file.`,
			next: ['Choose a .gguf file'],
		});
	}
	if (stats.size === 0) {
		throw new Failure({
			code: 'model-file-empty',
			message: `The file at ${path} is empty (0 bytes).`,
			next: ['Download the file again', 'Check that the disk is not full'],
		});
	}
	const header = await readHeader(new ByteReader(path, handle, stats.size));
	const facts = factsOf(header, stats.size);
	checkValues(path, header, facts);
	checkSize(path, header, stats.size);
	return facts;
}

/**
 * Reads what a GGUF file says about itself without loading it. Throws Failure: `model-file-missing`,
 * `model-path-is-folder`, `model-file-unreadable`, `model-file-empty`, `not-gguf`, `gguf-version-unsupported`,
 * `gguf-header-damaged`, `model-file-truncated`. A file that is whole but can't be loaded (unknown architecture,
 * adapter, part of a split model) has facts too: see `obstacle`.
 */
export async function readGgufFacts(path: string): Promise<GgufFacts> {
	let handle: FileHandle;
	try {
		// Not blocking: opening a named pipe would otherwise wait for a writer for ever.
		handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
	} catch (error) {
		throw modelFileFailure(path, error);
	}
	try {
		return await readOpenFile(path, handle);
	} catch (error) {
		throw error instanceof Failure ? error : modelFileFailure(path, error);
	} finally {
		await handle.close();
	}
}
