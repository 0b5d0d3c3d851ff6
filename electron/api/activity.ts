import { homedir, hostname, userInfo } from 'node:os';
import { said } from '../../models/contract/said.ts';
import { readUsage } from '../activity/answer-usage.ts';
import type { LogClearer } from '../activity/clear-log.ts';
import { collectDiagnostics } from '../activity/diagnostics.ts';
import { exportEntries } from '../activity/export-log.ts';
import { getEntry, listEntries } from '../activity/log-entries.ts';
import { createRedact } from '../activity/redact.ts';
import { type FreeContext, freeStorage, type StorageContext, storageUsage } from '../activity/storage.ts';
import type { ModelFile } from '../contract/library/schema.ts';
import type { Settings } from '../contract/settings/schema.ts';
import type { Doctor } from '../contract/system/schema.ts';
import type { BackupSchedule } from '../database/backups/backup-schedule.ts';
import type { Reader } from '../database/reader.ts';
import type { ExclusiveAccess, RunningWork } from './exclusive-access.ts';
import type { Implementer } from './implementer.ts';

export interface ActivityContext {
	/** Reads run on the reader's thread because the log can be long. */
	readonly reader: Reader;
	readonly clearer: LogClearer;
	/** Milliseconds since 1970. */
	readonly clock: () => number;
}

export function activityHandlers(os: Implementer, { reader, clearer, clock }: ActivityContext) {
	const { activity } = os;
	return {
		list: activity.list.handler(({ input, signal }) => listEntries(reader, input, signal)),
		get: activity.get.handler(({ input }) => getEntry(reader, input.id)),
		usage: activity.usage.handler(({ input, signal }) => readUsage(reader, input, clock(), signal)),
		export: activity.export.handler(({ input, signal }) => exportEntries(reader, input, signal)),
		clear: activity.clear.handler(() => clearer.clear()),
		restore: activity.restore.handler(({ input }) => ({ restored: clearer.restore(input.upTo) })),
	};
}

export interface DiagnosticContext extends StorageContext {
	readonly backups: Pick<BackupSchedule, 'list'>;
	readonly clock: () => number;
	readonly settings: () => Settings;
	readonly doctor: () => Promise<Doctor>;
	readonly models: () => readonly ModelFile[];
	/** The last lines of the log. */
	readonly logLines: () => readonly string[];
}

export function diagnosticHandlers({ diagnostics }: Implementer, context: DiagnosticContext) {
	const { dataFolder, reader } = context;
	return {
		collect: diagnostics.collect.handler(async () =>
			collectDiagnostics({
				now: context.clock(),
				dataFolder,
				reader,
				doctor: await context.doctor(),
				settings: context.settings(),
				models: context.models(),
				storage: await storageUsage(context),
				backups: context.backups.list(),
				logLines: context.logLines(),
				redact: createRedact({ dataFolder, home: homedir(), user: userName(), host: hostname() }),
			}),
		),
	};
}

/** Throws if the system has no entry for the user. */
function userName(): string {
	try {
		return userInfo().username;
	} catch {
		return '';
	}
}

export interface StorageCallContext extends Omit<FreeContext, 'downloading'> {
	readonly running: Pick<RunningWork, 'downloads'>;
	readonly exclusive: Pick<ExclusiveAccess, 'alone'>;
}

export function storageHandlers({ storage }: Implementer, context: StorageCallContext) {
	const downloading = context.running.downloads;
	return {
		usage: storage.usage.handler(() => storageUsage(context)),
		free: storage.free.handler(async ({ input }) => {
			const before = await storageUsage(context);
			const work = () => freeStorage({ ...context, downloading }, input.what);
			// Otherwise every write would make the main thread wait for the disk.
			if (input.what === 'database') await context.exclusive.alone(said`The database is being compacted`, work);
			else await work();
			const after = await storageUsage(context);
			return { freedBytes: Math.max(0, before.totalBytes - after.totalBytes), storage: after };
		}),
	};
}
