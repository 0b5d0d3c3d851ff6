import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { excerpt, type SearchTerm } from '../../../electron/database/excerpt.ts';
import { foldText } from '../../../electron/database/fold-text.ts';

const word = (text: string, changes: Partial<SearchTerm> = {}): SearchTerm => ({
	text,
	isPrefix: false,
	literal: false,
	...changes,
});
const show = (text: string, wanted: SearchTerm[], around = 60) =>
	excerpt(text, wanted, around).replaceAll('\uE000', '[').replaceAll('\uE001', ']');

describe('an excerpt', () => {
	test('marks whole words, ignoring case and accents', () => {
		expect(show('Café, cafe, cafeteria. CAFÉ!', [word('cafe')])).toBe('[Café], [cafe], cafeteria. [CAFÉ]!');
		expect(show('Café cafeteria', [word('cafe', { isPrefix: true })])).toBe('[Café] [cafeteria]');
	});

	test('marks a phrase across whatever separates its words', () => {
		expect(show('dives -- for fish; divesfor', [word('dives for')])).toBe('[dives -- for] fish; divesfor');
	});

	test('marks the letters typed, also after one whose lower case is longer', () => {
		expect(show('İİ a => b', [word('=>', { literal: true })])).toBe('İİ a [=>] b');
		expect(show('A≠İ, b', [word('≠i', { literal: true })])).toBe('A[≠İ], b');
	});

	test('marks letters of scripts without spaces anywhere, even next to a word', () => {
		expect(show('我的iPhone用法', [word('iphone用')])).toBe('我的[iPhone用]法');
		expect(show('東京は日本', [word('京'), word('日本')])).toBe('東[京]は[日本]');
	});

	test('is cut where most search terms are close together', () => {
		const far = 'x '.repeat(300);
		const text = `heron alone ${far} the heron meets an egret ${far}`;
		expect(show(text, [word('heron'), word('egret')], 20)).toBe('… x x x x x x x  the [heron] meets an [egret] x x …');
	});

	test('is the beginning if there is nothing to mark', () => {
		expect(show('y'.repeat(500), [], 20)).toBe(`${'y'.repeat(40)}…`);
		expect(show('short', [word('absent')])).toBe('short');
	});

	test('never splits a letter and removes mark characters from the text', () => {
		fc.assert(
			fc.property(
				fc.string({ unit: 'grapheme', maxLength: 300 }),
				fc.string({ unit: 'grapheme', maxLength: 5 }),
				(text, wanted) => {
					const cut = excerpt(`${text}\uE000${text}`, [word(wanted), word(wanted, { literal: true })], 10);
					expect(cut.isWellFormed()).toBe(true);
					expect([...cut.matchAll(/\uE000/g)].length).toBe([...cut.matchAll(/\uE001/g)].length);
				},
			),
		);
	});
});

test('a folded text is as long as the original', () => {
	fc.assert(
		fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
			expect(foldText(text)).toHaveLength(text.length);
		}),
	);
	expect(foldText('Über-Größe İ 👍x')).toBe('uber große i   x');
});
