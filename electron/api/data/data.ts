import type { Settings } from '../../contract/setting.ts';
import type { Doctor } from '../../contract/system.ts';
import type { BackupSchedule } from '../../database/backups/keeper.ts';
import type { Reader } from '../../database/reader/reader.ts';
import type { EventBus } from '../../events.ts';
import type { ModelLibrary } from '../../library/model-service.ts';
import type { Implementer } from '../implementer.ts';
import { backupHandlers } from './backups.ts';
import { diagnosticHandlers } from './diagnostics.ts';
import type { ExclusiveAccess } from './exclusive.ts';
import { followRunningWork } from './running.ts';
import { storageHandlers } from './storage.ts';

/** What the calls need that are about the data folder as a whole. */
export interface DataContext {
	readonly dataFolder: string;
	readonly databasePath: string;
	readonly migrationsFolder: string;
	readonly readerEntry: URL;
	readonly reader: Reader;
	readonly backups: BackupSchedule;
	readonly events: EventBus;
	readonly clock: () => number;
	readonly settings: () => Settings;
	readonly library: Pick<ModelLibrary, 'all'>;
	readonly exclusive: ExclusiveAccess;
	/** Stops and keeps answers, unloads models. */
	readonly rest: () => Promise<void>;
	/** Everything is of another time now: recovers what the restored rows left unfinished, and tells every page. */
	readonly onReplaced: (notice: string) => void;
	readonly logLines: () => readonly string[];
}

/** `backups`, `storage` and `diagnostics`. */
export function dataHandlers(os: Implementer, context: DataContext, doctor: () => Promise<Doctor>) {
	const running = followRunningWork(context.events);
	const models = context.library.all;
	return {
		backups: backupHandlers(os, { ...context, running }),
		storage: storageHandlers(os, { ...context, running, models }),
		diagnostics: diagnosticHandlers(os, { ...context, models, doctor }),
	};
}
