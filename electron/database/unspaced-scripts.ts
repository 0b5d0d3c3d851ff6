/**
 * Letters of scripts that put no spaces between words (Chinese, Japanese), and of Korean, whose words take endings; for
 * a character class of a regular expression with the flag `u`. Migration 5 defines the same for SQLite.
 */
export const unspacedRanges =
	'\\u1100-\\u11FF\\u2E80-\\u2FDF\\u3005-\\u3007\\u3021-\\u3029\\u3040-\\u31FF\\u3400-\\u4DBF\\u4E00-\\u9FFF' +
	'\\uA960-\\uA97F\\uAC00-\\uD7FF\\uF900-\\uFAFF\\uFF66-\\uFFDC\\u{20000}-\\u{323AF}';

const run = new RegExp(`[${unspacedRanges}]+`, 'gu');

/**
 * Turns a search text into words of the index: every letter, then the pair that it begins. The text may come from the
 * middle of a sentence, so a letter at its end is found through its pair: 日本語 → "日本 本 本語".
 */
export function indexWords(typed: string): string {
	return typed.replaceAll(run, (letters: string, at: number) => {
		const single = [...letters];
		if (single.length === 1) return ` ${letters} `;
		const words = single.flatMap((letter, index) => {
			const next = single[index + 1];
			return next === undefined ? [letter] : [letter, letter + next];
		});
		const from = at === 0 ? 1 : 0;
		const to = at + letters.length === typed.length ? -1 : words.length;
		return ` ${words.slice(from, to).join(' ')} `;
	});
}
