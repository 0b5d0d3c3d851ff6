import { defaultSettings } from '../contract/settings/defaults.ts';
import { type Settings, settingsSchema } from '../contract/settings/schema.ts';
import type { ReadableDatabase, WritableDatabase } from '../database/database.ts';
import { all, run, transaction } from '../database/sql.ts';

type Key = keyof Settings;

/** Reads all settings. A stored value that no longer fits its key (from an older Assay) counts as not set. */
export function readSettings(database: ReadableDatabase): Settings {
	const rows = all<{ key: string; value: string }>(database, 'SELECT key, value FROM settings');
	// Few are stored, and this is read several times per request of another program.
	const values = rows.flatMap(({ key, value }) => {
		if (!Object.hasOwn(settingsSchema.shape, key)) return [];
		const parsed = settingsSchema.shape[key as Key].safeParse(parseJson(value));
		return parsed.success ? [[key, parsed.data] as const] : [];
	});
	return { ...defaultSettings, ...Object.fromEntries(values) };
}

/** Stores the given keys in one transaction and returns all settings. */
export function writeSettings(
	database: WritableDatabase,
	changes: { readonly [K in Key]?: Settings[K] | undefined },
	now: number,
): Settings {
	transaction(database, () => {
		for (const [key, value] of Object.entries(changes)) {
			if (value === undefined) continue;
			run(
				database,
				`INSERT INTO settings (key, value, updated_at) VALUES (:key, :value, :now)
				 ON CONFLICT (key) DO UPDATE SET value = :value, updated_at = :now`,
				{ key, value: JSON.stringify(value), now },
			);
		}
	});
	return readSettings(database);
}

function parseJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
