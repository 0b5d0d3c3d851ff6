import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { buildFault, sourceHash } from '../../../scripts/start/build-if-changed.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

function project(): string {
	const root = temporaryFolder();
	for (const folder of ['electron/shell', 'models', 'renderer']) mkdirSync(join(root, folder), { recursive: true });
	const files = ['vite.config.ts', 'package.json', 'package-lock.json', 'tsconfig.json', 'electron/shell/menu.ts'];
	for (const file of files) writeFileSync(join(root, file), file);
	return root;
}

test('a build is needed when a source is changed, added or moved, but not when only its time changes', () => {
	const root = project();
	const first = sourceHash(root);
	utimesSync(join(root, 'package.json'), 1, 1);
	writeFileSync(join(root, 'README.md'), 'prose');
	expect(sourceHash(root)).toBe(first);

	const seen = new Set([first]);
	const changes: [string, string][] = [
		['electron/shell/menu.ts', 'changed'],
		['models/new.ts', ''],
		['models/newer.ts', ''],
		['package-lock.json', 'other versions'],
	];
	for (const [path, text] of changes) {
		writeFileSync(join(root, path), text);
		seen.add(sourceHash(root));
	}
	expect(seen.size).toBe(changes.length + 1);
});

test('the hash does not depend on the location of the project', () => {
	expect(sourceHash(project())).toBe(sourceHash(project()));
});

test('a build from other sources is reported at once, with the way out', () => {
	const root = project();
	expect(buildFault(root)).toBe('dist/main/main.js is not built: run node scripts/build.ts');
	const bundles = ['main/main.js', 'preload/preload.cjs', 'worker/worker.js', 'native/native.js', 'cli/cli.js'];
	for (const bundle of [...bundles, 'renderer/index.html']) {
		const path = join(root, 'dist', bundle);
		mkdirSync(dirname(path), { recursive: true });
		writeFileSync(path, '');
	}
	writeFileSync(join(root, 'dist', '.built-from'), sourceHash(root));
	expect(buildFault(root)).toBeNull();
	writeFileSync(join(root, 'models/new.ts'), '');
	expect(buildFault(root)).toBe('dist/ was built from other sources than these: run node scripts/build.ts');
});
