import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from './sources.ts';

type LockedPackage = {
	version?: string;
	integrity?: string;
	resolved?: string;
	inBundle?: boolean;
	optionalDependencies?: Record<string, string>;
	dependencies?: Record<string, string>;
	devDependencies?: Record<string, string>;
};

const packages = (
	JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as { packages: Record<string, LockedPackage> }
).packages;

/** Resolves `name` as npm would for the package at `from`: nested first, then in each folder above. */
function find(from: string, name: string): LockedPackage | undefined {
	const nested = packages[from === '' ? `node_modules/${name}` : `${from}/node_modules/${name}`];
	if (nested !== undefined || from === '') return nested;
	const parent = from.lastIndexOf('/node_modules/');
	return find(parent === -1 ? '' : from.slice(0, parent), name);
}

test('the lock file holds every optional package, so that npm ci works on Linux, macOS and Windows', () => {
	const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
		Object.keys(optionalDependencies)
			.filter((name) => find(path, name)?.integrity === undefined)
			.map((name) => `${path || 'the project'} wants ${name}`),
	);
	expect(missing).toEqual([]);
});

test('every locked package has an integrity hash and no URL', () => {
	expect(Object.keys(packages).filter((path) => packages[path]?.resolved !== undefined)).toEqual([]);
	const loose = Object.entries(packages)
		// A bundled package is inside its parent's tarball, whose hash covers it.
		.filter(([path, { integrity, inBundle }]) => path !== '' && integrity === undefined && inBundle !== true)
		.map(([path]) => path);
	expect(loose).toEqual([]);
});

test('dependencies of the project are pinned to exact versions', () => {
	const { dependencies, devDependencies, optionalDependencies } = packages[''] ?? {};
	const ranges = Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies })
		.filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))
		.map(([name, version]) => `${name} ${version}`);
	expect(ranges).toEqual([]);
});

test('npm ci says what it did and nothing else: packages that want Node 24 get it from a package', () => {
	expect(readFileSync(join(root, '.npmrc'), 'utf8').split('\n')).toContain('loglevel=error');
});
