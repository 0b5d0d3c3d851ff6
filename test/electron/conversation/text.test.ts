import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cleanText } from '../../../electron/conversation/clean-text.ts';
import { createReasoningSplitter, splitReasoning } from '../../../electron/conversation/reasoning.ts';
import { titleFromMessage } from '../../../electron/conversation/title.ts';

describe('cleanText', () => {
	test('a NUL or half a surrogate pair is replaced, and everything else stays', () => {
		expect(cleanText('a\0b')).toBe('a\uFFFDb');
		expect(cleanText('\uD83D half \uDE00 half')).toBe('\uFFFD half \uFFFD half');
		const fine = 'שלום, مرحبا 👩‍👩‍👧‍👦 é e\u0301 \u202E\u200B\r\n\t';
		expect(cleanText(fine)).toBe(fine);
	});
});

describe('titleFromMessage', () => {
	test.each([
		['What is the capital of France?', 'What is the capital of France?'],
		['\n\n  ## Plan for **Monday**\nmore', 'Plan for Monday'],
		['```python\nprint(1)\n```', 'print(1)'],
		['- `npm ci` fails', 'npm ci fails'],
		['a\tb\0c   d', 'a b c d'],
		['   ', 'New conversation'],
		['snake_case and 2 * 3 * 4', 'snake_case and 2 * 3 * 4'],
		[
			'Please explain the difference between a mutex and a semaphore in simple terms',
			'Please explain the difference between a mutex and a…',
		],
		['あ'.repeat(100), `${'あ'.repeat(59)}…`],
		['👩‍👩‍👧‍👦'.repeat(100), `${'👩‍👩‍👧‍👦'.repeat(59)}…`],
	])('%j becomes %j', (text, title) => {
		expect(titleFromMessage(text)).toBe(title);
	});

	test('a text of a megabyte gets its title at once', () => {
		const before = process.cpuUsage();
		expect(titleFromMessage(`${'word '.repeat(200_000)}`)).toBe(`${'word '.repeat(11).trim()}…`);
		// The time of this process: what others take is not its own.
		expect(process.cpuUsage(before).user / 1_000).toBeLessThan(50);
	});
});

describe('reasoning', () => {
	test.each([
		['<think>First, hmm.</think>\n\nParis.', 'First, hmm.', 'Paris.'],
		['\n<think>\nFirst.\n</think>\nParis.', 'First.', 'Paris.'],
		['<thinking>A <think> B</thinking>C', 'A <think> B', 'C'],
		['<seed:think>First.</think></seed:think>Paris.', 'First.</think>', 'Paris.'],
		['<think:opensource>First.</think:opensource>Paris.', 'First.', 'Paris.'],
		['<mm:think>First.</mm:think>Paris.', 'First.', 'Paris.'],
		['Paris.', null, 'Paris.'],
		['Use <think> tags like </think> these.', null, 'Use <think> tags like </think> these.'],
		['<thin air', null, '<thin air'],
		['<think>Never closed, </thin', 'Never closed, </thin', ''],
		['<think></think>\n\nParis.', null, 'Paris.'],
		['<think>a</think>', 'a', ''],
		['  leading space stays', null, '  leading space stays'],
		['', null, ''],
	])('%j becomes %j, then %j', (text, reasoning, content) => {
		expect(splitReasoning(text)).toEqual({ reasoning, content });
	});

	test('reasoning is separated alike however the text is split', () => {
		const alphabet = fc.constantFrom(
			'<think>',
			'</think>',
			'<thinking>',
			'</thinking>',
			'<',
			'</',
			'thi',
			'nk>',
			' ',
			'\n',
			'a',
			'👍',
		);
		fc.assert(
			fc.property(fc.array(alphabet, { maxLength: 12 }), fc.array(fc.nat(8), { maxLength: 30 }), (parts, cuts) => {
				const text = parts.join('');
				const splitter = createReasoningSplitter();
				const seen = { content: '', reasoning: '' };
				const add = (piece: { content: string; reasoning: string }): void => {
					seen.content += piece.content;
					seen.reasoning += piece.reasoning;
				};
				let at = 0;
				for (const length of cuts) {
					add(splitter.push(text.slice(at, at + length)));
					at += length;
				}
				add(splitter.push(text.slice(at)));
				add(splitter.finish());
				const whole = splitReasoning(text);
				expect(seen).toEqual({ content: whole.content, reasoning: whole.reasoning ?? '' });
			}),
			{ numRuns: 500 },
		);
	});
});
