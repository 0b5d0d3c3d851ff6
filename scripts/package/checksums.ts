import { hash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/**
 * Returns a list of SHA-256 sums in the format of `sha256sum`: of every file below `folder`, as `<name>/<path>`, and of
 * the single files of `others`, by the paths that they will have. Paths are relative to Electron's resources folder.
 */
export function listChecksums(folder: string, name: string, others: Readonly<Record<string, string>>): string {
	const below = readdirSync(folder, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile())
		.map((entry) => {
			const path = join(entry.parentPath, entry.name);
			return [`${name}/${relative(folder, path).split(sep).join('/')}`, path] as const;
		});
	return [...below, ...Object.entries(others)]
		.sort(([a], [b]) => (a < b ? -1 : 1))
		.map(([path, file]) => `${hash('sha256', readFileSync(file))}  ${path}\n`)
		.join('');
}
