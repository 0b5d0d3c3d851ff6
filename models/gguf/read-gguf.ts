import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { basename } from 'node:path';
import { Failure } from '../contract/failure.ts';
import type { GgufFacts } from '../contract/gguf.ts';
import { list, said } from '../contract/said.ts';
import { errorCodeOf } from '../error-code.ts';
import { unreadableReason } from '../unreadable-reason.ts';
import { ByteReader, headerDamaged } from './byte-reader.ts';
import { type GgufHeader, readHeader } from './header.ts';
import { checkValues, sizeProblem } from './header-checks.ts';
import { countOf, factsOf } from './model-facts.ts';
import { partNameOf, partPaths } from './split-files.ts';

export { loadObstacle, obstacle } from './header-checks.ts';

/** Converts a file-system error on a model file to a Failure. */
export function modelFileFailure(path: string, error: unknown): Failure {
	const code = errorCodeOf(error);
	if (code === 'ENOENT' || code === 'ENOTDIR') {
		return new Failure({
			code: 'model-file-missing',
			message: said`There is no file at ${path}.`,
			next: [
				said`Check the path for typos`,
				said`Connect the drive it is on`,
				said`Add the file again from its current folder`,
			],
			detail: code,
		});
	}
	if (code === 'EISDIR') {
		return new Failure({
			code: 'model-path-is-folder',
			message: said`${path} is a folder, not a model file.`,
			next: [
				said`Choose the .gguf file inside it`,
				said`Scan the folder to add every model in it`,
				said`Choose another file`,
			],
		});
	}
	return new Failure(
		{
			code: 'model-file-unreadable',
			message: said`The model file at ${path} can’t be read: ${unreadableReason(error)}.`,
			next: [
				said`Check the permissions of the file and its folder`,
				said`Copy the file to a local disk and add it from there`,
				said`Check that its disk responds`,
			],
			...(code === '' ? {} : { detail: code }),
		},
		{ cause: error },
	);
}

/** One file with the facts of its header. */
export interface GgufFile {
	readonly path: string;
	readonly header: GgufHeader;
	readonly sizeBytes: number;
	/** Milliseconds since 1970. */
	readonly modifiedAt: number;
}

/** One model on disk: its files and their combined facts. */
export interface GgufModel {
	/** In order; an engine is given the first. */
	readonly files: readonly GgufFile[];
	readonly facts: GgufFacts;
	/** Combined header: metadata of the first file, tensors of all. */
	readonly header: GgufHeader;
	/** Failure `model-file-truncated` if the header is intact but the file is not. */
	readonly problem: Failure | null;
}

async function readOpenFile(path: string, handle: FileHandle): Promise<GgufFile> {
	const stats = await handle.stat();
	if (stats.isDirectory()) throw modelFileFailure(path, Object.assign(new Error('EISDIR'), { code: 'EISDIR' }));
	if (!stats.isFile()) {
		throw new Failure({
			code: 'model-file-unreadable',
			message: said`${path} is a device or a pipe, not a model file.`,
			next: [said`Choose a .gguf file`, said`Scan the folder of the model`, said`Choose another model`],
		});
	}
	if (stats.size === 0) {
		throw new Failure({
			code: 'model-file-empty',
			message: said`The file at ${path} is empty (0 bytes).`,
			next: [said`Download the file again`, said`Check that the disk is not full`, said`Choose another file`],
		});
	}
	const header = await readHeader(new ByteReader(path, handle, stats.size));
	return { path, header, sizeBytes: stats.size, modifiedAt: Math.trunc(stats.mtimeMs) };
}

/** Opens a file for reading and passes it to `read`; every error is a Failure. */
export async function withModelFile<T>(path: string, read: (handle: FileHandle) => Promise<T>): Promise<T> {
	let handle: FileHandle;
	try {
		// Non-blocking: opening a named pipe would otherwise wait forever for a writer.
		handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
	} catch (error) {
		throw modelFileFailure(path, error);
	}
	try {
		return await read(handle);
	} catch (error) {
		throw error instanceof Failure ? error : modelFileFailure(path, error);
	} finally {
		await handle.close();
	}
}

const readFile = (path: string): Promise<GgufFile> => withModelFile(path, (handle) => readOpenFile(path, handle));

/** Creates the failure for parts of a split model that are not in the folder of the others. */
export function partsMissing(missing: readonly string[], count: number): Failure {
	const names = missing.slice(0, 5).map((path) => basename(path));
	return new Failure({
		code: 'model-part-missing',
		message:
			missing.length > names.length
				? said`This model is missing ${missing.length} of its ${count} parts: ${list(names, 'comma')} and ${missing.length - names.length} more.`
				: said`This model is missing ${missing.length} of its ${count} parts: ${list(names, 'comma')}.`,
		next: [
			said`Download the missing parts into the same folder`,
			said`Connect the drive they are on`,
			said`Choose a file that is not split`,
		],
		detail: missing.join('\n'),
	});
}

/** Reads all parts of the split model that `one` belongs to. Throws `model-part-missing`, `model-part-wrong`. */
async function readParts(one: GgufFile, count: number): Promise<readonly GgufFile[]> {
	const name = partNameOf(one.path);
	if (name === null || name.count !== count) {
		throw new Failure({
			code: 'model-part-wrong',
			message: said`The file ${basename(one.path)} is one of ${count} parts of a split model, but its name does not say which. The engine finds parts by name.`,
			next: [
				said`Restore the names of the parts, e.g. model-00001-of-${String(count).padStart(5, '0')}.gguf`,
				said`Download all parts again`,
				said`Choose a file that is not split`,
			],
			detail: one.path,
		});
	}
	const missing: string[] = [];
	const parts: GgufFile[] = [];
	for (const path of partPaths(one.path, name)) {
		try {
			parts.push(path === one.path ? one : await readFile(path));
		} catch (error) {
			if (!(error instanceof Failure) || error.code !== 'model-file-missing') throw error;
			missing.push(path);
		}
	}
	if (missing.length > 0) throw partsMissing(missing, count);
	for (const [index, { path, header }] of parts.entries()) {
		if (countOf(header, 'split.no') !== index || countOf(header, 'split.count') !== count) {
			throw new Failure({
				code: 'model-part-wrong',
				message: said`The file ${basename(path)} is not part ${index + 1} of ${count}, although its name says so.`,
				next: [
					said`Download this part again`,
					said`Restore the names of the parts`,
					said`Choose a file that is not split`,
				],
				detail: path,
			});
		}
	}
	return parts;
}

/**
 * Checks one file by itself, even if it is a part of a split model whose other parts are elsewhere. Throws what
 * `readGguf` throws for a single file, and `model-file-truncated`.
 */
export async function checkGgufFile(path: string): Promise<void> {
	const { header, sizeBytes } = await readFile(path);
	const problem = sizeProblem(path, header, sizeBytes);
	if (problem !== null) throw problem;
}

/** The most parts of a split model; the largest known has about 60. */
const maxParts = 1024;

/**
 * Reads the facts of a GGUF model without loading it, including all parts of a split one. Throws Failure:
 * `model-file-missing`, `model-path-is-folder`, `model-file-unreadable`, `model-file-empty`, `not-gguf`,
 * `gguf-version-unsupported`, `gguf-header-damaged`, `model-part-missing`, `model-part-wrong`. A file that ends before
 * its weights do has facts too, and a `problem`.
 */
export async function readGguf(path: string): Promise<GgufModel> {
	const one = await readFile(path);
	const count = countOf(one.header, 'split.count') ?? 1;
	if (count > maxParts) throw headerDamaged(path, `it states ${count.toLocaleString('en')} parts`);
	const files = count > 1 ? await readParts(one, count) : [one];
	const [first = one] = files;
	const tensors = files.flatMap((file) => file.header.tensors);
	const promised = count > 1 ? countOf(first.header, 'split.tensors.count') : null;
	if (promised !== null && promised !== tensors.length) {
		throw headerDamaged(path, `its parts hold ${tensors.length} tensors together, and ${promised} were due`);
	}
	const header: GgufHeader = files.length === 1 ? first.header : { ...first.header, tensors };
	const sizeBytes = files.reduce((sum, file) => sum + file.sizeBytes, 0);
	const facts = factsOf(
		header,
		sizeBytes,
		files.map((file) => file.path),
	);
	checkValues(first.path, header, facts);
	const problems = files.map((file) => sizeProblem(file.path, file.header, file.sizeBytes));
	return { files, facts, header, problem: problems.find((problem) => problem !== null) ?? null };
}

/**
 * Returns the facts of a complete model. Throws what `readGguf` throws, and `model-file-truncated`. A complete model
 * that can't be loaded (unknown architecture, adapter) has facts too: see `obstacle`.
 */
export async function readGgufFacts(path: string): Promise<GgufFacts> {
	const { facts, problem } = await readGguf(path);
	if (problem !== null) throw problem;
	return facts;
}
