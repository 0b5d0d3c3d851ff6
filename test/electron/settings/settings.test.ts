import { expect, test } from 'vitest';
import { defaultSettings } from '../../../electron/contract/settings/defaults.ts';
import { run } from '../../../electron/database/sql.ts';
import { readSettings, writeSettings } from '../../../electron/settings/settings.ts';
import { createDatabase } from '../../support/database.ts';

test('a setting that was never set has its default', () => {
	expect(readSettings(createDatabase().database)).toEqual(defaultSettings);
});

test('a stored setting stays, and nothing else changes', () => {
	const { database } = createDatabase();
	const sampling = { ...defaultSettings.sampling, temperature: 0, stop: ['\n\n'] };
	writeSettings(database, { theme: 'dark', sampling }, 1);
	expect(writeSettings(database, { listWidth: 300, theme: undefined }, 2)).toEqual({
		...defaultSettings,
		theme: 'dark',
		sampling,
		listWidth: 300,
	});
});

test('a stored value that no longer fits counts as not set', () => {
	const { database } = createDatabase();
	for (const [key, value] of [
		['theme', '"purple"'],
		['listWidth', 'not JSON'],
		['unheardOf', '1'],
	] as const) {
		run(database, 'INSERT INTO settings (key, value, updated_at) VALUES (:key, :value, 1)', { key, value });
	}
	expect(readSettings(database)).toEqual(defaultSettings);
});
