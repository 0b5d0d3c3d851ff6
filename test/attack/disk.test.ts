import { spawn } from 'node:child_process';
import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { failureFacts } from '../../models/contract/failure.ts';
import { cliEntry } from '../electron/hosts/cli/run-cli.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** Runs `assay` by this shell command, in which "$@" is the program and its arguments. */
async function shell(command: string, ...args: readonly string[]) {
	const child = spawn('sh', ['-c', command, 'sh', process.execPath, cliEntry, ...args]);
	const [stdout, stderr, code] = await Promise.all([
		text(child.stdout),
		text(child.stderr),
		new Promise<number | null>((resolve) => child.on('exit', resolve)),
	]);
	return { stdout, stderr, code };
}

describe.runIf(process.platform === 'linux')('a disk', () => {
	test('that is full behind standard output fails the command: the file is not whole', async () => {
		const { stderr, code } = await shell('"$@" > /dev/full', 'eval', 'schema');
		expect(stderr).toMatch(/^assay: Couldn’t write the whole result\. The disk is full/);
		expect(code).toBe(1);
	});

	test('has nothing to do with a reader that stops early', async () => {
		const { stderr, code } = await shell('"$@" | head -c 1 > /dev/null; exit $?', 'eval', 'schema');
		expect([stderr, code]).toEqual(['', 0]);
	});

	test('whose files may not grow fails an export with the limit, and leaves no half file', async () => {
		const [folder, data] = [temporaryFolder(), temporaryFolder()];
		const rows = join(folder, 'rows.jsonl');
		const row = (n: number): string => JSON.stringify({ input: `What is ${n}? ${'x'.repeat(100)}`, target: `${n}` });
		writeFileSync(rows, Array.from({ length: 5_000 }, (_, n) => row(n)).join('\n'));
		expect((await shell('exec "$@"', 'datasets', 'import', rows, '--name', 'Big', '--data', data)).code).toBe(0);
		const { stderr, code } = await shell('ulimit -f 400; exec "$@"', 'datasets', 'export', 'Big', '--data', data);
		expect(stderr).toContain('ulimit -f');
		expect(stderr).not.toContain('defect');
		expect(code).toBe(1);
	}, 60_000);

	// Reading this file of Linux's gives the error that a failing disk gives.
	test.each([
		['datasets', 'import', 'x.jsonl', '--name', 'A'],
		['conversations', 'import', 'x.json'],
		['conversations', 'import', 'x.zip'],
		['eval', 'run', 'x.yaml'],
		['comparisons', 'import', 'x.json'],
	])('that fails while it is read is named by %s %s %s', async (...args) => {
		const folder = temporaryFolder();
		const path = join(folder, args[2] ?? '');
		symlinkSync('/proc/self/mem', path);
		const given = args.map((argument, index) => (index === 2 ? path : argument));
		const { stderr, code } = await shell('exec "$@"', ...given, '--data', temporaryFolder());
		expect(stderr).toContain('EIO');
		expect(stderr).toContain(args[2]);
		expect(stderr).not.toContain('defect');
		expect(code).toBe(1);
	});
});

test.each([
	['ENOSPC', 'disk-full'],
	['EDQUOT', 'disk-full'],
	['EIO', 'disk-error'],
	['EFBIG', 'file-too-large'],
	['EMFILE', 'too-many-open-files'],
	['Z_DATA_ERROR', 'compressed-file-damaged'],
])('%s is the system’s failure, not a defect of Assay', (code, expected) => {
	const error = Object.assign(new Error(`${code}: refused, write`), { code, path: '/data/x' });
	const facts = failureFacts(error);
	expect(facts.code).toBe(expected);
	expect(facts.message).not.toContain('defect');
	expect(facts.next.length).toBeGreaterThan(0);
});
