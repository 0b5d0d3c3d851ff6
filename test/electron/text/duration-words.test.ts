import { expect, test } from 'vitest';
import { formatPrediction } from '../../../electron/text/duration-words.ts';

test('a prediction is rounded up: to ten seconds, above 80 s to minutes', () => {
	expect([0, 3, 41, 80, 88, 480, 481, 3_605].map(formatPrediction)).toEqual([
		'10 s',
		'10 s',
		'50 s',
		'80 s',
		'2 min',
		'8 min',
		'9 min',
		'61 min',
	]);
});
