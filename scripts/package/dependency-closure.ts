import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';

interface Manifest {
	name?: string;
	dependencies?: Record<string, string>;
	optionalDependencies?: Record<string, string>;
}

/**
 * Returns every package that the named ones can load, as folders relative to `root`: their dependencies, recursively,
 * each resolved as Node would. Skips optional packages that are not installed; throws if a required one is missing.
 * `keep` decides by name whether to follow a package.
 */
export function packageClosure(root: string, names: readonly string[], keep: (name: string) => boolean): string[] {
	const found = new Set<string>();

	function visit(name: string, from: string, optional: boolean): void {
		if (!keep(name)) return;
		const folder = findPackage(root, from, name);
		if (folder === null) {
			if (optional) return;
			throw new Error(`${name}, which ${relative(root, from) || 'the program'} needs, is not installed: run npm ci`);
		}
		if (found.has(folder)) return;
		found.add(folder);
		const { dependencies = {}, optionalDependencies = {} } = readManifest(folder);
		for (const next of Object.keys(optionalDependencies)) visit(next, folder, true);
		for (const next of Object.keys(dependencies)) if (!(next in optionalDependencies)) visit(next, folder, false);
	}

	for (const name of names) visit(name, root, false);
	return [...found].map((folder) => relative(root, folder).split(sep).join('/')).sort();
}

function readManifest(folder: string): Manifest {
	return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
}

/**
 * Resolves `name` for a file in `from` as Node does: in the nearest node_modules at or above it, but not above `root`.
 */
function findPackage(root: string, from: string, name: string): string | null {
	for (let folder = from; ; folder = dirname(folder)) {
		const candidate = join(folder, 'node_modules', name);
		if (existsSync(join(candidate, 'package.json'))) return candidate;
		if (folder === root || folder === dirname(folder)) return null;
	}
}
