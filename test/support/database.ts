import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { closeDatabase, connect } from '../../electron/database/connect.ts';
import type { WritableDatabase } from '../../electron/database/database.ts';
import {
	defaultMigrationsFolder,
	migrate,
	pendingMigrations,
	readMigrations,
} from '../../electron/database/migrations.ts';
import { type OpenOptions, openDatabase } from '../../electron/database/open.ts';
import { createReader, type Reader } from '../../electron/database/reader.ts';
import { defaultReaderEntry } from '../../electron/database/reader-protocol.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** Options of `openDatabase` for a temporary data folder. */
export function openOptions(folder: string, changes: Partial<OpenOptions> = {}): OpenOptions {
	return {
		path: join(folder, 'assay.db'),
		backupsFolder: join(folder, 'backups'),
		migrationsFolder: defaultMigrationsFolder,
		readerEntry: defaultReaderEntry,
		now: Date.UTC(2026, 10, 24, 12),
		log: () => {},
		onDamage: 'restore',
		...changes,
	};
}

/** Opens a database and closes it when the test ends. */
export async function openForTest(options: OpenOptions): ReturnType<typeof openDatabase> {
	const opened = await openDatabase(options);
	onTestFinished(() => closeDatabase(opened.database));
	return opened;
}

let newest: Buffer | undefined;

/** A database file with the newest schema. It is migrated once: the others are copies, which cost a thirtieth. */
function newestSchema(): Buffer {
	if (newest !== undefined) return newest;
	const folder = mkdtempSync(join(tmpdir(), 'assay-schema-'));
	const path = join(folder, 'assay.db');
	const database = connect(path);
	migrate(database, pendingMigrations(database, readMigrations(defaultMigrationsFolder)), 1);
	closeDatabase(database);
	newest = readFileSync(path);
	rmSync(folder, { recursive: true });
	return newest;
}

/** Gives a data folder an empty database, unless it has one: an application that opens it has nothing to migrate. */
export function addEmptyDatabase(dataFolder: string): void {
	const path = join(dataFolder, 'assay.db');
	if (existsSync(path)) return;
	mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
	writeFileSync(path, newestSchema(), { mode: 0o600 });
}

/** Creates a database file with the newest schema; closed and removed when the test ends. */
export function createDatabase(): { database: WritableDatabase; path: string } {
	const path = join(temporaryFolder(), 'assay.db');
	writeFileSync(path, newestSchema());
	const database = connect(path);
	onTestFinished(() => closeDatabase(database));
	return { database, path };
}

/** Opens a reader thread on the file; ended when the test ends. */
export function openReader(path: string): Reader {
	const reader = createReader(path, defaultReaderEntry);
	onTestFinished(() => reader.close());
	return reader;
}
