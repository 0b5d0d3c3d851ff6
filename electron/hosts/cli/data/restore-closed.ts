import { join } from 'node:path';
import { Failure } from '../../../../models/contract/failure.ts';
import type { BackupContents } from '../../../contract/data/backup.ts';
import { checkBackup } from '../../../database/backups/check.ts';
import { putBackupInPlace } from '../../../database/backups/damage.ts';
import { defaultMigrationsFolder, readMigrations } from '../../../database/migrations.ts';
import { defaultReaderEntry } from '../../../database/reader/protocol.ts';
import { claimDataFolder } from '../../ownership/claim.ts';
import { closeCode } from '../../transport/connection.ts';
import type { CommandContext } from '../command.ts';

/** What keeps this Assay from opening the database, while a backup could still be opened in its place. */
const unopened: readonly string[] = ['database-newer', 'migration-changed', 'migration-failed', 'database-damaged'];

/**
 * Restores where the application can't be opened for `cause` (an older Assay after an update, say): the database is
 * set aside, nothing is deleted. Throws `cause` itself where it is about something else.
 */
export async function restoreClosed(
	{ dataFolder, interrupt }: CommandContext,
	path: string,
	cause: Failure,
): Promise<{ kept: string; contents: BackupContents }> {
	if (!unopened.includes(cause.code)) throw cause;
	const { contents } = await checkBackup(path, defaultReaderEntry);
	const known = readMigrations(defaultMigrationsFolder).length;
	if (contents === null || contents.schema > known) throw tooNewOrDamaged(path, contents?.schema ?? null, known);
	const claim = await claimDataFolder(dataFolder, { host: 'cli', purpose: 'calls', signal: interrupt.signal });
	if (claim.kind === 'guest') {
		claim.connection.close(closeCode.normal, 'done');
		throw cause;
	}
	try {
		const database = join(dataFolder, 'assay.db');
		const kept = await putBackupInPlace(database, path, Date.now(), defaultReaderEntry, 'replaced');
		return { kept: kept ?? database, contents };
	} finally {
		claim.release();
	}
}

function tooNewOrDamaged(path: string, schema: number | null, known: number): Failure {
	return new Failure({
		code: schema === null ? 'backup-damaged' : 'database-newer',
		message:
			schema === null
				? `${path} is damaged or no backup, so it was not restored. Nothing was changed.`
				: `${path} is of a newer Assay too (schema ${schema}; this one knows up to ${known}). Nothing was changed.`,
		next: ['Choose another file of the folder backups in the data folder', 'Start the newer Assay'],
	});
}
