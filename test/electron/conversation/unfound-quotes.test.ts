import { describe, expect, test } from 'vitest';
import { findUnfoundQuotes } from '../../../electron/conversation/unfound-quotes.ts';

const source = 'The tea—so the rules say—is “always served at four”, in the blue dining-\nroom, and never on Sundays.';

const unfound = (answer: string): string[] =>
	findUnfoundQuotes(answer, [source]).map(({ start, end }) => answer.slice(start, end));

describe('quotes in an answer', () => {
	test.each([
		['another kind of mark', 'It says "always served at four".'],
		['other dashes and spaces', 'It says “the tea – so the rules say – is always  served”.'],
		['a word divided at a line end', 'It is “in the blue diningroom, and never”.'],
		['something left out', 'It says “The tea […] is always served at four … never on Sundays”.'],
		['German marks', 'Es heißt „always served at four“.'],
		['a block quote with a source', '> In the blue diningroom, and never on Sundays. [1]'],
		['one or two words', 'The “blue salon” is “served” there.'],
		['code', 'Run `echo "this is not a quote at all"`.\n```\n"nor is this one, surely"\n```'],
	])('%s is found', (_, answer) => {
		expect(unfound(answer)).toEqual([]);
	});

	test.each([
		['It says “always served at five”.', 'always served at five'],
		['> Coffee is never served here.', 'Coffee is never served here.'],
		['They say "the tea is always cold and bitter" [1].', 'the tea is always cold and bitter'],
		['“always served at four … and then thrown away”', 'always served at four … and then thrown away'],
	])('%s is not', (answer, quote) => {
		expect(unfound(answer)).toEqual([quote]);
	});

	test('a long answer is looked through quickly', () => {
		const answer = `${'“'.repeat(20_000)}${'> '.repeat(20_000)}${'"a b c d e f g" '.repeat(5_000)}`;
		const start = performance.now();
		findUnfoundQuotes(answer, [source, ' '.repeat(200_000), '.'.repeat(200_000), '-\n'.repeat(100_000)]);
		expect(performance.now() - start).toBeLessThan(1_500);
	});
});
