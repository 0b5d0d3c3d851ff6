import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readSources, root } from './sources.ts';

const folders = ['electron', 'models', 'renderer', 'scripts', 'test'];
const maxLines = 300;
const maxFiles = 12;

test('no source file is longer than 300 lines', () => {
	const long = readSources(folders).filter(({ lines }) => lines > maxLines + 1);
	expect(long.map(({ path, lines }) => `${path}: ${lines - 1} lines, split it by noun`)).toEqual([]);
});

test('no folder of the product holds more than 12 source files', () => {
	const crowded = ['electron', 'models', 'renderer'].flatMap((top) => {
		const counts = new Map<string, number>();
		for (const { path } of readSources([top])) {
			const folder = path.slice(0, path.lastIndexOf('/'));
			counts.set(folder, (counts.get(folder) ?? 0) + 1);
		}
		return [...counts].filter(([, count]) => count > maxFiles).map(([folder, count]) => `${folder}: ${count} files`);
	});
	expect(crowded).toEqual([]);
});

test('every folder of the product says in a README what lives there', () => {
	const silent = ['electron', 'models', 'renderer'].flatMap((top) =>
		readdirSync(join(root, top), { withFileTypes: true })
			.filter((entry) => entry.isDirectory())
			.map((entry) => `${top}/${entry.name}`)
			.filter((folder) => !readdirSync(join(root, folder)).includes('README.md')),
	);
	expect(silent).toEqual([]);
});
