/** Invisible characters by their effect. Joiners are omitted because scripts need them. */
const kinds: readonly (readonly [RegExp, string])[] = [
	[/[\u{e0000}-\u{e007f}]/u, 'invisible tag characters, which spell a text that only a model reads'],
	[
		/[\u202a-\u202e\u2066-\u2069]/u,
		'characters that turn the direction of text, so that it reads otherwise than it is',
	],
	[/[\u200b\u2060\u180e\ufeff]/u, 'invisible characters between the letters'],
	[/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/u, 'control characters'],
];

/** Returns the letters that tag characters encode. */
const plain = (text: string): string =>
	text.replaceAll(/[\u{e0020}-\u{e007e}]/gu, (tag) => String.fromCodePoint((tag.codePointAt(0) ?? 0) - 0xe0000));

/**
 * Finds invisible characters in a text, and returns them with an excerpt that makes them visible; null if there are
 * none.
 */
export function hiddenCharacters(text: string): { readonly what: string; readonly excerpt: string } | null {
	for (const [pattern, what] of kinds) {
		const at = text.search(pattern);
		if (at === -1) continue;
		const around = text.slice(Math.max(0, at - 20), at + 160);
		const shown = plain(around).replaceAll(
			/[\u202a-\u202e\u2066-\u2069\u200b\u2060\u180e\ufeff\p{Cc}]/gu,
			(hidden) => `[U+${(hidden.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}]`,
		);
		return { what, excerpt: shown.slice(0, 160) };
	}
	return null;
}
