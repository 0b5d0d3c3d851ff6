import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, relative, sep } from 'node:path';

export const root = join(import.meta.dirname, '..', '..');

export type Source = { path: string; lines: number; imports: { specifier: string; resolved: string | null }[] };

const importPattern =
	/(?:^|[\n;])\s*(?:import|export)\s+(?:[\w*{}\s,$]+?\sfrom\s*)?['"]([^'"\n]+)['"]|\bimport\(\s*['"]([^'"\n]+)['"]\s*\)/g;

/** Returns every import of a file, with relative ones resolved to a path from the project's root. */
export function importsOf(path: string, text: string): Source['imports'] {
	return [...text.matchAll(importPattern)].map((match) => {
		const specifier = match[1] ?? match[2] ?? '';
		const resolved = specifier.startsWith('.') ? posix.join(posix.dirname(path), specifier) : null;
		return { specifier, resolved };
	});
}

/** Suites of others, below test/interop, have their packages beside them. */
function isPackage(folder: string): boolean {
	return folder.split(sep).includes('node_modules');
}

/** Reads all TypeScript files below the given folders of the project, without packages. */
export function readSources(folders: readonly string[]): Source[] {
	return folders.flatMap((folder) =>
		readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
			.filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name) && !isPackage(entry.parentPath))
			.map((entry) => {
				const absolute = join(entry.parentPath, entry.name);
				const path = relative(root, absolute).split(sep).join('/');
				const text = readFileSync(absolute, 'utf8');
				return { path, lines: text.split('\n').length, imports: importsOf(path, text) };
			}),
	);
}
