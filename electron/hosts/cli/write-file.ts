import { open, rename, rm } from 'node:fs/promises';
import { Failure } from '../../../models/contract/failure.ts';

/**
 * Writes beside the file and puts it in its place at the end: an export that broke off leaves what was there. Throws
 * Failure `file-unwritable`, and whatever `work` throws.
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
				message: `${path} cannot be written (${error.message})`,
				next: ['Choose another place with --output'],
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
		// It is closed already where only the last step failed.
		await file.close().catch(() => {});
		await rm(unfinished, { force: true });
		throw error;
	}
}
