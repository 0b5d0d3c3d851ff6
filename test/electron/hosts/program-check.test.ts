import { spawnSync } from 'node:child_process';
import {
	appendFileSync,
	mkdirSync,
	readFileSync,
	rmSync,
	statSync,
	symlinkSync,
	utimesSync,
	writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import {
	checkProgram,
	examineProgram,
	type PackedProgram,
	parseChecksums,
	verifyProgram,
} from '../../../electron/hosts/program-check.ts';
import { listChecksums } from '../../../scripts/package/checksums.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** Laid out as electron-builder does: resources/program and the archive's unpacked part. */
const contents: Readonly<Record<string, string | Buffer>> = {
	'program/node': Buffer.alloc(3_000_000, 7),
	'program/package.json': '{}',
	'program/dist/cli/cli.js': 'cli',
	'program/dist/worker/worker.js': 'worker',
	'program/node_modules/koffi/koffi.node': 'addon',
	'app.asar.unpacked/node_modules/better-sqlite3/x.node': 'sqlite',
};

describe('the program of an installed app', () => {
	let resources: string;
	let memory: string;
	let files: PackedProgram;
	const at = (path: string) => join(resources, path);
	const lines: string[] = [];
	const verify = () => verifyProgram(files, memory, (line) => lines.push(line));

	beforeEach(() => {
		resources = temporaryFolder();
		memory = join(temporaryFolder(), 'program-verified');
		for (const [path, text] of Object.entries(contents)) {
			mkdirSync(dirname(at(path)), { recursive: true });
			writeFileSync(at(path), text);
		}
		const addon = 'app.asar.unpacked/node_modules/better-sqlite3/x.node';
		const list = listChecksums(at('program'), 'program', { [addon]: at(addon) });
		writeFileSync(at('program/checksums.sha256'), list);
		files = { resources, checksums: parseChecksums(list) };
		lines.length = 0;
	});

	test('is in order as it was packed', async () => {
		expect(await checkProgram(files)).toEqual({ changed: [], missing: [], added: [] });
		expect(await examineProgram(files)).toMatchObject({
			name: 'program',
			ok: true,
			detail: '6 files match their checksums',
			next: null,
		});
	});

	test.skipIf(process.platform === 'win32')('has a list that sha256sum reads', () => {
		const run = spawnSync('sha256sum', ['--check', '--strict', 'program/checksums.sha256'], { cwd: resources });
		expect([run.status, String(run.stderr)]).toEqual([0, '']);
	});

	test('is read at the first start, and looked at only from then on', async () => {
		await verify();
		await verify();
		expect(lines).toEqual([
			expect.stringMatching(/^program: 6 files verified in \d+ ms$/),
			expect.stringMatching(/^program: 6 files untouched, looked at in \d+ ms$/),
		]);
	});

	test.each(Object.keys(contents))(
		'is refused when one bit of %s differs, also at its old size and time',
		async (path) => {
			await verify();
			const { atime, mtime } = statSync(at(path));
			const bytes = readFileSync(at(path));
			bytes[bytes.length - 1]! ^= 1;
			writeFileSync(at(path), bytes);
			utimesSync(at(path), atime, mtime);
			await expect(verify()).rejects.toMatchObject({
				code: 'program-changed',
				message: `Assay’s program files don’t match their checksums: ${path} was modified.`,
				next: [expect.stringContaining('Reinstall Assay'), expect.stringContaining('malware')],
			});
			// A refused start is not remembered as a good one.
			await expect(verify()).rejects.toMatchObject({ code: 'program-changed' });
			expect(await examineProgram(files)).toMatchObject({ ok: false, next: expect.stringContaining('Reinstall') });
		},
	);

	test('is refused when a file is missing, cut off, or a folder is gone', async () => {
		rmSync(at('program/dist/worker/worker.js'));
		await expect(verify()).rejects.toThrow('program/dist/worker/worker.js is missing');
		rmSync(at('program/node_modules'), { recursive: true });
		writeFileSync(at('program/node'), '');
		await expect(verify()).rejects.toMatchObject({
			message:
				'Assay’s program files don’t match their checksums: program/node was modified. 2 more files are affected.',
			detail:
				'changed: program/node\nmissing: program/dist/worker/worker.js\nmissing: program/node_modules/koffi/koffi.node',
		});
	});

	test('is refused when a package was added that Node would find first', async () => {
		await verify();
		mkdirSync(at('program/dist/worker/node_modules/koffi'), { recursive: true });
		writeFileSync(at('program/dist/worker/node_modules/koffi/index.js'), 'evil');
		await expect(verify()).rejects.toThrow('program/dist/worker/node_modules/koffi/index.js isn’t part of Assay');
	});

	test.skipIf(process.platform === 'win32')(
		'is refused when a link replaces a file, whatever it leads to',
		async () => {
			const elsewhere = join(temporaryFolder(), 'node');
			writeFileSync(elsewhere, contents['program/node']!);
			rmSync(at('program/node'));
			symlinkSync(elsewhere, at('program/node'));
			await expect(verify()).rejects.toThrow('program/node');
		},
	);

	test('may hold what file managers leave behind', async () => {
		writeFileSync(at('program/.DS_Store'), 'x');
		writeFileSync(at('program/dist/Thumbs.db'), 'x');
		await verify();
		expect(lines).toHaveLength(1);
	});

	test('is read again after an update brought another list, or when what was remembered is damaged', async () => {
		await verify();
		appendFileSync(at('program/dist/cli/cli.js'), ' of the next version');
		const list = listChecksums(at('program'), 'program', {});
		files = {
			resources,
			checksums: new Map([...parseChecksums(list)].filter(([path]) => path !== 'program/checksums.sha256')),
		};
		await verify();
		writeFileSync(memory, 'nonsense');
		await verify();
		expect(lines.map((line) => / (untouched|verified)/.exec(line)?.[1])).toEqual(['verified', 'verified', 'verified']);
	});
});

test.each(['x', `${'0'.repeat(63)}  a`, `${'0'.repeat(64)} a`, `${'0'.repeat(64)}  `])(
	'%j is no list of checksums',
	(text) => {
		expect(() => parseChecksums(text)).toThrow('not a line');
	},
);
