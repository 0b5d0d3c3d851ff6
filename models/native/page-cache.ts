import { open } from 'node:fs/promises';
import koffi from 'koffi';

/** POSIX_FADV_DONTNEED. */
const dontNeed = 4;

/**
 * Asks the system to drop a file from its memory. Returns false where there is no such call: macOS and Windows keep what
 * they have. What another process has mapped stays.
 */
export async function dropFromPageCache(path: string): Promise<boolean> {
	if (process.platform !== 'linux') return false;
	const file = await open(path, 'r');
	try {
		const advise = koffi.load(null).func('int posix_fadvise(int file, int64 offset, int64 length, int advice)');
		return advise(file.fd, 0, 0, dontNeed) === 0;
	} catch {
		// A C library without the function.
		return false;
	} finally {
		await file.close();
	}
}
