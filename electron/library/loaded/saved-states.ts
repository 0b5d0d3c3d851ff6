import { join } from 'node:path';
import type { SavedStateOptions } from '../../../models/contract/load.ts';
import { readSettings } from '../../settings/settings.ts';
import type { LibrarySeam } from '../model-service.ts';

/** Below the data folder. */
export const statesFolderName = 'states';

/** Where a model keeps the states of conversations; nothing where the settings allow none. */
export function savedStateOptions({ database, dataFolder }: Pick<LibrarySeam, 'database' | 'dataFolder'>): {
	readonly savedStates?: SavedStateOptions;
} {
	const limitBytes = readSettings(database).stateLimitMb * 1_000_000;
	if (limitBytes === 0) return {};
	return { savedStates: { folder: join(dataFolder, statesFolderName), limitBytes } };
}
