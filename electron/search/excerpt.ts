/** Stand before and after each match in a snippet: private-use characters, which no page shows as text or as HTML. */
export const matchStart = '\uE000';
export const matchEnd = '\uE001';

/** Characters shown on each side of the first match. */
const around = 60;

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** The part of `text` around its first occurrence of `wanted`, upper and lower case alike, with the match marked. */
export function excerpt(text: string, wanted: string): string {
	const at = text.toLowerCase().indexOf(wanted.toLowerCase());
	if (at === -1) return text.slice(0, 2 * around).toWellFormed();
	const end = at + wanted.length;
	const before = [...graphemes.segment(text.slice(Math.max(0, at - 4 * around), at))].map(({ segment }) => segment);
	const after = [...graphemes.segment(text.slice(end, end + 4 * around))].map(({ segment }) => segment);
	const lead = before.length > around ? `…${before.slice(-around).join('')}` : before.join('');
	const trail = after.length > around ? `${after.slice(0, around).join('')}…` : after.join('');
	return `${lead}${matchStart}${text.slice(at, end)}${matchEnd}${trail}`.toWellFormed();
}
