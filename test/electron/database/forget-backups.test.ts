import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { backupCutoff, backupRetentionMs } from '../../../electron/conversation/organise/trash-retention.ts';
import { createBackup, listBackups } from '../../../electron/database/backups/backup.ts';
import { scheduleBackups } from '../../../electron/database/backups/backup-schedule.ts';
import { putBackupInPlace } from '../../../electron/database/backups/recover-damage.ts';
import { prepareRestore } from '../../../electron/database/backups/restore-backup.ts';
import { closeDatabase, connect } from '../../../electron/database/connect.ts';
import { defaultMigrationsFolder } from '../../../electron/database/migrations.ts';
import { defaultReaderEntry } from '../../../electron/database/reader-protocol.ts';
import { all, run } from '../../../electron/database/sql.ts';
import { createDatabase } from '../../support/database.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const dayMs = 86_400_000;
const start = Date.UTC(2026, 10, 24);

/** Three days of backups, the first from before an update; the first two contain a secret. */
async function withBackups(forgetBefore: () => number | null) {
	const { database, path } = createDatabase();
	const folder = join(temporaryFolder(), 'backups');
	const readerEntry = defaultReaderEntry;
	let now = start + 40 * dayMs;
	const keeper = scheduleBackups({
		database,
		path,
		folder,
		readerEntry,
		cutoff: forgetBefore,
		clock: () => now,
		log: () => {},
	});
	run(database, `INSERT INTO settings (key, value, updated_at) VALUES ('secret', '"heliotrope"', 1)`);
	await createBackup(database, folder, { kind: 'before-update', now: start, readerEntry });
	await createBackup(database, folder, { kind: 'daily', now: start + dayMs, readerEntry });
	run(database, `DELETE FROM settings WHERE key = 'secret'`);
	const holding = () =>
		listBackups(folder).filter((backup) => readFileSync(backup.path, 'latin1').includes('heliotrope')).length;
	return {
		keeper,
		folder,
		holding,
		addDaily: (at: number) => createBackup(database, folder, { kind: 'daily', now: at, readerEntry }),
		setNow: (at: number) => {
			now = at;
		},
	};
}

describe('backups that contain deleted data', () => {
	test('are all replaced by a new one on request, even those from before an update', async () => {
		const { keeper, folder, holding, addDaily } = await withBackups(() => null);
		await addDaily(start + 2 * dayMs);
		expect(holding()).toBe(2);
		expect(await keeper.replaceAll()).toBe(3);
		await keeper.stop();
		expect(listBackups(folder).map(({ createdAt }) => createdAt)).toEqual([start + 40 * dayMs]);
		expect(holding()).toBe(0);
	});

	test('are deleted at the given time, and newer ones stay', async () => {
		const { keeper, folder, holding, addDaily } = await withBackups(() => start + 1.5 * dayMs);
		await addDaily(start + 2 * dayMs);
		await keeper.forget();
		await keeper.stop();
		expect(listBackups(folder).map(({ createdAt }) => createdAt)).toEqual([start + 2 * dayMs]);
		expect(holding()).toBe(0);
	});

	test('are deleted only after a newer one replaces them', async () => {
		const { keeper, folder, holding } = await withBackups(() => start + 1.5 * dayMs);
		await keeper.forget();
		await keeper.stop();
		expect(listBackups(folder).map(({ createdAt }) => createdAt)).toEqual([start + 40 * dayMs]);
		expect(holding()).toBe(0);
	});
});

describe('a restored backup', () => {
	const deletedAt = start + 2 * dayMs;

	/** Two backups from before a deletion. */
	async function withDeletion() {
		const { database, path } = createDatabase();
		const folder = join(temporaryFolder(), 'backups');
		const readerEntry = defaultReaderEntry;
		const files = [];
		for (const now of [start, start + dayMs]) {
			files.push(await createBackup(database, folder, { kind: 'daily', now, readerEntry }));
		}
		run(database, 'INSERT INTO trash_emptied (at) VALUES (:deletedAt)', { deletedAt });
		return { database, path, folder, readerEntry, source: files[1]!.path };
	}

	test('knows the deletions after it, so that older backups still go in time', async () => {
		const { database, path, folder, readerEntry, source } = await withDeletion();
		const migrationsFolder = defaultMigrationsFolder;
		const now = deletedAt + dayMs;
		const prepared = await prepareRestore({ path, source, migrationsFolder, readerEntry, now });
		// A deletion until the last moment counts.
		run(database, 'INSERT INTO trash_emptied (at) VALUES (:at)', { at: deletedAt + 1 });
		await prepared.replace();
		prepared.discard();
		const times = all<{ at: number }>(database, 'SELECT at FROM trash_emptied ORDER BY at');
		expect(times).toEqual([{ at: deletedAt }, { at: deletedAt + 1 }]);
		let clock = now;
		const keeper = scheduleBackups({
			...{ database, path, folder, readerEntry, clock: () => clock, log: () => {} },
			cutoff: () => backupCutoff(database, clock),
		});
		await keeper.forget();
		expect(keeper.list()).toHaveLength(2);
		clock = deletedAt + 1 + backupRetentionMs;
		await keeper.forget();
		expect(keeper.list().map(({ createdAt }) => createdAt)).toEqual([clock]);
		await keeper.stop();
	});

	test('knows them, too, if it takes the place of a database that could not be opened', async () => {
		const { database, path, readerEntry, source } = await withDeletion();
		closeDatabase(database);
		await putBackupInPlace(path, source, start + 3 * dayMs, readerEntry);
		const restored = connect(path);
		expect(all(restored, 'SELECT at FROM trash_emptied')).toEqual([{ at: deletedAt }]);
		closeDatabase(restored);
	});
});
