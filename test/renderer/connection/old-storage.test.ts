import { expect, test } from 'vitest';
import { defaultSettings } from '../../../electron/contract/settings/defaults.ts';
import type { Settings } from '../../../electron/contract/settings/schema.ts';
import type { Client } from '../../../renderer/connection/connection.ts';
import { moveToApplication, type OldStorage } from '../../../renderer/connection/old-storage.ts';

/** Moves old settings to an application with these; returns what it was sent. */
async function sentWith(now: Partial<Settings>, settings: OldStorage['settings']): Promise<readonly unknown[]> {
	const sent: unknown[] = [];
	const client = {
		settings: {
			get: async () => ({ ...defaultSettings, ...now }),
			set: async (part: unknown) => void sent.push(part),
		},
		prompts: { drafts: async () => ({ drafts: [] }) },
	};
	await moveToApplication(client as unknown as Client, { settings, promptDrafts: [] });
	return sent;
}

test('settings of an earlier version are moved unless the application has newer ones', async () => {
	expect(await sentWith({}, { openFolderIds: [3], lastDatasetId: 7 })).toEqual([
		{ openFolderIds: [3], lastDatasetId: 7 },
	]);
	expect(await sentWith({ lastDatasetId: 9 }, { openFolderIds: [3], lastDatasetId: 7 })).toEqual([
		{ openFolderIds: [3] },
	]);
});

test('if there are none to move, none are stored', async () => {
	expect(await sentWith({ openFolderIds: [1] }, { openFolderIds: [3] })).toEqual([]);
	expect(await sentWith({}, {})).toEqual([]);
});
