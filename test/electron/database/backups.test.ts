import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { type BackupFile, createBackup, listBackups } from '../../../electron/database/backups/backup.ts';
import { expiredBackups } from '../../../electron/database/backups/backup-retention.ts';
import { scheduleBackups } from '../../../electron/database/backups/backup-schedule.ts';
import { putBackupInPlace } from '../../../electron/database/backups/recover-damage.ts';
import { closeDatabase, connect } from '../../../electron/database/connect.ts';
import { runFileTask } from '../../../electron/database/reader.ts';
import { defaultReaderEntry } from '../../../electron/database/reader-protocol.ts';
import { all, run, transaction } from '../../../electron/database/sql.ts';
import { createDatabase } from '../../support/database.ts';
import { failureOf } from '../../support/failure.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const now = Date.UTC(2026, 10, 24, 12, 34, 56, 789);
const hourMs = 3_600_000;
const options = { kind: 'daily', now, readerEntry: defaultReaderEntry } as const;
const addSetting = 'INSERT INTO settings (key, value, updated_at) VALUES (:key, :value, 1)';

function backupAt(createdAt: number, kind: BackupFile['kind'] = 'daily'): BackupFile {
	return { path: `/backups/${createdAt}`, kind, createdAt, sizeBytes: 1 };
}

describe('a backup', () => {
	test('is one checked file with everything committed', async () => {
		const { database } = createDatabase();
		const folder = join(temporaryFolder(), 'backups');
		run(database, addSetting, { key: 'a', value: '1' });
		const backup = await createBackup(database, folder, options);
		expect(readdirSync(folder)).toEqual(['assay-2026-11-24T12-34-56-789Z.db']);
		expect(listBackups(folder)).toEqual([backup]);
		expect(backup.createdAt).toBe(now);
		const copy = connect(backup.path);
		expect(all(copy, 'SELECT key, value FROM settings')).toEqual([{ key: 'a', value: '1' }]);
		closeDatabase(copy);
	});

	test('is complete although the database is written meanwhile', async () => {
		const { database } = createDatabase();
		const folder = join(temporaryFolder(), 'backups');
		transaction(database, () => {
			for (let index = 0; index < 2_000; index += 1) {
				run(database, addSetting, { key: `k${index}`, value: 'x'.repeat(2_000) });
			}
		});
		let writes = 0;
		const timer = setInterval(() => {
			run(database, addSetting, { key: `during${writes}`, value: 'y'.repeat(2_000) });
			writes += 1;
		}, 1);
		const backup = await createBackup(database, folder, options);
		clearInterval(timer);
		expect(writes).toBeGreaterThan(0);
		expect(await runFileTask({ kind: 'verify', path: backup.path }, defaultReaderEntry)).toBe('ok');
		const copy = connect(backup.path);
		expect(all(copy, `SELECT count(*) AS n FROM settings WHERE key LIKE 'k%'`)).toEqual([{ n: 2_000 }]);
		closeDatabase(copy);
	});

	test('removes the partial copy of a killed process', async () => {
		const { database } = createDatabase();
		const folder = temporaryFolder();
		writeFileSync(join(folder, 'assay-2026-11-23T00-00-00-000Z.db.partial'), 'half');
		await createBackup(database, folder, options);
		expect(readdirSync(folder)).toEqual(['assay-2026-11-24T12-34-56-789Z.db']);
		expect(listBackups(folder)).toHaveLength(1);
	});

	test('is not restored if it is damaged, and the database stays', async () => {
		const { database, path } = createDatabase();
		run(database, addSetting, { key: 'a', value: '1' });
		const bad = join(temporaryFolder(), 'assay-2026-11-24T00-00-00-000Z.db');
		writeFileSync(bad, 'nothing that SQLite knows');
		const failure = await failureOf(() => putBackupInPlace(path, bad, now, defaultReaderEntry));
		expect(failure.code).toBe('backup-damaged');
		expect(all(database, 'SELECT key FROM settings')).toEqual([{ key: 'a' }]);
	});
});

describe('retention', () => {
	test('keeps the newest three, seven days, five weeks and two from before updates', () => {
		const hourly = Array.from({ length: 24 * 60 }, (_, index) => backupAt(now - index * hourMs));
		const updates = [1, 2, 3].map((index) => backupAt(now - index * 1_000, 'before-update'));
		const expired = new Set(expiredBackups([...hourly, ...updates]));
		const kept = [...hourly, ...updates].filter((backup) => !expired.has(backup));
		const ageInHours = ({ createdAt }: BackupFile): number => Math.round((now - createdAt) / hourMs);
		expect(kept.filter(({ kind }) => kind === 'daily').map(ageInHours)).toEqual([
			0, 1, 2,
			// The newest of each UTC day.
			13, 37, 61, 85, 109, 133,
			// The newest of each week; weeks count from a Thursday, as 1970 did.
			301, 469, 637,
		]);
		expect(kept.filter(({ kind }) => kind === 'before-update')).toEqual(updates.slice(0, 2));
	});

	test('never deletes a backup only because time passed without new ones', () => {
		const old = [1, 2, 3].map((index) => backupAt(now - index * 400 * 24 * hourMs));
		expect(expiredBackups(old)).toEqual([]);
	});

	test('reaches back at least three weeks after a year of daily backups', () => {
		let kept: readonly BackupFile[] = [];
		for (let day = 0; day < 365; day += 1) {
			kept = [...kept, backupAt(now + day * 24 * hourMs)];
			const expired = new Set(expiredBackups(kept));
			kept = kept.filter((backup) => !expired.has(backup));
			const oldest = Math.min(...kept.map(({ createdAt }) => createdAt));
			if (day >= 35) expect(now + day * 24 * hourMs - oldest).toBeGreaterThanOrEqual(21 * 24 * hourMs);
			expect(kept.length).toBeLessThanOrEqual(14);
		}
	});
});

test('the schedule creates one backup at a time and deletes expired ones', async () => {
	const { database, path } = createDatabase();
	const folder = join(temporaryFolder(), 'backups');
	let time = now;
	const keeper = scheduleBackups({
		database,
		path,
		folder,
		readerEntry: defaultReaderEntry,
		clock: () => {
			time += 1_000;
			return time;
		},
		log: () => {},
	});
	const made = await Promise.all([1, 2, 3, 4, 5].map(() => keeper.backupNow()));
	await keeper.stop();
	expect(keeper.list().map(({ createdAt }) => createdAt)).toEqual(
		made
			.map(({ createdAt }) => createdAt)
			.slice(-3)
			.reverse(),
	);
});

test('a backups folder that can’t be read is logged, and the next check tries again', async () => {
	vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
	onTestFinished(() => void vi.useRealTimers());
	const { database, path } = createDatabase();
	const folder = join(temporaryFolder(), 'backups');
	writeFileSync(folder, 'not a folder');
	const log: string[] = [];
	const keeper = scheduleBackups({
		database,
		path,
		folder,
		readerEntry: defaultReaderEntry,
		clock: () => now,
		log: (line) => log.push(line),
	});
	await vi.advanceTimersByTimeAsync(15 * 60_000);
	await keeper.stop();
	expect(log).toEqual(Array.from({ length: 2 }, () => expect.stringContaining('backup: failed: ENOTDIR')));
});
