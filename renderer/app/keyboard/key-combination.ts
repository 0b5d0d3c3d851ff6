/**
 * Modifiers and the physical key, written as `Mod+Shift+KeyC` (electron/contract/settings/shortcut-keys.ts). Pure
 * functions except for the platform check.
 */

import { t } from '../../messages/t.ts';

export function isMac(): boolean {
	return /mac/i.test(navigator.userAgent);
}

type PressedKeys = Pick<KeyboardEvent, 'code' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey' | 'getModifierState'>;

const modifierCodes = /^(?:Control|Shift|Alt|Meta|OS|CapsLock|NumLock|Fn)/;

/**
 * Reads the pressed combination; null for a modifier alone, for the other system's modifier (the Windows key, or Ctrl
 * on macOS) and for AltGr, which types characters on many keyboards.
 */
export function readCombination(event: PressedKeys, mac = isMac()): string | null {
	if (event.code === '' || modifierCodes.test(event.code)) return null;
	if (mac ? event.ctrlKey : event.metaKey || event.getModifierState('AltGraph')) return null;
	return [
		(mac ? event.metaKey : event.ctrlKey) ? 'Mod' : null,
		event.altKey ? 'Alt' : null,
		event.shiftKey ? 'Shift' : null,
		event.code,
	]
		.filter((part) => part !== null)
		.join('+');
}

const codeNames: Readonly<Record<string, string>> = {
	Comma: ',',
	Period: '.',
	Slash: '/',
	Backslash: '\\',
	BracketLeft: '[',
	BracketRight: ']',
	Semicolon: ';',
	Quote: '’',
	Backquote: '`',
	Minus: '−',
	Equal: '=',
	Shift: t('Shift', {}, 'key'),
	Enter: t('Enter', {}, 'key'),
	Space: t('Space', {}, 'key'),
	Escape: t('Escape', {}, 'key'),
	Backspace: t('Backspace', {}, 'key'),
	Delete: t('Delete', {}, 'key'),
};

/** Formats a combination for menus and tooltips: "Ctrl Shift C", "Cmd K", "Alt N"; '' for none. */
export function formatCombination(combination: string, mac = isMac()): string {
	return combination
		.split('+')
		.map((part) => {
			if (part === 'Mod') return mac ? 'Cmd' : t('Ctrl', {}, 'key');
			if (part === 'Alt') return mac ? 'Option' : 'Alt';
			return codeNames[part] ?? part.replace(/^(?:Key|Digit)/, '').replace(/^Numpad/, 'Num ');
		})
		.join(' ');
}
