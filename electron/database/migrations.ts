import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../../models/contract/failure.ts';
import { said } from '../../models/contract/said.ts';
import { errorCodeOf } from '../../models/error-code.ts';
import { connectionOf, type WritableDatabase } from './database.ts';
import { all, run } from './sql.ts';

/** One numbered step of the schema, from a file in `migrations/`. */
interface Migration {
	readonly version: number;
	readonly name: string;
	readonly sql: string;
	/** SHA-256 of the text with Unix line endings, hex: a checkout on Windows must not count as a changed migration. */
	readonly checksum: string;
}

/** `migrations/` is two folders above this file in a checkout, and two above `dist/<host>/` in a build. */
export const defaultMigrationsFolder = join(import.meta.dirname, '..', '..', 'migrations');

/** Reads the `NNNN_name.sql` files. Throws if their numbers are not 1, 2, 3 … without a gap. */
export function readMigrations(folder: string): readonly Migration[] {
	const migrations = readdirSync(folder)
		.filter((file) => file.endsWith('.sql'))
		.sort()
		.map((file) => {
			const match = /^(\d{4})_([a-z0-9_]+)\.sql$/.exec(file);
			if (match === null) throw new Error(`${file} in ${folder} is not named like 0001_name.sql`);
			const sql = readFileSync(join(folder, file), 'utf8').replaceAll('\r\n', '\n');
			const checksum = createHash('sha256').update(sql).digest('hex');
			return { version: Number(match[1]), name: match[2] ?? '', sql, checksum };
		});
	const gap = migrations.findIndex(({ version }, index) => version !== index + 1);
	if (gap !== -1 || migrations.length === 0) {
		throw new Error(`migrations in ${folder} must be numbered 1, 2, 3 …; number ${gap + 1} is missing`);
	}
	return migrations;
}

const ledger = `CREATE TABLE IF NOT EXISTS schema_migrations (
  version    INTEGER PRIMARY KEY,
  name       TEXT NOT NULL,
  checksum   TEXT NOT NULL,
  applied_at INTEGER NOT NULL
) STRICT`;

/** Returns the number of the last migration applied; 0 for an empty database. */
export function schemaVersion(database: WritableDatabase): number {
	return connectionOf(database).pragma('user_version', { simple: true }) as number;
}

/**
 * Returns the migrations still to apply. Throws Failure `database-newer` if the database comes from a newer Assay, and
 * `migration-changed` if an applied migration differs from this Assay's: in both cases this Assay doesn't know what the
 * tables mean.
 */
export function pendingMigrations(database: WritableDatabase, migrations: readonly Migration[]): readonly Migration[] {
	const version = schemaVersion(database);
	if (version === 0) return migrations;
	const newest = migrations.length;
	if (version > newest) {
		throw new Failure({
			code: 'database-newer',
			message: said`This database was last used by a newer Assay (schema ${version}, this version supports up to ${newest}). It was not changed.`,
			next: [said`Start the newer Assay`, said`Or start this version with another data folder: --data <folder>`],
		});
	}
	const applied = all<{ version: number; checksum: string }>(
		database,
		'SELECT version, checksum FROM schema_migrations ORDER BY version',
	);
	for (const { version: number, name, checksum } of migrations.slice(0, version)) {
		if (applied.find((row) => row.version === number)?.checksum !== checksum) {
			throw new Failure({
				code: 'migration-changed',
				message: said`This database was migrated by a different step ${number} (${name}), so its tables may differ. It was not changed.`,
				next: [
					said`Start the Assay that created the database`,
					said`Or start this version with another data folder: --data <folder>`,
				],
			});
		}
	}
	return migrations.slice(version);
}

/**
 * Applies all of `pending` in one transaction, so either all or none. Throws Failure `migration-failed` or `disk-full`
 * and leaves the database as it was.
 */
export function migrate(database: WritableDatabase, pending: readonly Migration[], now: number): void {
	if (pending.length === 0) return;
	const connection = connectionOf(database);
	// Rebuilding a table that others reference requires the checks to be off, and they can't be switched inside a
	// transaction.
	connection.pragma('foreign_keys = OFF');
	try {
		connection
			.transaction(() => {
				connection.exec(ledger);
				for (const { version, name, sql, checksum } of pending) {
					connection.exec(sql);
					run(
						database,
						'INSERT INTO schema_migrations (version, name, checksum, applied_at) VALUES (:version, :name, :checksum, :now)',
						{ version, name, checksum, now },
					);
					connection.pragma(`user_version = ${version}`);
				}
				const broken = connection.pragma('foreign_key_check') as unknown[];
				if (broken.length > 0) throw new Error(`${broken.length} rows would refer to rows that don't exist`);
			})
			.immediate();
	} catch (error) {
		throw migrationFailure(error, pending);
	} finally {
		connection.pragma('foreign_keys = ON');
	}
	connection.pragma('optimize');
}

function migrationFailure(error: unknown, pending: readonly Migration[]): unknown {
	const code = errorCodeOf(error);
	const blameTheDisk = /^SQLITE_(FULL|IOERR|READONLY|CORRUPT|BUSY|NOTADB)/.test(code);
	if (error instanceof Failure || blameTheDisk) return error;
	return new Failure(
		{
			code: 'migration-failed',
			message: said`Couldn’t update the database to schema ${pending.at(-1)?.version ?? ''}. It was not changed.`,
			next: [said`Use the previous version of Assay`, said`Report the problem with its details`],
			detail: error instanceof Error ? error.message : String(error),
		},
		{ cause: error },
	);
}
