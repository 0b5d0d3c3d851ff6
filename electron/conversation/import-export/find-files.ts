import { opendir, stat } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { Failure } from '../../../models/contract/failure.ts';
import { amount, said } from '../../../models/contract/said.ts';
import { unreadableReason } from '../../../models/unreadable-reason.ts';
import { isZip, listZip, type ZipEntry } from './zip-reader.ts';

/** A file to read: on disk, or in an archive on disk. */
export interface SourceFile {
	readonly path: string;
	/** Display name, with `/` between folders. */
	readonly name: string;
	/** Number of bytes to read. */
	readonly sizeBytes: number;
	readonly entry: ZipEntry | null;
}

/** Names of export files in a folder or archive; everything else (pictures, settings) is ignored. */
const exportNames =
	/(^|\/)(conversations(-\d+)?\.json|prod-grok-backend\.json|[^/]*\.conversation\.json|messages\.jsonl|thread\.json|chat-export[^/]*\.json|assay[^/]*\.json)$/i;

/** A folder with more files than this was chosen by mistake. */
const maxFiles = 200_000;

/**
 * Lists the files at the paths: a file as it is; the exports in an archive or a folder, or, with `every`, all files in
 * them. Throws a Failure.
 */
export async function findFiles(paths: readonly string[], every = false): Promise<readonly SourceFile[]> {
	const found: SourceFile[] = [];
	for (const path of paths) {
		try {
			const facts = await stat(path);
			// Reading a device never ends.
			if (!facts.isDirectory() && !facts.isFile()) throw new Error('it is a device or a pipe');
			if (facts.isDirectory())
				for await (const file of inFolder(path, every)) found.push(...(await filesAt(file, path)));
			else found.push(...(await filesAt(path, null)));
		} catch (error) {
			if (error instanceof Failure) throw error;
			throw unreadable(path, error);
		}
		if (found.length > maxFiles) throw tooMany(path);
	}
	if (found.length === 0) throw nothingThere(paths);
	return found;
}

async function filesAt(path: string, root: string | null): Promise<readonly SourceFile[]> {
	const name = root === null ? basename(path) : relative(root, path).split(sep).join('/');
	const { size } = await stat(path);
	if (!(await isZip(path))) return [{ path, name, sizeBytes: size, entry: null }];
	let entries: readonly ZipEntry[];
	try {
		entries = await listZip(path);
	} catch (error) {
		throw brokenArchive(name, error);
	}
	return entries
		.filter((entry) => exportNames.test(entry.name))
		.map((entry) => ({ path, name: entry.name, sizeBytes: entry.sizeBytes, entry }));
}

async function* inFolder(root: string, every: boolean): AsyncGenerator<string> {
	let seen = 0;
	for await (const entry of await opendir(root, { recursive: true })) {
		seen += 1;
		if (seen > maxFiles) throw tooMany(root);
		if (entry.isFile() && (every || exportNames.test(entry.name))) yield join(entry.parentPath, entry.name);
	}
}

function unreadable(path: string, cause: unknown): Failure {
	return new Failure(
		{
			code: 'file-unreadable',
			message: said`${path} can’t be read: ${unreadableReason(cause)}.`,
			next: [said`Check the path and its permissions`],
		},
		{ cause },
	);
}

function brokenArchive(name: string, cause: unknown): Failure {
	const why = cause instanceof Error ? cause.message : String(cause);
	return new Failure(
		{
			code: 'import-unreadable',
			message: said`The archive ${name} can’t be read: ${why}.`,
			next: [said`Download it again: it may be incomplete`, said`Unpack it and choose conversations.json`],
		},
		{ cause },
	);
}

function tooMany(path: string): Failure {
	return new Failure({
		code: 'import-too-many-files',
		message: said`The folder ${path} has more than ${amount(maxFiles, 'file')}.`,
		next: [said`Choose the folder that contains only the conversations`],
	});
}

function nothingThere(paths: readonly string[]): Failure {
	return new Failure({
		code: 'import-unreadable',
		message: said`No conversation export was found in ${paths.map((path) => basename(path)).join(', ')}.`,
		next: [
			said`For ChatGPT, choose the downloaded .zip or conversations.json`,
			said`For LM Studio, choose the folder .lmstudio/conversations`,
			said`For Jan, choose the folder data/threads`,
		],
	});
}
