import { realpath, rm, stat } from 'node:fs/promises';
import { isAbsolute, relative } from 'node:path';
import { Failure } from '../../models/contract/failure.ts';

/** Whether `path` lies inside `folder`, links followed. */
async function isInside(path: string, folder: string): Promise<boolean> {
	const [file, root] = await Promise.all([realpath(path), realpath(folder)]);
	const way = relative(root, file);
	return way !== '' && !way.startsWith('..') && !isAbsolute(way);
}

/**
 * Deletes a model file that Assay itself fetched and returns the bytes that this freed; 0 where it is gone already.
 * Throws Failure `file-not-ours` for any other file: what people put somewhere themselves is theirs to delete.
 */
export async function deleteFetchedFile(path: string, modelsFolder: string): Promise<number> {
	try {
		const stats = await stat(path);
		if (!(await isInside(path, modelsFolder))) throw fileNotOurs(path, modelsFolder);
		await rm(path);
		return stats.nlink > 1 ? 0 : stats.size;
	} catch (error) {
		if (error instanceof Failure) throw error;
		const code = error instanceof Error && 'code' in error ? String(error.code) : '';
		if (code === 'ENOENT') return 0;
		throw new Failure(
			{
				code: 'file-not-deleted',
				message: `The file at ${path} could not be deleted (${code}); it is still in the library.`,
				next: ['Close other programs that use the file', 'Check the permissions of the data folder'],
				detail: String(error),
			},
			{ cause: error },
		);
	}
}

function fileNotOurs(path: string, modelsFolder: string): Failure {
	return new Failure({
		code: 'file-not-ours',
		message: `The file at ${path} was not fetched by Assay, so Assay does not delete it.`,
		next: ['Remove it from the library without deleting the file', 'Delete the file yourself afterwards'],
		detail: `Assay deletes only inside ${modelsFolder}`,
	});
}
