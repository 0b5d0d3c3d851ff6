import data from './language-profiles.json' with { type: 'json' };

/** Kanji and hanzi that are used alike, by the one that stands for them. */
const kanji = new Map(
	data.kanji.flatMap((group) => {
		const [representative = '', ...others] = group;
		return others.map((character) => [character, representative] as const);
	}),
);

const vietnamese = /[AEIOUYaeiouyÂÊÔâêôĂăƠơƯư][\u0300\u0301\u0303\u0309\u0323]/gu;

/** Composes Vietnamese letters and their marks. */
export function normaliseVietnamese(text: string): string {
	return text.replace(vietnamese, (found) => found.normalize('NFC'));
}

/** Returns the character that stands for this one in n-grams: a space for punctuation, one syllable for all of Hangul. */
export function normaliseCharacter(character: string): string {
	const code = character.codePointAt(0)!;
	if (code < 0x80) return /[A-Za-z]/.test(character) ? character : ' ';
	if (code < 0x100) return /[\u00a0\u00ab\u00b0\u00bb]/.test(character) ? ' ' : character;
	// Romanian letters with a comma below are written with a cedilla.
	if (code === 0x219) return '\u015f';
	if (code === 0x21b) return '\u0163';
	// Farsi yeh.
	if (code === 0x6cc) return '\u064a';
	if (code >= 0x1ea0 && code <= 0x1eff) return '\u1ec3';
	// General punctuation.
	if (code >= 0x2000 && code <= 0x206f) return ' ';
	// Hiragana, katakana, bopomofo.
	if (code >= 0x3040 && code <= 0x309f) return '\u3042';
	if (code >= 0x30a0 && code <= 0x30ff) return '\u30a2';
	if ((code >= 0x3100 && code <= 0x312f) || (code >= 0x31a0 && code <= 0x31bf)) return '\u3105';
	if (code >= 0x4e00 && code <= 0x9fff) return kanji.get(character) ?? character;
	// Hangul.
	if (code >= 0xac00 && code <= 0xd7af) return '\uac00';
	return character;
}
