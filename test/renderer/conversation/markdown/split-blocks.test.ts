import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { closeOpenMarks, emptySplit, splitBlocks } from '../../../../renderer/conversation/markdown/split-blocks.ts';

const texts = (source: string) => splitBlocks(source).blocks.map(({ text }) => text);

describe('splitting Markdown into blocks', () => {
	test('paragraphs, headings and fences are separate blocks', () => {
		expect(texts('# Title\nOne\n\nTwo\nstill two\n```js\na\n\nb\n```\nThree')).toEqual([
			'# Title\nOne',
			'Two\nstill two',
			'```js\na\n\nb\n```',
			'Three',
		]);
	});

	test('a list stays one block across blank lines and nested fences, until a line at the margin', () => {
		expect(texts('- a\n\n  more of a\n- b\n  ```\n  code\n\n  code\n  ```\n\nAfter')).toEqual([
			'- a\n\n  more of a\n- b\n  ```\n  code\n\n  code\n  ```',
			'After',
		]);
	});

	test('a table is never split', () => {
		expect(texts('| a | b |\n|---|---|\n| 1 | 2 |\n\nAfter')).toEqual(['| a | b |\n|---|---|\n| 1 | 2 |', 'After']);
	});

	test('a long list is split between items, and its parts are marked as continuing', () => {
		const list = Array.from({ length: 200 }, (_, index) => `- item ${index} with some words`).join('\n');
		const { blocks } = splitBlocks(list);
		expect(blocks.length).toBeGreaterThan(2);
		expect(blocks.map(({ continues }) => continues)).toEqual(blocks.map((_, index) => index > 0));
		expect(blocks.map(({ text }) => text).join('\n')).toBe(list);
	});

	test('only the last block is open, and an unclosed fence runs to the end', () => {
		const { blocks } = splitBlocks('One\n\n```js\nlet a\n\nlet b');
		expect(blocks.map(({ kind, open }) => ({ kind, open }))).toEqual([
			{ kind: 'text', open: false },
			{ kind: 'code', open: true },
		]);
	});

	test('a growing text keeps the identity of its settled blocks', () => {
		const first = splitBlocks('One\n\nTwo\n\nThr');
		const second = splitBlocks('One\n\nTwo\n\nThree', first);
		expect(second.blocks[0]).toBe(first.blocks[0]);
		expect(second.blocks[1]).toBe(first.blocks[1]);
		expect(second.blocks[2]?.text).toBe('Three');
	});

	test('text growing letter by letter ends with the same blocks as text split at once', () => {
		const piece = fc.constantFrom(
			'a',
			' ',
			'\n',
			'\n\n',
			'```',
			'```js\n',
			'- x\n',
			'1. y\n',
			'# h\n',
			'| a |\n',
			'  in',
			'`',
			'**',
			'[r]: u\n',
			'$$',
			'\n$$\n',
			'\n\\[\n',
			'\\]',
		);
		fc.assert(
			fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
				let grown = emptySplit;
				let source = '';
				for (const next of pieces) {
					source += next;
					grown = splitBlocks(source, grown);
				}
				const whole = splitBlocks(source);
				expect(grown.blocks.map(({ text, kind }) => ({ text, kind }))).toEqual(
					whole.blocks.map(({ text, kind }) => ({ text, kind })),
				);
			}),
			{ numRuns: 500 },
		);
	});

	test('splitting loses no character', () => {
		fc.assert(
			fc.property(
				fc.string({ unit: fc.constantFrom('a', 'b', '\n', '`', '-', ' ', '#', '|'), maxLength: 200 }),
				(source) => {
					const squeeze = (text: string) => text.replaceAll(/\s/g, '');
					expect(squeeze(texts(source).join(''))).toBe(squeeze(source));
				},
			),
		);
	});

	test('link definitions apply to every block', () => {
		expect(splitBlocks('See [a].\n\n[a]: https://example.org\n\nEnd').definitions).toBe('\n[a]: https://example.org');
	});
});

describe('closing open markup at the growing end', () => {
	test.each([
		['some **bo', 'some **bo**'],
		['some **bold** text', 'some **bold** text'],
		['some `co', 'some `co`'],
		['some **', 'some '],
		['```\n**', '```\n**'],
		['done **a**\n\nnext **b', 'done **a**\n\nnext **b**'],
	])('%j becomes %j', (given, expected) => {
		expect(closeOpenMarks(given)).toBe(expected);
	});
});
