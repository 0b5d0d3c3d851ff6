import { open } from 'node:fs/promises';
import koffi from 'koffi';

/** POSIX_FADV_DONTNEED. */
const dontNeed = 4;

/**
 * Asks the system to drop a file from its page cache. Returns false if there is no such call, as on macOS and Windows.
 * Pages that another process has mapped stay.
 */
export async function dropFromPageCache(path: string): Promise<boolean> {
	if (process.platform !== 'linux') return false;
	const file = await open(path, 'r');
	try {
		const advise = koffi.load(null).func('int posix_fadvise(int file, int64 offset, int64 length, int advice)');
		return advise(file.fd, 0, 0, dontNeed) === 0;
	} catch {
		// The C library lacks the function.
		return false;
	} finally {
		await file.close();
	}
}
