import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, realpath, rename, rm, rmdir, stat } from 'node:fs/promises';
import { basename, isAbsolute, join, relative } from 'node:path';
import { Failure } from '../../models/contract/failure.ts';
import { said } from '../../models/contract/said.ts';
import { errorCodeOf } from '../../models/error-code.ts';

/** Folder of files waiting to be deleted, inside the models folder. */
const asideFolder = '.deleted';

/** Returns whether `path` is inside `folder`, following links. */
async function isInside(path: string, folder: string): Promise<boolean> {
	const [file, root] = await Promise.all([realpath(path), realpath(folder)]);
	const way = relative(root, file);
	return way !== '' && !way.startsWith('..') && !isAbsolute(way);
}

const isThere = async (path: string): Promise<boolean> => (await stat(path).catch(() => null)) !== null;

/** Files set aside for deletion. */
export interface SetAsideFiles {
	/** Disk space that deleting them frees, bytes; 0 if they were gone already or have other names. */
	readonly freedBytes: number;
	/** Moves them back to where they were. Throws Failure `file-not-restored` if another file is there now. */
	restore(): Promise<void>;
	/** Deletes them for good. */
	finish(): Promise<void>;
}

/**
 * Sets aside model files that Assay downloaded, so that deleting them can still be undone. Throws Failure
 * `file-not-ours` for any other file: what users put somewhere themselves is theirs to delete.
 */
export async function setFilesAside(paths: readonly string[], modelsFolder: string): Promise<SetAsideFiles> {
	let freedBytes = 0;
	const present: string[] = [];
	for (const path of paths) {
		try {
			const stats = await stat(path);
			if (!(await isInside(path, modelsFolder))) throw fileNotOurs(path, modelsFolder);
			present.push(path);
			freedBytes += stats.nlink > 1 ? 0 : stats.size;
		} catch (error) {
			if (error instanceof Failure) throw error;
			if (errorCodeOf(error) !== 'ENOENT') throw notDeleted(path, error);
		}
	}
	const folder = join(modelsFolder, asideFolder, `${Date.now()}-${randomUUID()}`);
	const moved: { readonly from: string; readonly to: string }[] = [];
	const restore = async (): Promise<void> => {
		for (const { from } of moved) if (await isThere(from)) throw notRestored(from);
		// Each file leaves the list once it is back, so that another attempt continues with the rest.
		for (let next = moved[0]; next !== undefined; next = moved[0]) {
			await rename(next.to, next.from);
			moved.shift();
		}
		await rm(folder, { recursive: true, force: true });
	};
	for (const from of present) {
		const to = join(folder, basename(from));
		try {
			await mkdir(folder, { recursive: true });
			await rename(from, to);
			moved.push({ from, to });
		} catch (error) {
			await restore();
			throw notDeleted(from, error);
		}
	}
	return { freedBytes, restore, finish: () => rm(folder, { recursive: true, force: true }) };
}

/** Deletes files that an earlier session left set aside; what is set aside meanwhile stays. */
export async function deleteSetAsideFiles(modelsFolder: string): Promise<void> {
	const folder = join(modelsFolder, asideFolder);
	if (!existsSync(folder)) return;
	for (const name of readdirSync(folder)) await rm(join(folder, name), { recursive: true, force: true });
	// Not empty: something was set aside.
	await rmdir(folder).catch(() => {});
}

function notRestored(path: string): Failure {
	return new Failure({
		code: 'file-not-restored',
		message: said`The file can’t be put back: another one is at ${path} now.`,
		next: [said`Move the other file away, then undo again`],
	});
}

function notDeleted(path: string, error: unknown): Failure {
	return new Failure(
		{
			code: 'file-not-deleted',
			message: said`The file at ${path} couldn’t be deleted (${errorCodeOf(error)}); it is still in the library.`,
			next: [said`Close other programs that use the file`, said`Check the permissions of the data folder`],
			detail: String(error),
		},
		{ cause: error },
	);
}

function fileNotOurs(path: string, modelsFolder: string): Failure {
	return new Failure({
		code: 'file-not-ours',
		message: said`Assay did not download the file at ${path}, so it does not delete it.`,
		next: [said`Remove it from the library without deleting the file`, said`Then delete the file yourself`],
		detail: `Assay deletes only inside ${modelsFolder}`,
	});
}
