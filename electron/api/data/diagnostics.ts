import { homedir, hostname, userInfo } from 'node:os';
import { collectDiagnostics } from '../../activity/diagnostics/collect.ts';
import { createRedact } from '../../activity/diagnostics/redact.ts';
import { type StorageContext, storageUsage } from '../../activity/storage/usage.ts';
import type { ModelFile } from '../../contract/model.ts';
import type { Settings } from '../../contract/setting.ts';
import type { Doctor } from '../../contract/system.ts';
import type { BackupSchedule } from '../../database/backups/keeper.ts';
import type { Implementer } from '../implementer.ts';

export interface DiagnosticContext extends StorageContext {
	readonly backups: Pick<BackupSchedule, 'list'>;
	readonly clock: () => number;
	readonly settings: () => Settings;
	readonly doctor: () => Promise<Doctor>;
	readonly models: () => readonly ModelFile[];
	/** The log's last lines. */
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

/** Throws on systems where the user has no entry. */
function userName(): string {
	try {
		return userInfo().username;
	} catch {
		return '';
	}
}
