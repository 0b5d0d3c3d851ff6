import type { WritableDatabase } from '../database/database.ts';
import type { EventBus } from '../events.ts';
import { readSettings, writeSettings } from '../settings/settings.ts';
import type { Implementer } from './implementer.ts';

export interface SettingContext {
	readonly database: WritableDatabase;
	readonly events: EventBus;
	readonly clock: () => number;
	/** Announces the state that the status bar shows. */
	readonly publishStatus: () => void;
}

export function settingHandlers(os: Implementer, context: SettingContext) {
	const { settings } = os;
	return {
		get: settings.get.handler(() => readSettings(context.database)),
		set: settings.set.handler(({ input }) => {
			const before = readSettings(context.database);
			const after = writeSettings(context.database, input, context.clock());
			context.events.publish({ type: 'settings-changed' });
			if (before.networkBlocked !== after.networkBlocked) context.publishStatus();
			return after;
		}),
	};
}
