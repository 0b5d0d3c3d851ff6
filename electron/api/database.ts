import { Failure } from '../../models/contract/failure.ts';
import { amount, type Said, said } from '../../models/contract/said.ts';
import type { Backup } from '../contract/database/schema.ts';
import type { Settings } from '../contract/settings/schema.ts';
import type { Doctor } from '../contract/system/schema.ts';
import { type BackupFile, checkBackup, removeBackup } from '../database/backups/backup.ts';
import type { BackupSchedule } from '../database/backups/backup-schedule.ts';
import { prepareRestore } from '../database/backups/restore-backup.ts';
import type { Reader } from '../database/reader.ts';
import type { FileContents } from '../database/reader-protocol.ts';
import type { EventBus } from '../events.ts';
import type { ModelLibrary } from '../library/model-service.ts';
import { diagnosticHandlers, storageHandlers } from './activity.ts';
import { type ExclusiveAccess, followRunningWork, type RunningWork } from './exclusive-access.ts';
import type { Implementer } from './implementer.ts';

export interface BackupContext {
	readonly backups: BackupSchedule;
	/** Path of the database in use. */
	readonly databasePath: string;
	readonly migrationsFolder: string;
	readonly readerEntry: URL;
	readonly nodeBinary: string | undefined;
	readonly clock: () => number;
	readonly exclusive: Pick<ExclusiveAccess, 'alone'>;
	readonly running: Pick<RunningWork, 'jobs'>;
	/**
	 * Stops and saves answers that are being written, stops deletions, and unloads models. Deletions may go on once the
	 * returned function is called.
	 */
	readonly rest: () => Promise<() => Promise<void>>;
	/** Recovers what the restored rows left unfinished, and tells every page that the data was replaced. */
	readonly onReplaced: (notice: Said) => void;
}

function backupHandlers({ backups: os }: Implementer, context: BackupContext) {
	const { backups, readerEntry, nodeBinary } = context;
	let restoring = false;
	return {
		list: os.list.handler(() => ({ folder: backups.folder, backups: backups.list().map(backupView) })),
		create: os.create.handler(async () => backupView(await backups.backupNow())),
		verify: os.verify.handler(({ input }) => checkBackup(input.path, { entry: readerEntry, nodeBinary })),
		restore: os.restore.handler(({ input }) => {
			if (restoring) throw restoreRunning();
			if (context.running.jobs()) throw jobRunning();
			restoring = true;
			return restore(context, input.path).finally(() => {
				restoring = false;
			});
		}),
		remove: os.remove.handler(({ input }) => ({ freedBytes: removeBackup(backups.folder, input.path) })),
	};
}

async function restore(context: BackupContext, source: string): Promise<{ kept: Backup; contents: FileContents }> {
	const { backups, databasePath: path, migrationsFolder, readerEntry, nodeBinary, clock } = context;
	const prepared = await prepareRestore({ path, source, migrationsFolder, readerEntry, nodeBinary, now: clock() });
	const { contents } = prepared;
	try {
		return await context.exclusive.alone(said`A backup is being restored`, async () => {
			const goOn = await context.rest();
			try {
				// Taken now that nothing writes any more, so that it includes the last write.
				const kept = await backups.backupNow('before-restore');
				await prepared.replace();
				context.onReplaced(noticeOf(contents, kept));
				return { kept: backupView(kept), contents };
			} finally {
				await goOn();
			}
		});
	} finally {
		prepared.discard();
	}
}

function jobRunning(): Failure {
	return new Failure({
		code: 'job-running',
		message: said`An import or export is running and would continue in the restored data.`,
		next: [said`Wait until it is done`, said`Cancel it`],
	});
}

function restoreRunning(): Failure {
	return new Failure({
		code: 'restore-running',
		message: said`A backup is being restored already.`,
		next: [said`Wait until that is done`],
	});
}

function noticeOf({ conversations, newestAt }: FileContents, kept: BackupFile): Said {
	const count = said`${amount(conversations, 'conversation')}`;
	if (newestAt === null) {
		return said`A backup was restored: ${count}. The data from before is kept as ${kept.path}.`;
	}
	const when = new Date(newestAt).toISOString().slice(0, 16).replace('T', ' ');
	return said`A backup was restored: ${count}, up to ${when} UTC. The data from before is kept as ${kept.path}.`;
}

function backupView({ path, kind, createdAt, sizeBytes }: BackupFile): Backup {
	return { path, kind, createdAt, sizeBytes };
}

/** Dependencies of the calls that concern the data folder as a whole. */
export interface DataContext {
	readonly dataFolder: string;
	readonly databasePath: string;
	readonly migrationsFolder: string;
	readonly readerEntry: URL;
	/** A real Node binary for parser processes; undefined: the one that runs this process. */
	readonly nodeBinary: string | undefined;
	readonly reader: Reader;
	readonly backups: BackupSchedule;
	readonly events: EventBus;
	readonly clock: () => number;
	readonly settings: () => Settings;
	readonly library: Pick<ModelLibrary, 'all'>;
	readonly exclusive: ExclusiveAccess;
	/**
	 * Stops and saves answers that are being written, stops deletions, and unloads models. Deletions may go on once the
	 * returned function is called.
	 */
	readonly rest: () => Promise<() => Promise<void>>;
	/** Recovers what the restored rows left unfinished, and tells every page that the data was replaced. */
	readonly onReplaced: (notice: Said) => void;
	readonly logLines: () => readonly string[];
}

/** Handlers of `backups`, `storage` and `diagnostics`. */
export function dataHandlers(os: Implementer, context: DataContext, doctor: () => Promise<Doctor>) {
	const running = followRunningWork(context.events);
	const models = context.library.all;
	return {
		backups: backupHandlers(os, { ...context, running }),
		storage: storageHandlers(os, { ...context, running, models }),
		diagnostics: diagnosticHandlers(os, { ...context, models, doctor }),
	};
}
