import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { areBuilt, skipped, startBuiltMain } from './built-window.ts';
import { electron } from './fake-electron.ts';

describe.skipIf(!areBuilt)(`the built window with --remote-debugging-port${skipped}`, () => {
	const argv = [...process.argv];
	let dataFolder: string;
	beforeAll(() => {
		process.argv.push('--remote-debugging-port=9222');
		dataFolder = startBuiltMain();
	});
	afterAll(() => {
		process.argv = argv;
		rmSync(dataFolder, { recursive: true });
	});

	test('ends at once with exit code 2 and a message, before it registers or opens anything', () => {
		expect(electron.app.exits).toEqual([2]);
		expect(electron.dialogs).toEqual([
			{
				kind: 'error',
				options: {
					title: expect.stringContaining('--remote-debugging-port=9222'),
					content: expect.stringContaining('Start Assay without --remote-debugging-port'),
				},
			},
		]);
		expect([electron.privileges, electron.windows, electron.app.paths]).toEqual([[], [], {}]);
	});
});
