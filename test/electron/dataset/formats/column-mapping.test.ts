import { expect, test } from 'vitest';
import { guessMapping } from '../../../../electron/dataset/formats/column-mapping.ts';

test.each([
	['an e-mail with its intent', ['id', 'subject', 'body', 'intent'], 'body', 'intent'],
	['an article with its summary', ['title', 'article', 'summary'], 'article', 'summary'],
	['a text with its category', ['text', 'category'], 'text', 'category'],
	['a question whose category is only a tag', ['category', 'question', 'answer'], 'question', 'answer'],
])('a table of %s is guessed', (_what, columns, input, target) => {
	const head = [1, 2].map((row) => Object.fromEntries(columns.map((column) => [column, `${column} ${row}`])));
	expect(guessMapping(columns, head)).toMatchObject({ input, target });
});
