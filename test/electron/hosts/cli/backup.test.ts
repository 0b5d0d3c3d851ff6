import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Diagnostics } from '../../../../electron/contract/activity/schema.ts';
import type { Backup, BackupCheck } from '../../../../electron/contract/database/schema.ts';
import { closeDatabase, connect } from '../../../../electron/database/connect.ts';
import { connectionOf } from '../../../../electron/database/database.ts';
import { makeFolders, paris } from './folders.ts';
import { documentOf, runCli, startCli } from './run-cli.ts';

const ask = (data: string, model: string, text: string) =>
	runCli(['chat', text, '--model', model, '--data', data], { script: paris });

describe('assay backup', () => {
	test('creates, lists, checks and restores', { timeout: 90_000 }, async () => {
		const { data, model } = makeFolders();
		await ask(data, model, 'The first question');
		const made = await runCli(['backup', 'create', '--json', '--data', data]);
		const { backup } = documentOf(made) as { backup: Backup };
		await ask(data, model, 'The second question');

		const listed = documentOf(await runCli(['backup', 'list', '--json', '--data', data]));
		expect(listed).toEqual({ folder: join(data, 'backups'), backups: [backup] });

		const verified = await runCli(['backup', 'verify', '--json', '--data', data]);
		expect([verified.code, documentOf(verified)]).toEqual([
			0,
			{
				check: expect.objectContaining({
					path: backup.path,
					ok: true,
					fault: null,
					contents: expect.objectContaining({ conversations: 1, messages: 2 }) as object,
				}) as BackupCheck,
			},
		]);

		const unsure = await runCli(['backup', 'restore', backup.path, '--data', data]);
		expect([unsure.code, unsure.stderr]).toEqual([2, expect.stringContaining('add --yes')]);
		const restored = await runCli(['backup', 'restore', '--yes', backup.path, '--data', data]);
		expect([restored.code, restored.stdout]).toEqual([0, expect.stringMatching(/^Restored 1 conversation\n/)]);
		const titles = await runCli(['conversations', 'list', '--data', data]);
		expect(titles.stdout).toContain('The first question');
		expect(titles.stdout).not.toContain('The second question');
	});

	test('does not restore a damaged file, whose check fails with exit code 3', async () => {
		const { data, folder } = makeFolders();
		const bad = join(folder, 'bad.db');
		writeFileSync(bad, 'not a database');
		const verified = await runCli(['backup', 'verify', bad, '--data', data]);
		expect([verified.code, verified.stdout]).toEqual([3, expect.stringMatching(/^FAIL {2}.*bad\.db/)]);
		const restored = await runCli(['backup', 'restore', '--yes', bad, '--json', '--data', data]);
		expect(restored.code).toBe(1);
		expect(documentOf(restored)).toMatchObject({ error: { code: 'backup-damaged' } });
	});

	test('lets an older Assay return to the backup from before an update, and keeps the newer file', {
		timeout: 60_000,
	}, async () => {
		const { data, model } = makeFolders();
		await ask(data, model, 'The first question');
		const { backup } = documentOf(await runCli(['backup', 'create', '--json', '--data', data])) as { backup: Backup };
		const before = backup.path.replace('/backups/assay-', '/backups/before-update-');
		renameSync(backup.path, before);
		const database = connect(join(data, 'assay.db'));
		connectionOf(database).pragma('user_version = 999');
		closeDatabase(database);
		const refused = await runCli(['conversations', 'list', '--data', data]);
		expect([refused.code, refused.stderr]).toEqual([
			1,
			expect.stringContaining(`assay backup restore --yes ${before}`),
		]);
		const restored = await runCli(['backup', 'restore', '--yes', before, '--data', data]);
		expect([restored.code, restored.stdout]).toEqual([
			0,
			expect.stringMatching(/Previous data: .*assay\.db\.replaced-/),
		]);
		expect((await runCli(['conversations', 'list', '--data', data])).stdout).toContain('The first question');
	});

	test('restores into the running application', { timeout: 60_000 }, async () => {
		const { data, model } = makeFolders();
		await ask(data, model, 'The first question');
		const { backup } = documentOf(await runCli(['backup', 'create', '--json', '--data', data])) as { backup: Backup };
		await ask(data, model, 'The second question');
		const serving = startCli(['serve', '--no-open', '--port', '0', '--data', data]);
		await serving.says('Assay is at');
		expect((await runCli(['backup', 'restore', '--yes', backup.path, '--data', data])).code).toBe(0);
		const titles = await runCli(['conversations', 'list', '--data', data]);
		expect(titles.stdout).not.toContain('The second question');
		serving.interrupt();
		expect((await serving.end).code).toBe(130);
	});
});

test('assay diagnostics shows its contents, saves them on request, and never overwrites a file', {
	timeout: 60_000,
}, async () => {
	const { data, model, folder } = makeFolders();
	await ask(data, model, 'What is a marzipan lighthouse?');
	const shown = await runCli(['diagnostics', '--data', data]);
	expect(shown.stdout).toContain('--- computer.json');
	expect(shown.stdout).not.toContain('marzipan');
	const out = join(folder, 'bundle.json');
	const saved = await runCli(['diagnostics', '--out', out, '--data', data]);
	expect([saved.code, saved.stdout]).toEqual([0, expect.stringContaining(`Saved as ${out}`)]);
	const { parts } = JSON.parse(readFileSync(out, 'utf8')) as Diagnostics;
	expect(parts.map(({ name }) => name)).toContain('database.json');
	expect((await runCli(['diagnostics', '--out', out, '--data', data])).code).toBe(1);
});
