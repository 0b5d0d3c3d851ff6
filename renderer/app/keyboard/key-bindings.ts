import type { StoreApi } from 'zustand/vanilla';
import type { CustomKeys } from '../../../electron/contract/settings/shortcut-keys.ts';
import { getWindowBridge } from '../../connection/window-bridge.ts';
import { formatCombination, readCombination } from './key-combination.ts';
import { type Shortcut, type ShortcutId, shortcuts } from './shortcuts.ts';

export type { ShortcutId } from './shortcuts.ts';

/** Where the page runs: in a browser tab, the browser owns some keys. */
export type KeyHost = keyof CustomKeys;

export function detectKeyHost(): KeyHost {
	return getWindowBridge() === undefined ? 'tab' : 'window';
}

let custom: CustomKeys = { window: {}, tab: {} };

/** Applies the key settings now and whenever they change. */
export function followKeyBindings(settings: StoreApi<{ keys: CustomKeys }>): () => void {
	custom = settings.getState().keys;
	return settings.subscribe(({ keys }) => {
		custom = keys;
	});
}

/**
 * Returns a shortcut's combination among the given keys; '' if it has none. A key that the user gave to another shortcut
 * stays there, whatever the defaults of a newer version say.
 */
export function resolveCombination(shortcut: Shortcut, keys: CustomKeys, place = detectKeyHost()): string {
	const usual = shortcut[place];
	return keys[place][shortcut.id] ?? (Object.values(keys[place]).includes(usual) ? '' : usual);
}

/** Finds the shortcut for a key press, if any. */
export function findShortcut(event: KeyboardEvent): ShortcutId | null {
	const pressed = readCombination(event);
	if (pressed === null) return null;
	return shortcuts.find((shortcut) => resolveCombination(shortcut, custom) === pressed)?.id ?? null;
}

/** Formats a shortcut for menus and tooltips: "Ctrl K", "Cmd K", "Alt N"; '' if it has none. */
export function formatShortcut(id: ShortcutId): string {
	const shortcut = shortcuts.find((one) => one.id === id);
	return shortcut === undefined ? '' : formatCombination(resolveCombination(shortcut, custom));
}
