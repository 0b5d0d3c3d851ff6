import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { recoverInterrupted } from '../../../electron/conversation/answer/recover-interrupted.ts';
import { createBackup, listBackups } from '../../../electron/database/backups/backup.ts';
import { closeDatabase } from '../../../electron/database/connect.ts';
import { connectionOf, type WritableDatabase } from '../../../electron/database/database.ts';
import { type OpenOptions, openDatabase } from '../../../electron/database/open.ts';
import { all, run, transaction } from '../../../electron/database/sql.ts';
import { openForTest, openOptions } from '../../support/database.ts';
import { failureOf } from '../../support/failure.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const addConversation = 'INSERT INTO conversations (title, created_at, updated_at) VALUES (:title, 1, 1)';

function titles(database: WritableDatabase): string[] {
	return all<{ title: string }>(database, 'SELECT title FROM conversations ORDER BY id').map(({ title }) => title);
}

/** A closed database with 201 conversations; the backup has only the first. */
async function folderWithBackup(): Promise<OpenOptions> {
	const options = openOptions(temporaryFolder());
	const { database } = await openDatabase(options);
	run(database, addConversation, { title: 'in the backup' });
	await createBackup(database, options.backupsFolder, { ...options, kind: 'daily' });
	for (let index = 0; index < 200; index += 1) run(database, addConversation, { title: `later ${'x'.repeat(500)}` });
	closeDatabase(database);
	return options;
}

/** Overwrites pages in the middle of the file. */
function scribble(path: string): void {
	const bytes = readFileSync(path);
	bytes.fill(0xa5, 4096 * 8, 4096 * 20);
	writeFileSync(path, bytes);
}

describe('openDatabase', () => {
	test('sets the options that durability and safety depend on', async () => {
		const { database } = await openForTest(openOptions(temporaryFolder()));
		const pragma = (name: string) => connectionOf(database).pragma(name, { simple: true });
		expect({
			journal: pragma('journal_mode'),
			synchronous: pragma('synchronous'),
			foreignKeys: pragma('foreign_keys'),
			busyTimeout: pragma('busy_timeout'),
			trustedSchema: pragma('trusted_schema'),
		}).toEqual({ journal: 'wal', synchronous: 2, foreignKeys: 1, busyTimeout: 5000, trustedSchema: 0 });
	});

	test('finds what was written when it opens the database again', async () => {
		const options = openOptions(temporaryFolder());
		const { database } = await openDatabase(options);
		run(database, addConversation, { title: 'kept' });
		closeDatabase(database);
		expect(readdirSync(join(options.path, '..'))).toEqual(['assay.db']);
		expect(titles((await openForTest(options)).database)).toEqual(['kept']);
	});
});

describe('a damaged database', () => {
	const damages: [string, (path: string) => void][] = [
		['overwritten with other data', (path) => writeFileSync(path, 'Dear diary, '.repeat(5_000))],
		['with damaged pages', scribble],
		['cut in half', (path) => truncateSync(path, Math.floor(readFileSync(path).length / 8192) * 4096)],
		['emptied', (path) => truncateSync(path, 0)],
	];

	test.each(damages)('%s is set aside, and the newest sound backup opened', async (_, damage) => {
		const options = await folderWithBackup();
		damage(options.path);
		const damaged = readFileSync(options.path);
		const { database, notice } = await openForTest(options);
		expect(titles(database)).toEqual(['in the backup']);
		const aside = readdirSync(join(options.path, '..')).find((name) => name.startsWith('assay.db.damaged-')) ?? '';
		expect(readFileSync(join(options.path, '..', aside)).equals(damaged)).toBe(true);
		expect(notice?.message).toContain(aside);
		expect(notice?.message).toContain('2026-11-24 12:00 UTC');
		expect(notice?.next.length).toBeGreaterThan(0);
	});

	test('is replaced by an older backup if the newest is damaged too', async () => {
		const options = await folderWithBackup();
		const newest = join(options.backupsFolder, 'assay-2026-11-24T13-00-00-000Z.db');
		copyFileSync(listBackups(options.backupsFolder)[0]?.path ?? '', newest);
		scribble(newest);
		scribble(options.path);
		const { database, notice } = await openForTest(options);
		expect(titles(database)).toEqual(['in the backup']);
		expect(notice?.message).toContain('12:00 UTC');
	});

	test('is set aside for an empty one if there is no backup', async () => {
		const options = openOptions(temporaryFolder());
		mkdirSync(join(options.path, '..'), { recursive: true });
		writeFileSync(options.path, 'not a database at all '.repeat(1_000));
		const { database, notice } = await openForTest(options);
		expect(titles(database)).toEqual([]);
		expect(notice?.message).toMatch(/no backup was usable.*kept as .*damaged-2026/s);
	});

	test('can be refused instead, with the backup named and nothing touched', async () => {
		const options = await folderWithBackup();
		scribble(options.path);
		const before = readFileSync(options.path);
		const failure = await failureOf(() => openDatabase({ ...options, onDamage: 'refuse' }));
		expect(failure.code).toBe('database-damaged');
		expect(failure.next.join()).toContain(listBackups(options.backupsFolder)[0]?.path);
		expect(readFileSync(options.path).equals(before)).toBe(true);
	});

	test('takes its write-ahead log along when it is set aside', async () => {
		const options = await folderWithBackup();
		scribble(options.path);
		writeFileSync(`${options.path}-wal`, 'what a log may hold');
		await openForTest(options);
		const kept = readdirSync(join(options.path, '..')).filter((name) => name.includes('.damaged-'));
		expect(kept.some((name) => name.endsWith('-wal'))).toBe(true);
	});

	test('is marked if the damage is noticed in use or in a backup, and the next start repairs it', async () => {
		const options = await folderWithBackup();
		const { database } = await openDatabase(options);
		scribble(options.path);
		connectionOf(database).pragma('shrink_memory');
		const failure = await failureOf(() => createBackup(database, options.backupsFolder, { ...options, kind: 'daily' }));
		expect(failure.code).toBe('backup-damaged');
		expect(existsSync(`${options.path}-suspect`)).toBe(true);
		connectionOf(database).close();
		const second = await openForTest(options);
		expect(second.notice?.message).toContain('newest good backup');
		expect(existsSync(`${options.path}-suspect`)).toBe(false);
	});
});

describe('a damaged search index', () => {
	test('is rebuilt from the messages, without opening a backup', async () => {
		const options = await folderWithBackup();
		const { database } = await openDatabase(options);
		transaction(database, () => {
			for (let index = 0; index < 3_000; index += 1) {
				run(
					database,
					`INSERT INTO messages (conversation_id, role, status, content, created_at)
					 VALUES (1, 'assistant', iif(:index = 7, 'streaming', 'complete'), iif(:index = 7, '', 'heron ' || :index), 1)`,
					{ index },
				);
			}
		});
		connectionOf(database).unsafeMode(true).exec('DELETE FROM messages_fts_data WHERE id > 20');
		const search = `SELECT count(*) AS n FROM messages_fts WHERE messages_fts MATCH 'heron'`;
		const failure = await failureOf(() => all(database, search));
		expect(failure.code).toBe('search-index-damaged');
		expect(failure.next).toEqual(['Restart Assay to rebuild the index']);
		closeDatabase(database);

		const second = await openForTest(options);
		expect(second.notice).toBeNull();
		expect(titles(second.database)).toHaveLength(201);
		expect(all(second.database, search)).toEqual([{ n: 2_999 }]);
		recoverInterrupted(second.database, 1);
		run(second.database, `INSERT INTO messages_fts (messages_fts, rank) VALUES ('integrity-check', 1)`);
	});
});
