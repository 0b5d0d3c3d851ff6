import { type Dirent, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { makePrivate } from '../../database/private-file.ts';

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

/** Files of the data folder that hold what users wrote, or give access to it. */
const privateFiles = /^(?:assay\.db|owner\.|window\.json)/;

/** Folders of the data folder whose files do. */
const privateFolders = ['backups', 'logs', 'exchange', 'states', 'training'];

const stickyMode = 0o1000;

/**
 * Takes access to an existing data folder and its conversations from other users. Leaves the mode of a folder that is
 * more than a data folder: the home folder, one that belongs to someone else, or one for everybody's files. Never
 * throws: `assay doctor` reports what stays open.
 */
export function tightenDataFolder(folder: string): void {
	if (process.platform === 'win32') return;
	const path = resolve(folder);
	const { uid, mode } = statSync(path);
	const shared =
		(mode & stickyMode) !== 0 || uid !== process.getuid?.() || path === homedir() || path === dirname(path);
	if (!shared) makePrivate(path);
	for (const { name } of filesIn(folder)) if (privateFiles.test(name)) makePrivate(join(folder, name));
	for (const inner of privateFolders) {
		if (!existsSync(join(folder, inner))) continue;
		makePrivate(join(folder, inner));
		for (const { name } of filesIn(join(folder, inner))) makePrivate(join(folder, inner, name));
	}
}

/** Regular files only: a link may lead out of the folder. Empty if the folder can't be listed. */
function filesIn(folder: string): Dirent[] {
	try {
		return readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile());
	} catch {
		return [];
	}
}
