import { describe, expect, test } from 'vitest';
import { diceOfTriples, isRephrased } from '../../../electron/feedback/rephrased.ts';
import { suggestSignal } from '../../../electron/feedback/suggested-signal.ts';
import { wilsonInterval } from '../../../electron/statistics/wilson.ts';

const contradicting = [
	'No, I meant the other one',
	"That's wrong.",
	'That is not what I asked',
	'this is incorrect, the year was 1969',
	"You're mistaken",
	'What I meant was the plural',
	"That doesn't work",
	'Not what I asked for',
	'Wrong. Try again',
	'Nein, das war 1990',
	'Falsch',
];
const praising = [
	'Thanks!',
	'thanks, perfect',
	'Perfect',
	'Great, that helps',
	'That works',
	'Exactly what I needed',
	'Vielen Dank',
	'Merci !',
];
const neutral = [
	'And in German?',
	'No problem, go on',
	'What is wrong with this code?',
	'Is that correct?',
	'Thanks, but the last line is cut off',
	'Great, but shorter',
	'Who wrote "Nope"?',
	'How do I write a thank-you note?',
	'Write a story about a perfect day',
	'',
];

describe('words after an answer', () => {
	test.each(contradicting)('contradiction: %s', (text) => expect(suggestSignal(text)?.signal).toBe('contradicted'));
	test.each(praising)('praise: %s', (text) => expect(suggestSignal(text)?.signal).toBe('praised'));
	test.each(neutral)('no suggestion: %s', (text) => expect(suggestSignal(text)).toBeNull());
});

test('nearly the same question is a rephrasing; the same or a different one is not', () => {
	expect(isRephrased('How long is the Danube?', 'What is the length of the river Danube?')).toBe(false);
	expect(isRephrased('How long is the Danube river?', 'How long is the river Danube, in km?')).toBe(true);
	expect(isRephrased('How long is the Danube?', 'how long is the danube')).toBe(false);
	expect(isRephrased('and?', 'and!')).toBe(false);
	expect(diceOfTriples('night', 'nacht')).toBeCloseTo(2 / 10, 10);
});

test('the Wilson interval equals published values', () => {
	// Newcombe 1998, table I: 81/263, 15/148, 0/20, 1/29, without continuity correction.
	const rounded = ([k, n]: [number, number]) => [
		wilsonInterval(k, n).low.toFixed(4),
		wilsonInterval(k, n).high.toFixed(4),
	];
	expect(
		(
			[
				[81, 263],
				[15, 148],
				[0, 20],
				[1, 29],
			] as [number, number][]
		).map(rounded),
	).toEqual([
		['0.2553', '0.3662'],
		['0.0624', '0.1605'],
		['0.0000', '0.1611'],
		['0.0061', '0.1718'],
	]);
});
