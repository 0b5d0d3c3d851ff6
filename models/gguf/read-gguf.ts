import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { basename } from 'node:path';
import { Failure } from '../contract/failure.ts';
import type { GgufFacts } from '../contract/gguf.ts';
import { ByteReader, headerDamaged } from './byte-reader.ts';
import { type GgufHeader, readHeader } from './header.ts';
import { checkValues, sizeProblem } from './header-checks.ts';
import { countOf, factsOf } from './model-facts.ts';
import { partNameOf, partPaths } from './split-files.ts';

export { obstacle } from './header-checks.ts';

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
			next: ['Choose the .gguf file inside it', 'Scan the folder: every model in it is found', 'Choose another file'],
		});
	}
	const reason = code === 'EACCES' || code === 'EPERM' ? 'this user may not read it' : String(error);
	return new Failure(
		{
			code: 'model-file-unreadable',
			message: `The model file at ${path} can't be read: ${reason}.`,
			next: [
				'Check the permissions of the file and its folder',
				'Copy the file to a local disk and add it from there',
				'Check that the disk it lies on answers',
			],
			...(code === '' ? {} : { detail: code }),
		},
		{ cause: error },
	);
}

/** One file with what its header says. */
export interface GgufFile {
	readonly path: string;
	readonly header: GgufHeader;
	readonly sizeBytes: number;
	/** ms since 1970. */
	readonly modifiedAt: number;
}

/** One model on the disk: its files, and what they say together. */
export interface GgufModel {
	/** In order; the first is what an engine is given. */
	readonly files: readonly GgufFile[];
	readonly facts: GgufFacts;
	/** The header of all together: metadata of the first, tensors of all. */
	readonly header: GgufHeader;
	/** The header is whole, but not the file: `model-file-truncated`. */
	readonly problem: Failure | null;
}

async function readOpenFile(path: string, handle: FileHandle): Promise<GgufFile> {
	const stats = await handle.stat();
	if (stats.isDirectory()) throw modelFileFailure(path, Object.assign(new Error('EISDIR'), { code: 'EISDIR' }));
	if (!stats.isFile()) {
		throw new Failure({
			code: 'model-file-unreadable',
			message: `${path} is a device or a pipe, not a model file.`,
			next: ['Choose a .gguf file', 'Scan the folder that the model lies in', 'Choose another model'],
		});
	}
	if (stats.size === 0) {
		throw new Failure({
			code: 'model-file-empty',
			message: `The file at ${path} is empty (0 bytes).`,
			next: ['Download the file again', 'Check that the disk is not full', 'Choose another file'],
		});
	}
	const header = await readHeader(new ByteReader(path, handle, stats.size));
	return { path, header, sizeBytes: stats.size, modifiedAt: Math.trunc(stats.mtimeMs) };
}

/** Opens a file for reading and hands it to `read`; every error of it is a Failure. */
export async function withModelFile<T>(path: string, read: (handle: FileHandle) => Promise<T>): Promise<T> {
	let handle: FileHandle;
	try {
		// Not blocking: opening a named pipe would otherwise wait for a writer for ever.
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

/** Parts of a split model that are not where the others lie. */
export function partsMissing(missing: readonly string[], count: number): Failure {
	const names = missing.slice(0, 5).map((path) => basename(path));
	const more = missing.length > names.length ? ` and ${missing.length - names.length} more` : '';
	return new Failure({
		code: 'model-part-missing',
		message: `Of the ${count} parts of this model ${missing.length} ${missing.length === 1 ? 'is' : 'are'} missing: ${names.join(', ')}${more}.`,
		next: [
			'Download the missing parts into the same folder',
			'Connect the drive that they lie on',
			'Choose a file that is not split',
		],
		detail: missing.join('\n'),
	});
}

/** The parts of a split model, of which `one` is one. Throws `model-part-missing`, `model-part-wrong`. */
async function readParts(one: GgufFile, count: number): Promise<readonly GgufFile[]> {
	const name = partNameOf(one.path);
	if (name === null || name.count !== count) {
		throw new Failure({
			code: 'model-part-wrong',
			message: `The file ${basename(one.path)} is one of ${count} parts of a split model, but its name does not say which; the engine finds the parts by their names.`,
			next: [
				`Give the parts their names back, e.g. model-00001-of-${String(count).padStart(5, '0')}.gguf`,
				'Download all parts again',
				'Choose a file that is not split',
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
				message: `The file ${basename(path)} does not hold part ${index + 1} of ${count}, as its name says.`,
				next: ['Download this part again', 'Give the parts their names back', 'Choose a file that is not split'],
				detail: path,
			});
		}
	}
	return parts;
}

/**
 * Looks at one file by itself, also one that is a part of a split model whose others are elsewhere. Throws what `readGguf`
 * throws of a file, and `model-file-truncated`.
 */
export async function checkGgufFile(path: string): Promise<void> {
	const { header, sizeBytes } = await readFile(path);
	const problem = sizeProblem(path, header, sizeBytes);
	if (problem !== null) throw problem;
}

/** A split model may have this many parts; the largest known has some 60. */
const maxParts = 1024;

/**
 * Reads what a GGUF model says about itself without loading it, all its parts where it is split. Throws Failure:
 * `model-file-missing`, `model-path-is-folder`, `model-file-unreadable`, `model-file-empty`, `not-gguf`,
 * `gguf-version-unsupported`, `gguf-header-damaged`, `model-part-missing`, `model-part-wrong`. A file that ends before
 * its weights do has facts too, and a `problem`.
 */
export async function readGguf(path: string): Promise<GgufModel> {
	const one = await readFile(path);
	const count = countOf(one.header, 'split.count') ?? 1;
	if (count > maxParts) throw headerDamaged(path, `it says that the model has ${count.toLocaleString('en')} parts`);
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
 * The facts of a model that is whole. Throws what `readGguf` throws, and `model-file-truncated`. A model that is whole
 * but can't be loaded (unknown architecture, adapter) has facts too: see `obstacle`.
 */
export async function readGgufFacts(path: string): Promise<GgufFacts> {
	const { facts, problem } = await readGguf(path);
	if (problem !== null) throw problem;
	return facts;
}
