import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a folder and those above it that are missing, for this user alone. Throws what the file system says. Node's own
 * recursive mkdir never ends where a parent exists and yet takes no folder (/proc answers ENOENT, again and again).
 */
export function createPrivateFolder(folder: string): void {
	if (existsSync(folder)) return;
	const parent = dirname(folder);
	if (parent !== folder) createPrivateFolder(parent);
	try {
		mkdirSync(folder, { mode: 0o700 });
	} catch (error) {
		// Another process that starts at the same moment may have been faster.
		if (!existsSync(folder)) throw error;
	}
}
