import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { prepareRestore } from '../../../electron/database/backups/restore-backup.ts';
import { defaultMigrationsFolder } from '../../../electron/database/migrations.ts';
import { failureOf } from '../../support/failure.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

test('a copy that yields more than a backup can is refused for that, by the name of the file', async () => {
	const folder = temporaryFolder();
	const source = join(folder, 'chosen.db');
	writeFileSync(source, 'read by a script');
	const failure = await failureOf(() =>
		prepareRestore({
			path: join(folder, 'assay.db'),
			source,
			migrationsFolder: defaultMigrationsFolder,
			readerEntry: new URL('./verbose-reader.ts', import.meta.url),
			now: 1,
		}),
	);
	expect(failure).toMatchObject({
		code: 'file-yields-too-much',
		message: `The backup ${source} yields more than 1 MB. Nothing was changed.`,
	});
});
