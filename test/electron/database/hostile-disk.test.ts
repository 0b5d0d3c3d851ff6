import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createBackup, listBackups } from '../../../electron/database/backups/backup.ts';
import { closeDatabase } from '../../../electron/database/connect.ts';
import { openDatabase } from '../../../electron/database/open.ts';
import { all, run } from '../../../electron/database/sql.ts';
import { openForTest, openOptions } from '../../support/database.ts';
import { failureOf } from '../../support/failure.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const addSetting = `INSERT INTO settings (key, value, updated_at) VALUES (:key, :value, 1)`;

/** Mounts a disk of 2 MB; null if this process may not mount one. */
function smallDisk(): string | null {
	const folder = mkdtempSync(join(tmpdir(), 'assay-small-disk-'));
	const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', folder]).status === 0;
	onTestFinished(() => {
		if (mounted) execFileSync('umount', ['--lazy', folder]);
		rmSync(folder, { recursive: true, force: true });
	});
	return mounted ? folder : null;
}

test('a disk that fills up gives one clear failure, loses nothing, and works again once there is space', async (context) => {
	const folder = smallDisk();
	if (folder === null) return context.skip('SKIPPED: mounting a small disk needs root');
	const options = openOptions(folder);
	const { database } = await openForTest(options);
	const filler = join(folder, 'holiday-pictures');
	writeFileSync(filler, new Uint8Array(700_000));
	let stored = 0;
	const failure = await failureOf(() => {
		for (; stored < 1_000; stored += 1) run(database, addSetting, { key: `k${stored}`, value: 'x'.repeat(10_000) });
	});
	expect(failure.code).toBe('disk-full');
	expect(failure.message).toContain(folder);
	expect(stored).toBeGreaterThan(10);
	expect(all(database, 'SELECT count(*) AS n FROM settings')).toEqual([{ n: stored }]);

	const backup = await failureOf(() => createBackup(database, options.backupsFolder, { ...options, kind: 'daily' }));
	expect(backup.code).toBe('disk-full');
	expect(listBackups(options.backupsFolder)).toEqual([]);

	rmSync(filler);
	run(database, addSetting, { key: 'after', value: 'there is space again' });
	expect(all(database, 'SELECT count(*) AS n FROM settings')).toEqual([{ n: stored + 1 }]);
	expect(all(database, 'PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
});

test('a disk that is full at the start is reported, and the data stays as it is', async (context) => {
	const folder = smallDisk();
	if (folder === null) return context.skip('SKIPPED: mounting a small disk needs root');
	const space = 2 * 1024 * 1024 - 8_192;
	writeFileSync(join(folder, 'holiday-pictures'), new Uint8Array(space));
	const failure = await failureOf(() => openDatabase(openOptions(folder)));
	expect(failure.code).toBe('disk-full');
});

test('a read-only data folder gives one clear failure, and the database stays as it is', async () => {
	const folder = temporaryFolder();
	const options = openOptions(folder);
	closeDatabase((await openDatabase(options)).database);
	const before = statSync(options.path);
	chmodSync(options.path, 0o444);
	chmodSync(folder, 0o555);
	onTestFinished(() => chmodSync(folder, 0o755));
	// Root may write anywhere, so the child becomes the user nobody, who may lack access to the checkout's parent
	// folder. Everything that the child needs from the checkout is therefore loaded first, by opening another database,
	// and the migrations are copied.
	const [warmUp, migrationsFolder] = [temporaryFolder(), temporaryFolder()];
	cpSync(options.migrationsFolder, migrationsFolder, { recursive: true });
	chmodSync(migrationsFolder, 0o755);
	const program = `
		import { openDatabase } from '${import.meta.dirname}/../../../electron/database/open.ts';
		import { closeDatabase } from '${import.meta.dirname}/../../../electron/database/connect.ts';
		const [closed, other] = JSON.parse(process.argv[1]).map((options) => (
			{ ...options, readerEntry: new URL('file:///unused'), log: () => {} }));
		closeDatabase((await openDatabase(other)).database);
		process.getuid?.() === 0 && (process.setgid(65534), process.setuid(65534));
		await openDatabase(closed).then(() => console.log('{}'), (failure) => console.log(JSON.stringify(failure.facts())));`;
	const given = [options, openOptions(warmUp)].map((one) => ({ ...one, migrationsFolder, readerEntry: undefined }));
	const child = spawnSync(process.execPath, ['--input-type=module', '--eval', program, JSON.stringify(given)], {
		encoding: 'utf8',
		cwd: folder,
	});
	const facts = JSON.parse(child.stdout) as { code: string; message: string; next: string[] };
	expect(facts.code).toBe('data-folder-not-writable');
	expect(facts.message).toBe(`Assay can’t write to its data folder ${folder} (EACCES). Your data is untouched.`);
	expect(facts.next.join()).toContain('--data');
	expect(statSync(options.path)).toMatchObject({ size: before.size, mtimeMs: before.mtimeMs });
});

test('a data folder below a file is refused with the reason', async () => {
	const file = join(temporaryFolder(), 'not-a-folder');
	writeFileSync(file, '');
	const failure = await failureOf(() => openDatabase(openOptions(file)));
	expect(failure.code).toBe('data-folder-not-writable');
});
