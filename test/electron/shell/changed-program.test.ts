import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listChecksums } from '../../../scripts/package/checksums.ts';
import { areBuilt, skipped, startBuiltMain, unpackedArchive, until } from './built-window.ts';
import { electron } from './fake-electron.ts';

describe.skipIf(!areBuilt)(`the installed window whose program was changed${skipped}`, () => {
	// Outlives each of the tests.
	const folder = mkdtempSync(join(tmpdir(), 'assay-changed-'));
	const ran = join(folder, 'ran');
	let dataFolder: string;

	beforeAll(async () => {
		const resources = join(folder, 'resources');
		const thread = join(resources, 'program', 'dist', 'cli', 'reader-worker.js');
		mkdirSync(dirname(thread), { recursive: true });
		writeFileSync(thread, 'as it was packed');
		const checksums = listChecksums(join(resources, 'program'), 'program', {});
		writeFileSync(thread, `import { writeFileSync } from 'node:fs'; writeFileSync(${JSON.stringify(ran)}, '');`);
		dataFolder = startBuiltMain({ main: unpackedArchive(join(folder, 'archive'), checksums), resources });
		await until(() => electron.app.exits.length > 0);
	});
	afterAll(() => {
		for (const one of [dataFolder, folder]) rmSync(one, { recursive: true, force: true, maxRetries: 5 });
	});

	test('names the file and the next step, and ends without running any of it', () => {
		expect(electron.app.exits).toEqual([1]);
		expect(electron.dialogs).toEqual([
			{
				kind: 'error',
				options: {
					title: 'Assay’s program files don’t match their checksums: program/dist/cli/reader-worker.js was modified.',
					content: expect.stringContaining('• Reinstall Assay'),
				},
			},
		]);
		expect(electron.windows).toEqual([]);
		expect(() => readFileSync(ran)).toThrow('ENOENT');
		expect(() => readFileSync(join(dataFolder, 'assay.db'))).toThrow('ENOENT');
	});
});
