import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { defaultSettings } from '../../../electron/contract/settings/defaults.ts';
import type { Settings } from '../../../electron/contract/settings/schema.ts';
import type { Connection } from '../../../renderer/connection/connection.ts';
import { createSettingsStore } from '../../../renderer/settings/settings-store.ts';
import { pageToLeave } from '../../support/leave-page.ts';

beforeEach(() => {
	vi.useFakeTimers();
});
afterEach(() => {
	vi.useRealTimers();
	vi.unstubAllGlobals();
});

/** Creates a store over an application that keeps what it is sent. */
function storeOfSettings() {
	const sent: Partial<Settings>[] = [];
	const now = () => Object.assign({}, defaultSettings, ...sent) as Settings;
	const settings = {
		get: async () => now(),
		set: async (part: Partial<Settings>) => {
			sent.push(part);
			return now();
		},
	};
	const store = createSettingsStore({ client: { settings } } as unknown as Connection, () => {});
	return { store, sent };
}

test('a change made right before the page is left is stored', async () => {
	const leave = pageToLeave();
	const { store, sent } = storeOfSettings();
	store.change({ theme: 'dark' });
	leave();
	await vi.advanceTimersByTimeAsync(1000);
	expect(sent).toEqual([{ theme: 'dark' }]);
});

test('settings that are fetched during the pause store the change, and nothing is stored after it', async () => {
	const { store, sent } = storeOfSettings();
	store.change({ theme: 'dark' });
	await store.refresh();
	await vi.advanceTimersByTimeAsync(1000);
	expect(sent).toEqual([{ theme: 'dark' }]);
	expect(store.state.getState().theme).toBe('dark');
});
