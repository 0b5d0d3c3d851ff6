import { open, rename, rm } from 'node:fs/promises';
import { Failure } from '../../../models/contract/failure.ts';

/**
 * Writes to a temporary file next to the target and renames it at the end: an export that breaks off leaves the old
 * file intact. Throws Failure `file-unwritable`, and whatever `work` throws.
 */
export async function writeWholeFile<T>(
	path: string,
	work: (write: (text: string) => Promise<void>) => Promise<T>,
): Promise<T> {
	const unfinished = `${path}.unfinished`;
	const file = await open(unfinished, 'w').catch((error: Error) => {
		throw new Failure(
			{
				code: 'file-unwritable',
				message: `Couldn’t write ${path} (${error.message})`,
				next: ['Choose another location with --output'],
			},
			{ cause: error },
		);
	});
	try {
		const result = await work((text) => file.appendFile(text));
		await file.close();
		await rename(unfinished, path);
		return result;
	} catch (error) {
		// The file is closed already if only the last step failed.
		await file.close().catch(() => {});
		await rm(unfinished, { force: true });
		throw error;
	}
}
