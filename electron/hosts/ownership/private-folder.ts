import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Creates a folder and its missing parents, for this user only. Throws file-system errors. Node's own recursive mkdir
 * loops forever if a parent exists but accepts no folders (/proc always answers ENOENT).
 */
export function createPrivateFolder(folder: string): void {
	if (existsSync(folder)) return;
	const parent = dirname(folder);
	if (parent !== folder) createPrivateFolder(parent);
	try {
		mkdirSync(folder, { mode: 0o700 });
	} catch (error) {
		// Another process that started at the same moment may have created it.
		if (!existsSync(folder)) throw error;
	}
}
