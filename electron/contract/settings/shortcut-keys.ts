/**
 * Keys that a person chose instead of the usual ones: shortcut → combination, '' for none. Apart for the window and for
 * a browser tab, because a browser keeps some keys to itself.
 */
export interface CustomKeys {
	readonly window: Readonly<Record<string, string>>;
	readonly tab: Readonly<Record<string, string>>;
}

/**
 * How a combination is written: `Mod+Shift+KeyC`. Mod is Cmd on macOS and Ctrl elsewhere; the last part is
 * `KeyboardEvent.code`, the place on the keyboard, so that Alt, dead keys and layouts don't change it.
 */
export const combinationPattern = /^(?:Mod\+)?(?:Alt\+)?(?:Shift\+)?[A-Z][A-Za-z0-9]*$/;
