import { chmodSync, existsSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createBackup } from '../../../../electron/database/backups/backup.ts';
import { closeDatabase, connect } from '../../../../electron/database/connect.ts';
import { defaultReaderEntry } from '../../../../electron/database/reader-protocol.ts';
import { run } from '../../../../electron/database/sql.ts';
import { claimDataFolder } from '../../../../electron/hosts/ownership/claim-folder.ts';
import { createPrivateFolder } from '../../../../electron/hosts/ownership/private-folder.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

test('a folder and its parents are created for this user only, and creating it again changes nothing', () => {
	const folder = join(temporaryFolder(), 'a', 'b');
	createPrivateFolder(folder);
	createPrivateFolder(folder);
	expect(statSync(folder).mode & 0o777).toBe(0o700);
});

test('a folder below a file fails', () => {
	const file = join(temporaryFolder(), 'file');
	writeFileSync(file, '');
	expect(() => createPrivateFolder(join(file, 'below'))).toThrow('ENOTDIR');
});

test.skipIf(!existsSync('/proc/self'))('a folder that the file system rejects fails instead of looping forever', () => {
	expect(() => createPrivateFolder('/proc/assay/data')).toThrow('ENOENT');
});

describe.skipIf(process.platform === 'win32')('an existing data folder that others can read', () => {
	const modeOf = (path: string) => (statSync(path).mode & 0o7777).toString(8);

	function openFolder(mode: number): string {
		const folder = join(temporaryFolder(), 'data');
		mkdirSync(join(folder, 'backups'), { recursive: true });
		for (const name of ['assay.db', 'assay.db-wal', 'window.json', 'notes.txt', 'backups/assay-1.db']) {
			writeFileSync(join(folder, name), '');
			chmodSync(join(folder, name), 0o644);
		}
		mkdirSync(join(folder, 'training'));
		for (const name of ['backups', 'training']) chmodSync(join(folder, name), 0o755);
		chmodSync(folder, mode);
		return folder;
	}

	async function claim(folder: string): Promise<void> {
		const owned = await claimDataFolder(folder, { host: 'cli', purpose: 'calls' });
		if (owned.kind === 'owner') owned.release();
	}

	test('is closed to them once Assay uses it, with all conversations in it', async () => {
		const folder = openFolder(0o755);
		const outside = join(temporaryFolder(), 'outside.db');
		writeFileSync(outside, '');
		chmodSync(outside, 0o644);
		symlinkSync(outside, join(folder, 'backups', 'link.db'));
		await claim(folder);
		const names = [
			'',
			'backups',
			'training',
			'assay.db',
			'assay.db-wal',
			'owner.lock',
			'window.json',
			'backups/assay-1.db',
		];
		expect(names.map((name) => modeOf(join(folder, name)))).toEqual([...Array(3).fill('700'), ...Array(5).fill('600')]);
		// Files of others are left alone.
		expect([join(folder, 'notes.txt'), outside].map(modeOf)).toEqual(['644', '644']);
	});

	test('keeps its mode if it is one for everybody, but the conversations are closed', async () => {
		const folder = openFolder(0o1777);
		await claim(folder);
		expect([folder, join(folder, 'assay.db'), join(folder, 'training')].map(modeOf)).toEqual(['1777', '600', '700']);
	});
});

test.skipIf(process.platform === 'win32')('a new database and a new backup are for this user only', async () => {
	const folder = temporaryFolder();
	chmodSync(folder, 0o755);
	const path = join(folder, 'assay.db');
	const database = connect(path);
	try {
		run(database, 'CREATE TABLE things (id INTEGER)');
		const options = { kind: 'daily', now: 1, readerEntry: defaultReaderEntry } as const;
		const backup = await createBackup(database, join(folder, 'backups'), options);
		const files = [path, `${path}-wal`, `${path}-shm`, backup.path];
		expect(files.map((file) => (statSync(file).mode & 0o777).toString(8))).toEqual(Array(4).fill('600'));
	} finally {
		closeDatabase(database);
	}
});
