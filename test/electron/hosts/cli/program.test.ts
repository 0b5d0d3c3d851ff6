import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { nouns } from '../../../../electron/hosts/cli/program.ts';
import { makeFolders } from './folders.ts';
import { documentOf, runCli, runCliProcess } from './run-cli.ts';

describe('a command line', () => {
	test.each([
		[[]],
		[['bogus']],
		[['models']],
		[['models', 'bogus']],
		[['models', 'add']],
		[['conversations', 'show', 'abc']],
		[['conversations', 'export', '1', '--format', 'pdf']],
		[['chat', 'hi', '--temperature', 'hot']],
		[['chat', 'hi', '--temperature', '-1']],
		[['chat', 'hi', '--seed', '1.5']],
		[['chat', 'hi', '--threads', '0']],
		[['chat', '   ']],
		[['serve', '--port', '70000']],
		[['doctor', '--bogus']],
		[['doctor', 'extra']],
	])('%j is wrong usage: code 2, nothing on stdout, and a pointer to the help', async (args) => {
		const end = await runCli([...args, '--data', makeFolders().data]);
		expect(end).toMatchObject({ code: 2, stdout: '' });
		expect(end.stderr).toContain('--help');
	});

	test.each([[['bogus']], [['models']], [['chat', 'hi', '--seed', 'x']], [['chat', '']]])(
		'%j with --json reports the same as a document',
		async (args) => {
			// Only a real process shows the exit code.
			const json = await runCliProcess([...args, '--json']);
			expect(json.code).toBe(2);
			expect(documentOf(json)).toMatchObject({
				error: { code: 'wrong-usage', next: [expect.stringContaining('--help')] },
			});
		},
	);

	test.each([
		[['tools', 'call'], 'assay tools call --help'],
		[['documents', 'add', 'notes'], 'assay documents add --help'],
		[['tools', 'folders', 'add'], 'assay tools folders add --help'],
		[['tools', 'bogus'], 'assay tools --help'],
		[['bogus', 'call'], 'assay --help'],
	])('%j points to the help of the command that was meant', async (args, help) => {
		const end = await runCli([...args, '--data', makeFolders().data]);
		expect(end).toMatchObject({ code: 2, stderr: expect.stringContaining(`  - See ${help}\n`) });
	});

	test('--help explains a command on stdout', async () => {
		for (const args of [[], ['models', 'pull']]) {
			const { code, stdout, stderr } = await runCliProcess([...args, '--help']);
			expect([code, stderr]).toEqual([0, '']);
			expect(stdout).toMatch(/^Usage: assay/);
		}
	});

	test('every command has its own examples, as a user would type them', async () => {
		const program = new Command('assay');
		for (const bring of Object.values(nouns)) (await bring())(program, async () => {});
		const missing: string[] = [];
		function look(command: Command, words: string): void {
			for (const one of command.commands) look(one, `${words} ${one.name()}`);
			if (command.commands.length > 0) return;
			let help = '';
			command.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
			const lines = help.split('\n').filter((line) => line.startsWith('  $ '));
			const known = lines.every((line) => Object.hasOwn(nouns, line.split(' ')[4] ?? ''));
			if (!known || !lines.some((line) => line.startsWith(`  $ ${words}`))) missing.push(words);
		}
		look(program, 'assay');
		expect(missing).toEqual([]);
	});

	test('--version prints the version', async () => {
		expect((await runCliProcess(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
	});

	test('takes --data and --json before the command too, and falls back to ASSAY_DATA', async () => {
		const { data, model } = makeFolders();
		await runCli(['--data', data, '--json', 'models', 'add', model]);
		const end = await runCliProcess(['models', 'list', '--json'], { env: { ASSAY_DATA: data } });
		expect(documentOf(end)).toMatchObject({ models: [{ name: 'tiny' }] });
	});

	test('ends quietly if its reader stops early', async () => {
		const { data } = makeFolders();
		const entry = join(import.meta.dirname, '..', '..', '..', '..', 'electron', 'hosts', 'cli.ts');
		const line = `"${process.execPath}" "${entry}" conversations list --data "${data}" | true`;
		const { stderr } = spawnSync('sh', ['-c', line], { encoding: 'utf8' });
		expect(stderr).toBe('');
	});
});

describe('assay doctor', () => {
	test('reports what is there, and exits with code 3 if a check fails', async () => {
		const { data, model } = makeFolders();
		const without = await runCliProcess(['doctor', '--json', '--data', data]);
		expect(without.code).toBe(3);
		expect(documentOf(without)).toMatchObject({
			assay: { version: expect.any(String), node: process.versions.node },
			engine: { build: expect.any(String), available: true },
			platform: expect.any(String),
			cpu: { model: expect.any(String), cores: expect.any(Number) },
			memory: { total: expect.any(Number), available: expect.any(Number) },
			gpus: expect.any(Array),
			database: { path: join(data, 'assay.db'), version: expect.any(Number), integrity: 'ok' },
			models: 0,
		});
		const { checks } = documentOf(without) as { checks: { name: string; ok: boolean; next: string | null }[] };
		expect(checks.filter(({ ok }) => !ok)).toMatchObject([
			{ name: 'models', next: expect.stringContaining('assay models pull') },
		]);
		await runCli(['models', 'add', model, '--data', data]);
		const end = await runCliProcess(['doctor', '--data', data]);
		expect(end.code).toBe(0);
		expect(end.stdout).toMatch(/^Assay \d.+\n/);
		expect(end.stdout).not.toContain('FAIL');
		expect(end.stdout).toMatch(/ok {4}updates: .* doesn’t check for updates\. To update, run git pull and npm ci/);
	});

	test('reports a data folder that can’t be opened, with code 3', async () => {
		const { folder } = makeFolders();
		writeFileSync(join(folder, 'file'), '');
		const end = await runCliProcess(['doctor', '--json', '--data', join(folder, 'file', 'data')]);
		expect(end.code).toBe(3);
		expect(documentOf(end)).toMatchObject({
			checks: [{ name: 'data folder', ok: false, next: expect.stringContaining('--data') }],
		});
	});

	test('reports a database of a newer version, and leaves it alone', async () => {
		const { data } = makeFolders();
		mkdirSync(data, { recursive: true });
		const database = new Database(join(data, 'assay.db'));
		database.pragma('user_version = 9999');
		database.close();
		const end = await runCliProcess(['doctor', '--json', '--data', data]);
		expect(end.code).toBe(3);
		expect(documentOf(end)).toMatchObject({ checks: [{ ok: false, detail: expect.stringContaining('newer') }] });
		const chat = await runCliProcess(['chat', 'hi', '--data', data]);
		expect(chat).toMatchObject({ code: 1, stderr: expect.stringContaining('newer') });
	});
});
