import { describe, expect, test } from 'vitest';
import {
	describePages,
	pagesOf,
	parsePages,
	takeBeginning,
	takePages,
} from '../../../../renderer/conversation/composer/attachment-parts.ts';
import { shortenToFit } from '../../../../renderer/conversation/composer/fit-attachment.ts';

const pdf = {
	name: 'log.book.pdf',
	mediaType: 'application/pdf',
	sizeBytes: 9,
	pages: 3,
	text: 'one\n\n\ftwo\n\n\fthree',
};
const text = { name: 'notes.txt', mediaType: 'text/plain', sizeBytes: 9, pages: null, text: 'word '.repeat(1_000) };

describe('choosing pages', () => {
	test('keeps their order and says which, also when chosen again', () => {
		expect(pagesOf(pdf.text)).toEqual(['one', 'two', 'three']);
		const part = takePages(pdf, [1, 3]);
		expect(part).toMatchObject({ name: 'log.book (pages 1, 3).pdf', pages: 2, text: 'one\n\n\fthree' });
		expect(takePages(part, [2])).toMatchObject({ name: 'log.book (page 2).pdf', pages: 1, text: 'three' });
	});

	test.each([
		['1-3, 7', [1, 2, 3, 7]],
		['7 1–2', [1, 2, 7]],
		['2,2', [2]],
		['', null],
		['0', null],
		['3-2', null],
		['8', null],
		['-1', null],
		['a', null],
	])('reads "%s"', (words, pages) => {
		expect(parsePages(words, 7)).toEqual(pages);
	});

	test('ranges are written as people do', () => {
		expect(describePages([1, 2, 3, 7])).toBe('1-3, 7');
	});
});

describe('shortening', () => {
	test('ends at a word and never between the halves of a character', () => {
		expect(takeBeginning(text, 12)).toMatchObject({ name: 'notes (beginning).txt', text: 'word word' });
		expect(takeBeginning({ ...text, name: 'notes', text: 'ab😀cd' }, 3)).toMatchObject({
			name: 'notes (beginning)',
			text: 'ab',
		});
	});

	test('finds the longest beginning that fits, however uneven the tokens are', async () => {
		const count = async ({ text: cut }: { text: string }) => {
			const tokens = Math.ceil(cut.length / 3) + Math.min(cut.length, 900);
			return { tokens, excess: Math.max(0, tokens - 1_000) };
		};
		const cut = await shortenToFit(text, await count(text), count);
		expect(cut?.name).toBe('notes (beginning).txt');
		expect((await count(cut ?? text)).excess).toBe(0);
		expect(cut?.text.length).toBeGreaterThan(200);
		expect(await shortenToFit(text, { tokens: 10, excess: 20 }, count)).toBe(null);
	});
});
