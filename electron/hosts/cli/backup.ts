import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { Failure } from '../../../models/contract/failure.ts';
import { failureOf } from '../../api/call-failure.ts';
import type { Backup, BackupCheck, BackupContents } from '../../contract/database/schema.ts';
import { checkBackup } from '../../database/backups/backup.ts';
import { putBackupInPlace } from '../../database/backups/recover-damage.ts';
import { defaultMigrationsFolder, readMigrations } from '../../database/migrations.ts';
import { defaultReaderEntry } from '../../database/reader-protocol.ts';
import { formatBytes } from '../../text/format-bytes.ts';
import { claimDataFolder } from '../ownership/claim-folder.ts';
import { closeCode } from '../transport/connection.ts';
import { type AddCommands, type CommandContext, examples } from './command.ts';
import { exitCode, UsageError } from './exit-codes.ts';
import { counted, moment, table } from './table.ts';
import { withApplication } from './with-application.ts';

/** Failures that stop this Assay from opening the database, although it could open a backup in its place. */
const unopened: readonly string[] = ['database-newer', 'migration-changed', 'migration-failed', 'database-damaged'];

/**
 * Restores a backup if the application can't be opened because of `cause` (e.g. an older Assay after an update): sets
 * the database aside and deletes nothing. Throws `cause` itself if it is about something else.
 */
async function restoreClosed(
	{ dataFolder, interrupt }: CommandContext,
	path: string,
	cause: Failure,
): Promise<{ kept: string; contents: BackupContents }> {
	if (!unopened.includes(cause.code)) throw cause;
	const { contents } = await checkBackup(path, { entry: defaultReaderEntry });
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
				? `${path} is damaged or not a backup. Nothing was changed.`
				: `${path} is from a newer Assay, too (schema ${schema}, this version supports up to ${known}). Nothing was changed.`,
		next: ['Choose another file from the backups folder in the data folder', 'Start the newer Assay'],
	});
}

export const addBackup: AddCommands = (program, execute) => {
	const backup = program.command('backup').description('create, verify and restore backups');
	backup
		.command('list')
		.description('list backups, newest first')
		.addHelpText('after', examples('backup list', 'backup list --json'))
		.action((_options, command: Command) => execute(command, listBackups));
	backup
		.command('create')
		.description('create and verify a backup')
		.addHelpText('after', examples('backup create'))
		.action((_options, command: Command) => execute(command, createBackup));
	backup
		.command('verify [file]')
		.description('verify a backup, by default the newest')
		.addHelpText('after', examples('backup verify', 'backup verify backups/assay-2026-11-24T12-00-00-000Z.db'))
		.action((file: string | undefined, _options, command: Command) =>
			execute(command, (context) => verifyBackup(context, file)),
		);
	backup
		.command('restore <file>')
		.description('restore a backup; current data is backed up first')
		.option('--yes', 'confirm')
		.addHelpText('after', examples('backup restore --yes backups/assay-2026-11-24T12-00-00-000Z.db'))
		.action((file: string, { yes }: { yes?: boolean }, command: Command) =>
			execute(command, (context) => restoreBackup(context, file, yes ?? false)),
		);
};

const kinds: Readonly<Record<Backup['kind'], string>> = {
	daily: '',
	'before-update': 'before update',
	'before-restore': 'before restore',
};

async function listBackups(context: CommandContext): Promise<number> {
	const { folder, backups } = await withApplication(context, (client) => client.backups.list());
	const rows = backups.map(({ path, kind, createdAt, sizeBytes }) => [
		moment(createdAt),
		formatBytes(sizeBytes),
		kinds[kind],
		path,
	]);
	const shown = rows.length > 0 ? table(['MADE', 'SIZE', 'KIND', 'FILE'], rows) : `No backups yet in ${folder}`;
	context.output.result({ folder, backups }, shown);
	return exitCode.done;
}

async function createBackup(context: CommandContext): Promise<number> {
	const backup = await withApplication(context, (client) => client.backups.create());
	context.output.result({ backup }, `Created and verified ${backup.path}, ${formatBytes(backup.sizeBytes)}`);
	return exitCode.done;
}

async function verifyBackup(context: CommandContext, file: string | undefined): Promise<number> {
	const check = await withApplication(context, async (client) => {
		const path = file === undefined ? (await client.backups.list()).backups[0]?.path : resolve(file);
		if (path === undefined) throw new UsageError('no backups yet: give a file, or create one with backup create');
		return client.backups.verify({ path });
	});
	context.output.result({ check }, describeCheck(check));
	return check.ok ? exitCode.done : exitCode.checkFailed;
}

function describeCheck({ path, ok, fault, sizeBytes, contents }: BackupCheck): string {
	if (!ok || contents === null) return `FAIL  ${path}: ${fault ?? 'it cannot be read'}`;
	const { conversations, messages, newestAt } = contents;
	const newest = newestAt === null ? '' : `, the newest from ${moment(newestAt)}`;
	return `ok    ${path}: ${formatBytes(sizeBytes)}, ${counted(conversations, 'conversation')}, ${counted(messages, 'message')}${newest}`;
}

async function restoreBackup(context: CommandContext, file: string, yes: boolean): Promise<number> {
	if (!yes) {
		throw new UsageError(
			'this replaces all conversations, settings and the model list (current data is backed up first): add --yes to confirm',
		);
	}
	const path = resolve(file);
	const { kept, contents } = await withApplication(context, async (client) => {
		const restored = await client.backups.restore({ path });
		return { kept: restored.kept.path, contents: restored.contents };
	}).catch((error: unknown) => restoreClosed(context, path, failureOf(error)));
	context.output.result(
		{ kept, contents },
		`Restored ${counted(contents.conversations, 'conversation')}\nPrevious data: ${kept}`,
	);
	return exitCode.done;
}
