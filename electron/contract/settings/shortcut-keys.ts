/**
 * Keys that the user chose in place of the defaults: shortcut → combination, '' for none. Separate for the window and
 * for a browser tab, because browsers reserve some keys.
 */
export interface CustomKeys {
	readonly window: Readonly<Record<string, string>>;
	readonly tab: Readonly<Record<string, string>>;
}

/**
 * Format of a combination: `Mod+Shift+KeyC`. Mod is Cmd on macOS and Ctrl elsewhere. The last part is
 * `KeyboardEvent.code`, the position on the keyboard, so that Alt, dead keys and layouts don't change it.
 */
export const combinationPattern = /^(?:Mod\+)?(?:Alt\+)?(?:Shift\+)?[A-Z][A-Za-z0-9]*$/;
