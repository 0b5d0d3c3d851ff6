import { createStore } from 'zustand/vanilla';
import { defaultSettings } from '../../electron/contract/settings/defaults.ts';
import type { Settings } from '../../electron/contract/settings/schema.ts';
import type { SettingsStore } from '../../renderer/settings/settings-store.ts';

/** Creates a store of settings that nothing stores. */
export function fakeSettings(settings: Partial<Settings> = {}): Pick<SettingsStore, 'state' | 'change'> {
	const state = createStore<Settings>(() => ({ ...defaultSettings, ...settings }));
	return { state, change: (part) => state.setState(part) };
}
