import { statSync } from 'node:fs';

/**
 * Returns a value that almost certainly changes with the content of a file, and costs nothing. The SHA-256 is not used:
 * for a recently added file it is known only later.
 */
export function fileMark(path: string): string {
	const stats = statSync(path, { throwIfNoEntry: false });
	return `${path} ${stats?.size} ${stats?.mtimeMs}`;
}
