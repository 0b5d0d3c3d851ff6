import type { CustomKeys } from '../../../electron/contract/settings/shortcut-keys.ts';
import { t } from '../../messages/t.ts';
import { type KeyHost, resolveCombination } from './key-bindings.ts';
import { formatCombination } from './key-combination.ts';
import { type Shortcut, type ShortcutId, shortcuts } from './shortcuts.ts';

/** Whether a combination can be used for a shortcut. */
export type CombinationCheck =
	| { readonly kind: 'free' }
	/** Another shortcut uses it; the user can reassign it. */
	| { readonly kind: 'taken'; readonly by: Shortcut }
	/** It is unavailable, with the reason. */
	| { readonly kind: 'refused'; readonly why: string };

const typingKeys =
	/^(?:Key[A-Z]|Digit\d|Comma|Period|Slash|Backslash|BracketLeft|BracketRight|Semicolon|Quote|Backquote)$/;
const functionKey = /^F(?:[1-9]|1\d|2[0-4])$/;

const editing = new Set(['KeyA', 'KeyC', 'KeyV', 'KeyX', 'KeyY', 'KeyZ'].map((code) => `Mod+${code}`));
for (const code of ['KeyV', 'KeyZ']) editing.add(`Mod+Shift+${code}`);

/** F6 moves between regions, F2 renames in the list; the others belong to the browser or the system. */
const ownedFunctionKeys = new Set(['F1', 'F2', 'F5', 'F6', 'F11', 'F12']);

/** A page never receives these: the browser handles them first. */
const browserKeys = new Set(
	['KeyN', 'KeyT', 'KeyW'].flatMap((code) => [`Mod+${code}`, `Mod+Shift+${code}`]).concat('Mod+KeyQ', 'Mod+Shift+KeyQ'),
);

/** Keys of window menu items that the window handles itself (electron/shell/menu.ts). */
const menuKeys = new Set(['Mod+KeyQ', 'Mod+KeyW', 'Mod+KeyM', 'Mod+KeyH', 'Mod+Shift+KeyR', 'Mod+Shift+KeyI']);

/** Checks whether the shortcut `id` can use `combination`, given all current keys. */
export function checkCombination(
	combination: string,
	id: ShortcutId,
	keys: CustomKeys,
	place: KeyHost,
): CombinationCheck {
	const own = shortcuts.find((one) => one.id === id)?.[place];
	const why = combination === own ? null : explainRefusal(combination, place);
	if (why !== null) return { kind: 'refused', why };
	const by = shortcuts.find((one) => one.id !== id && resolveCombination(one, keys, place) === combination);
	return by === undefined ? { kind: 'free' } : { kind: 'taken', by };
}

function explainRefusal(combination: string, place: KeyHost): string | null {
	const code = combination.split('+').at(-1) ?? '';
	const held = combination.startsWith('Mod+') || combination.startsWith('Alt+');
	const name = formatCombination(combination);
	if (functionKey.test(code)) {
		return ownedFunctionKeys.has(code) && !held ? t('{name} is already in use.', { name }) : null;
	}
	if (/^(?:Equal|Minus|Digit0|Numpad(?:Add|Subtract|0))$/.test(code) && combination.startsWith('Mod+')) {
		return t('{name} zooms the page.', { name });
	}
	if (!typingKeys.test(code)) return t('{name} is reserved for moving around and editing text.', { name });
	if (!held)
		return t('{name} types text. Combine it with {first} or {second}.', {
			name,
			first: formatCombination('Mod'),
			second: formatCombination('Alt'),
		});
	if (editing.has(combination)) return t('{name} is reserved for editing text.', { name });
	if (place === 'tab' && browserKeys.has(combination)) return t('{name} is reserved by the browser.', { name });
	if (place === 'window' && menuKeys.has(combination)) return t('{name} is used by the window’s menu.', { name });
	return null;
}

/**
 * Assigns `combination` to `id` and removes it from any other shortcut. The default combination counts as unchanged.
 */
export function assignKey(combination: string, id: ShortcutId, keys: CustomKeys, place: KeyHost): CustomKeys {
	const changed: Record<string, string> = { ...keys[place] };
	for (const shortcut of shortcuts) {
		const taken = combination !== '' && resolveCombination(shortcut, keys, place) === combination;
		if (shortcut.id !== id && taken) changed[shortcut.id] = '';
		if (shortcut.id !== id) continue;
		if (shortcut[place] === combination) delete changed[id];
		else changed[id] = combination;
	}
	return { ...keys, [place]: changed };
}

/** Resets `id` to its default key and removes that key from any other shortcut. */
export function resetKey(id: ShortcutId, keys: CustomKeys, place: KeyHost): CustomKeys {
	const shortcut = shortcuts.find((one) => one.id === id);
	return shortcut === undefined ? keys : assignKey(shortcut[place], id, keys, place);
}
