import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One numbered step of the schema, as it lies in `migrations/`. */
export interface Migration {
	readonly version: number;
	readonly name: string;
	readonly sql: string;
	/** SHA-256 of the text with Unix line ends, hex: a checkout on Windows must not look like a changed migration. */
	readonly checksum: string;
}

/** In a checkout `migrations/` lies two folders above this file, and two above `dist/<host>/` in a build. */
export const defaultMigrationsFolder = join(import.meta.dirname, '..', '..', 'migrations');

/** Reads `NNNN_name.sql` files. Throws where their numbers don't run 1, 2, 3 … without a gap. */
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
