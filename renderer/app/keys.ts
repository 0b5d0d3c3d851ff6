import { windowBridge } from '../connection/bridge.ts';

export type ShortcutId =
	| 'palette'
	| 'new-conversation'
	| 'search'
	| 'chat'
	| 'models'
	| 'settings'
	| 'toggle-list'
	| 'toggle-inspector'
	| 'shortcuts'
	| 'answer-again'
	| 'branch-previous'
	| 'branch-next'
	| 'copy-answer';

interface Combination {
	mod?: boolean;
	alt?: boolean;
	shift?: boolean;
	/** `KeyboardEvent.code`: the place on the keyboard, so that Alt and dead keys don't change it. */
	code: string;
}

/** In a browser tab, Alt stands in for Ctrl where the browser owns the key. The first is shown, all work. */
const combinations: Record<ShortcutId, { window: Combination[]; tab: Combination[] }> = {
	palette: both({ mod: true, code: 'KeyK' }, { alt: true, code: 'KeyK' }),
	'new-conversation': split({ mod: true, code: 'KeyN' }, { alt: true, code: 'KeyN' }),
	search: split({ mod: true, code: 'KeyF' }, { alt: true, code: 'KeyF' }),
	chat: split({ mod: true, code: 'Digit1' }, { alt: true, code: 'Digit1' }),
	models: split({ mod: true, code: 'Digit2' }, { alt: true, code: 'Digit2' }),
	settings: both({ mod: true, code: 'Comma' }),
	'toggle-list': both({ mod: true, code: 'KeyB' }),
	'toggle-inspector': both({ mod: true, code: 'KeyI' }),
	shortcuts: both({ mod: true, code: 'Slash' }),
	'answer-again': split({ mod: true, code: 'KeyR' }, { alt: true, code: 'KeyR' }),
	'branch-previous': both({ alt: true, code: 'BracketLeft' }),
	'branch-next': both({ alt: true, code: 'BracketRight' }),
	'copy-answer': split({ mod: true, shift: true, code: 'KeyC' }, { alt: true, code: 'KeyC' }),
};

function both(...keys: Combination[]) {
	return { window: keys, tab: keys };
}

function split(inWindow: Combination, inTab: Combination) {
	return { window: [inWindow], tab: [inTab] };
}

function isMac(): boolean {
	return /mac/i.test(navigator.userAgent);
}

function active(id: ShortcutId): Combination[] {
	return windowBridge() === undefined ? combinations[id].tab : combinations[id].window;
}

/** Which shortcut a key press is, if any. */
export function shortcutOf(event: KeyboardEvent): ShortcutId | null {
	const mod = isMac() ? event.metaKey : event.ctrlKey;
	for (const id of Object.keys(combinations) as ShortcutId[]) {
		const hit = active(id).some(
			(key) =>
				key.code === event.code &&
				(key.mod ?? false) === mod &&
				(key.alt ?? false) === event.altKey &&
				(key.shift ?? false) === event.shiftKey,
		);
		if (hit) return id;
	}
	return null;
}

const codeNames: Record<string, string> = { Comma: ',', Slash: '/', BracketLeft: '[', BracketRight: ']' };

/** "Ctrl K", "Cmd K", "Alt N": as the key is written in menus and tooltips. */
export function keysOf(id: ShortcutId): string {
	const [key] = active(id);
	if (key === undefined) return '';
	const name = codeNames[key.code] ?? key.code.replace(/^(?:Key|Digit)/, '');
	const parts = [
		key.mod ? (isMac() ? 'Cmd' : 'Ctrl') : null,
		key.alt ? (isMac() ? 'Option' : 'Alt') : null,
		key.shift ? 'Shift' : null,
		name,
	];
	return parts.filter((part) => part !== null).join(' ');
}
