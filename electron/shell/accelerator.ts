/** `KeyboardEvent.code` of keys whose character has another name in Electron. */
const characters: Readonly<Record<string, string>> = {
	Comma: ',',
	Period: '.',
	Slash: '/',
	Backslash: '\\',
	BracketLeft: '[',
	BracketRight: ']',
	Semicolon: ';',
	Quote: "'",
	Backquote: '`',
};

/** `Mod+Shift+KeyC` (electron/contract/setting/keys.ts) as Electron's menus write it: `CmdOrCtrl+Shift+C`. */
export function acceleratorOf(combination: string): string {
	return combination
		.split('+')
		.map((part) => {
			if (part === 'Mod') return 'CmdOrCtrl';
			return characters[part] ?? part.replace(/^(?:Key|Digit)/, '');
		})
		.join('+');
}
