import { chmodSync, statSync } from 'node:fs';

/** Permissions of everyone but the owner. */
const othersMode = 0o077;

/** Returns true if other users of this computer have any access to a file or folder, as far as its mode tells. */
export function isOpenToOthers(path: string): boolean {
	// Windows has no modes; a user's folders there are that user's alone.
	if (process.platform === 'win32') return false;
	return ((statSync(path, { throwIfNoEntry: false })?.mode ?? 0) & othersMode) !== 0;
}

/**
 * Takes access to a file or folder from other users. Does nothing if it is missing, or if the disk keeps no modes or
 * the file belongs to someone else: `assay doctor` reports an open data folder.
 */
export function makePrivate(path: string): void {
	try {
		if (isOpenToOthers(path)) chmodSync(path, statSync(path).mode & 0o700);
	} catch {
		// Whatever forbids it also forbids a repair at every other start.
	}
}
