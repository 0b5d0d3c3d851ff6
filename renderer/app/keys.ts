import type { StoreApi } from 'zustand/vanilla';
import type { CustomKeys } from '../../electron/contract/setting/keys.ts';
import { windowBridge } from '../connection/bridge.ts';
import { combinationName, combinationOf } from './keyboard/combination.ts';
import { type Shortcut, type ShortcutId, shortcuts } from './keyboard/shortcuts.ts';

export type { ShortcutId } from './keyboard/shortcuts.ts';

/** Where the page runs: a browser tab leaves some keys to the browser. */
export type KeyPlace = keyof CustomKeys;

export function keyPlace(): KeyPlace {
	return windowBridge() === undefined ? 'tab' : 'window';
}

let custom: CustomKeys = { window: {}, tab: {} };

/** Takes the keys from the settings, now and whenever they change. */
export function followKeys(settings: StoreApi<{ keys: CustomKeys }>): () => void {
	custom = settings.getState().keys;
	return settings.subscribe(({ keys }) => {
		custom = keys;
	});
}

/** The combination of a shortcut among the given keys; '' where it has none. */
export function activeCombination(shortcut: Shortcut, keys: CustomKeys, place = keyPlace()): string {
	return keys[place][shortcut.id] ?? shortcut[place];
}

/** Which shortcut a key press is, if any. */
export function shortcutOf(event: KeyboardEvent): ShortcutId | null {
	const pressed = combinationOf(event);
	if (pressed === null) return null;
	return shortcuts.find((shortcut) => activeCombination(shortcut, custom) === pressed)?.id ?? null;
}

/** "Ctrl K", "Cmd K", "Alt N": as the key is written in menus and tooltips; '' where it has none. */
export function keysOf(id: ShortcutId): string {
	const shortcut = shortcuts.find((one) => one.id === id);
	return shortcut === undefined ? '' : combinationName(activeCombination(shortcut, custom));
}
