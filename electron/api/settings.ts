import type { WritableDatabase } from '../database/database.ts';
import type { EventBus } from '../events.ts';
import { findPreset } from '../settings/presets.ts';
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
			if (before.defaultPresetId !== after.defaultPresetId) {
				const nameOf = (id: number | null): string | null =>
					id === null ? null : (findPreset(context.database, id)?.name ?? null);
				const names = { name: nameOf(after.defaultPresetId), before: nameOf(before.defaultPresetId) };
				context.events.publish({ type: 'default-changed', what: 'preset', modelFileId: null, ...names });
			}
			if (before.networkBlocked !== after.networkBlocked) context.publishStatus();
			return after;
		}),
	};
}
