import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
	type GenerationRow,
	generationColumns,
	generationOf,
} from '../../../electron/conversation/store/generations.ts';
import { readOptions } from '../../../electron/conversation/store/options.ts';
import { listBackups } from '../../../electron/database/backups/backup.ts';
import { closeDatabase, connect } from '../../../electron/database/connect.ts';
import { connectionOf, type WritableDatabase } from '../../../electron/database/database.ts';
import {
	defaultMigrationsFolder,
	migrate,
	pendingMigrations,
	readMigrations,
	schemaVersion,
} from '../../../electron/database/migrations.ts';
import { all, run } from '../../../electron/database/sql.ts';
import { listKeys } from '../../../electron/server/keys.ts';
import { listPresets } from '../../../electron/settings/presets.ts';
import { openForTest, openOptions } from '../../support/database.ts';
import { failureOf } from '../../support/failure.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const migrations = readMigrations(defaultMigrationsFolder);

/** Creates a database as that version of Assay left it, and fills it. */
function databaseAt(path: string, version: number, fill: (database: WritableDatabase) => void = () => {}): void {
	const database = connect(path);
	migrate(database, migrations.slice(0, version), 1);
	fill(database);
	closeDatabase(database);
}

const files = new Map<number, Buffer>();

/** The file of a database as that version of Assay left it; each is made once, from the one before. */
function fileAt(version: number): Buffer {
	const known = files.get(version);
	if (known !== undefined) return known;
	const path = join(temporaryFolder(), 'assay.db');
	if (version > 1) writeFileSync(path, fileAt(version - 1));
	const database = connect(path);
	migrate(database, migrations.slice(version - 1, version), 1);
	closeDatabase(database);
	const file = readFileSync(path);
	files.set(version, file);
	return file;
}

function schemaOf(database: WritableDatabase): unknown {
	return all(database, 'SELECT type, name, sql FROM sqlite_schema ORDER BY type, name');
}

let fromEmpty: unknown;

/** The schema that an empty database gets when it is opened; read once. */
async function schemaFromEmpty(): Promise<unknown> {
	if (fromEmpty === undefined) {
		const { database } = await openForTest(openOptions(temporaryFolder()));
		fromEmpty = schemaOf(database);
	}
	return fromEmpty;
}

describe('migrations', () => {
	test('lead from an empty database to the newest schema, each recorded with its checksum', async () => {
		const { database, notice } = await openForTest(openOptions(temporaryFolder()));
		expect(notice).toBeNull();
		expect(schemaVersion(database)).toBe(migrations.length);
		expect(all(database, 'SELECT version, name, checksum FROM schema_migrations')).toEqual(
			migrations.map(({ version, name, checksum }) => ({ version, name, checksum })),
		);
		expect(all(database, 'PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
	});

	test.each(migrations.map(({ version }) => version))(
		'lead from version %i to the same schema as from an empty database',
		async (from) => {
			const path = join(temporaryFolder(), 'assay.db');
			writeFileSync(path, fileAt(from));
			const database = connect(path);
			onTestFinished(() => closeDatabase(database));
			// Without the backup that opening it makes first: that takes longer than all migrations.
			migrate(database, pendingMigrations(database, migrations), 1);
			expect(schemaOf(database)).toEqual(await schemaFromEmpty());
		},
	);

	test('keep the outputs of old runs with their rows, and delete them together', async () => {
		const folder = temporaryFolder();
		databaseAt(join(folder, 'assay.db'), 20, (database) => {
			run(database, `INSERT INTO datasets (id, name, created_at, updated_at) VALUES (1, 'd', 1, 1)`);
			run(database, 'INSERT INTO dataset_versions (id, dataset_id, number, created_at) VALUES (1, 1, 1, 1)');
			run(
				database,
				`INSERT INTO samples (id, dataset_id, key, input, sha256, created_at) VALUES (1, 1, 'k', 'i', 'h', 1)`,
			);
			run(
				database,
				`INSERT INTO eval_runs (id, name, config, manifest, manifest_hash, status, dataset_version_id, created_at)
				 VALUES (1, 'r', '{}', '{}', 'h', 'done', 1, 1)`,
			);
			run(database, `INSERT INTO eval_arms (id, run_id, position, technique, parameters) VALUES (1, 1, 0, '{}', '{}')`);
			for (const [id, position] of [
				[7, 0],
				[9, 1],
			] as const) {
				run(
					database,
					`INSERT INTO eval_results (id, arm_id, shard, sample_id, position, epoch, status, output, answer, detail, token_ids, ms)
					 VALUES (:id, 1, 0, 1, :position, 0, 'done', printf('out %d', :id), 'a', '{"votes":[]}', x'01', 2.5)`,
					{ id, position },
				);
				run(database, `INSERT INTO scores (result_id, scorer, value) VALUES (:id, 'exact', 1)`, { id });
			}
		});
		const { database } = await openForTest(openOptions(folder));
		const rows = all<{ token: Uint8Array }>(
			database,
			`SELECT r.id, position, output, detail, hex(token_ids) AS token, answer, ms, s.value FROM eval_results r
			 JOIN eval_outputs o ON o.id = r.output_id JOIN scores s ON s.result_id = r.id ORDER BY r.id`,
		);
		const same = { detail: '{"votes":[]}', token: '01', answer: 'a', ms: 2.5, value: 1 };
		expect(rows).toEqual([
			{ id: 7, position: 0, output: 'out 7', ...same },
			{ id: 9, position: 1, output: 'out 9', ...same },
		]);
		run(database, 'DELETE FROM eval_runs');
		for (const table of ['eval_results', 'eval_outputs', 'scores'])
			expect(all(database, `SELECT * FROM ${table}`)).toEqual([]);
	});

	test('keep presets, options and answers of version 21, with samplers of later versions switched off', async () => {
		const folder = temporaryFolder();
		databaseAt(join(folder, 'assay.db'), 21, (database) => {
			run(database, `INSERT INTO presets (name, top_k, created_at, updated_at) VALUES ('p', 5, 1, 1)`);
			run(database, `INSERT INTO conversations (id, title, top_k, created_at, updated_at) VALUES (1, 'c', 6, 1, 1)`);
			run(
				database,
				`INSERT INTO messages (id, conversation_id, role, status, content, created_at)
				 VALUES (1, 1, 'assistant', 'complete', 'a', 1)`,
			);
			run(
				database,
				`INSERT INTO generations (message_id, model_name, quantization, temperature, top_k, top_p, min_p,
				   repeat_penalty, stop, seed) VALUES (1, 'm', 'Q8_0', 0.5, 7, 0.9, 0.1, 1.2, '[]', 3)`,
			);
		});
		const { database } = await openForTest(openOptions(folder));
		expect(listPresets(database).map(({ sampling }) => sampling)).toEqual([{ topK: 5 }]);
		expect(readOptions(database, 1).sampling).toEqual({ topK: 6 });
		const [row] = all<GenerationRow>(database, `SELECT ${generationColumns} FROM generations g`);
		expect(row && generationOf(row).sampling).toEqual({
			temperature: 0.5,
			topK: 7,
			topP: 0.9,
			minP: 0.1,
			repeatPenalty: 1.2,
			maxTokens: null,
			stop: [],
			seed: 3,
		});
	});

	test('index the titles and final messages of version 1, but no unfinished one', async () => {
		const folder = temporaryFolder();
		databaseAt(join(folder, 'assay.db'), 1, (database) => {
			run(database, `INSERT INTO conversations (id, title, created_at, updated_at) VALUES (1, 'Kestrel notes', 1, 1)`);
			for (const status of ['complete', 'streaming']) {
				run(
					database,
					`INSERT INTO messages (conversation_id, role, status, content, created_at)
					 VALUES (1, 'assistant', :status, 'a heron is ' || :status, 1)`,
					{ status },
				);
			}
		});
		const { database } = await openForTest(openOptions(folder));
		expect(all(database, `SELECT text FROM messages_fts WHERE messages_fts MATCH 'heron'`)).toEqual([
			{ text: 'a heron is complete' },
		]);
		expect(all(database, `SELECT text FROM conversations_fts WHERE conversations_fts MATCH 'kestrel'`)).toHaveLength(1);
		run(database, `INSERT INTO messages_fts (messages_fts, rank) VALUES ('integrity-check', 0)`);
	});

	test('keep a checked backup from before', async () => {
		const folder = temporaryFolder();
		databaseAt(join(folder, 'assay.db'), 1);
		const options = openOptions(folder);
		await openForTest(options);
		const [copy] = listBackups(options.backupsFolder);
		expect(copy).toMatchObject({ kind: 'before-update', createdAt: options.now });
		const before = connect(copy?.path ?? '');
		expect(schemaVersion(before)).toBe(1);
		closeDatabase(before);
	});

	test('are not applied to a database from a newer Assay, which stays as it was', async () => {
		const folder = temporaryFolder();
		const path = join(folder, 'assay.db');
		databaseAt(path, migrations.length, (database) =>
			connectionOf(database).pragma(`user_version = ${migrations.length + 7}`),
		);
		const before = readFileSync(path);
		const failure = await failureOf(() => openForTest(openOptions(folder)));
		expect(failure.code).toBe('database-newer');
		expect(failure.message).toContain(
			`schema ${migrations.length + 7}, this version supports up to ${migrations.length}`,
		);
		expect(readFileSync(path).equals(before)).toBe(true);
	});

	test('are refused if an applied one has changed since', async () => {
		const folder = temporaryFolder();
		databaseAt(join(folder, 'assay.db'), 1);
		const migrationsFolder = join(folder, 'migrations');
		cpSync(defaultMigrationsFolder, migrationsFolder, { recursive: true });
		const first = join(migrationsFolder, '0001_foundation.sql');
		writeFileSync(first, `${readFileSync(first, 'utf8')}\nCREATE TABLE surprise (id INTEGER PRIMARY KEY) STRICT;`);
		const failure = await failureOf(() => openForTest(openOptions(folder, { migrationsFolder })));
		expect(failure.code).toBe('migration-changed');
		expect(failure.message).toContain('step 1 (foundation)');
	});

	test('have the same checksum with Windows line endings', () => {
		const folder = temporaryFolder();
		for (const { version, name, sql } of migrations) {
			writeFileSync(join(folder, `${String(version).padStart(4, '0')}_${name}.sql`), sql.replaceAll('\n', '\r\n'));
		}
		expect(readMigrations(folder)).toEqual(migrations);
	});

	test('leave the database at its old version if they fail', async () => {
		const folder = temporaryFolder();
		const path = join(folder, 'assay.db');
		databaseAt(path, 1, (database) =>
			run(database, `INSERT INTO conversations (title, created_at, updated_at) VALUES ('kept', 1, 1)`),
		);
		const migrationsFolder = join(folder, 'migrations');
		cpSync(defaultMigrationsFolder, migrationsFolder, { recursive: true });
		writeFileSync(
			join(migrationsFolder, '0002_search.sql'),
			'CREATE TABLE half (id INTEGER) STRICT; DROP TABLE nothing;',
		);
		const failure = await failureOf(() => openForTest(openOptions(folder, { migrationsFolder })));
		expect(failure.code).toBe('migration-failed');
		const database = connect(path);
		expect(schemaVersion(database)).toBe(1);
		expect(pendingMigrations(database, migrations)).toHaveLength(migrations.length - 1);
		expect(all(database, `SELECT name FROM sqlite_schema WHERE name = 'half'`)).toEqual([]);
		expect(all(database, 'SELECT title FROM conversations')).toEqual([{ title: 'kept' }]);
		closeDatabase(database);
	});

	test('keep the keys of version 28, with the general limits', async () => {
		const folder = temporaryFolder();
		databaseAt(join(folder, 'assay.db'), 28, (database) => {
			run(
				database,
				`INSERT INTO server_keys (name, hash, beginning, scopes, created_at)
				 VALUES ('Editor', x'01', 'sk-assay-7Qd2', '["inference"]', 1)`,
			);
		});
		const { database } = await openForTest(openOptions(folder));
		expect(listKeys(database)).toMatchObject([
			{ name: 'Editor', scopes: ['inference'], limits: { perMinute: null, atOnce: null } },
		]);
		expect(all(database, 'SELECT * FROM server_requests')).toEqual([]);
	});

	test('keep the index of version 33 whole when its messages are deleted, and index steps from then on', async () => {
		const folder = temporaryFolder();
		databaseAt(join(folder, 'assay.db'), 33, (database) => {
			run(database, `INSERT INTO conversations (id, title, created_at, updated_at) VALUES (1, 'c', 1, 1)`);
			for (const text of ['a heron, 日本語', 'two herons']) {
				run(
					database,
					`INSERT INTO messages (conversation_id, role, status, content, created_at)
					 VALUES (1, 'assistant', 'complete', :text, 1)`,
					{ text },
				);
			}
		});
		const { database } = await openForTest(openOptions(folder));
		const found = (word: string) =>
			all(database, 'SELECT rowid FROM messages_fts WHERE messages_fts MATCH :word', { word }).length;
		expect([found('heron'), found('日本')]).toEqual([1, 1]);
		run(database, 'DELETE FROM messages WHERE id = 1');
		expect([found('heron'), found('herons'), found('日本')]).toEqual([0, 1, 0]);
		run(database, `INSERT INTO messages_fts (messages_fts, rank) VALUES ('integrity-check', 0)`);
	});

	test('are rolled back if they would break a foreign key', async () => {
		const folder = temporaryFolder();
		databaseAt(join(folder, 'assay.db'), 1, (database) => {
			run(database, `INSERT INTO conversations (id, title, created_at, updated_at) VALUES (1, 'kept', 1, 1)`);
			run(
				database,
				`INSERT INTO messages (conversation_id, role, status, content, created_at) VALUES (1, 'user', 'complete', '', 1)`,
			);
		});
		const migrationsFolder = join(folder, 'migrations');
		cpSync(defaultMigrationsFolder, migrationsFolder, { recursive: true });
		const second = join(migrationsFolder, '0002_search.sql');
		writeFileSync(second, `${readFileSync(second, 'utf8')}\nDELETE FROM conversations;`);
		const failure = await failureOf(() => openForTest(openOptions(folder, { migrationsFolder })));
		expect(failure.detail).toContain('1 rows would refer to rows that don');
	});

	test('are numbered without a gap', () => {
		const folder = temporaryFolder();
		writeFileSync(join(folder, '0001_a.sql'), '');
		writeFileSync(join(folder, '0003_c.sql'), '');
		expect(() => readMigrations(folder)).toThrow('number 2 is missing');
	});

	test('create only STRICT tables, with an index for every foreign key', async () => {
		const { database } = await openForTest(openOptions(temporaryFolder()));
		const loose = all<{ name: string }>(
			database,
			`SELECT name FROM pragma_table_list WHERE type = 'table' AND schema = 'main' AND strict = 0 AND name NOT LIKE 'sqlite_%'`,
		);
		expect(loose).toEqual([]);
		const unindexed = all<{ key: string }>(
			database,
			`SELECT t.name || '.' || f."from" AS key
			 FROM pragma_table_list t JOIN pragma_foreign_key_list(t.name) f
			 WHERE t.type = 'table' AND NOT EXISTS (
			   SELECT 1 FROM pragma_index_list(t.name) i JOIN pragma_index_info(i.name) c
			   WHERE c.seqno = 0 AND c.name = f."from")
			 -- An integer that is the whole key is the row's own number.
			 AND NOT EXISTS (
			   SELECT 1 FROM pragma_table_info(t.name) c WHERE c.pk = 1 AND c.name = f."from" AND c.type = 'INTEGER'
			   AND (SELECT count(*) FROM pragma_table_info(t.name) p WHERE p.pk > 0) = 1)`,
		);
		expect(unindexed).toEqual([]);
	});
});
