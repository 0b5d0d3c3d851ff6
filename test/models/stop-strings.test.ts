import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createStopStrings } from '../../models/stop-strings.ts';

function shown(stops: readonly string[], pieces: readonly string[]): { text: string; found: string | null } {
	const filter = createStopStrings(stops);
	const text = pieces.map((piece) => filter.push(piece)).join('') + filter.rest();
	return { text, found: filter.found };
}

test('an answer ends before a stop string that spans several tokens', () => {
	expect(shown(['\nUser:'], ['Hello', '\n', 'Us', 'er', ': hi'])).toEqual({ text: 'Hello', found: '\nUser:' });
});

test('text that only starts like a stop string is shown', () => {
	expect(shown(['STOP'], ['a ST', 'A', ' STO'])).toEqual({ text: 'a STA STO', found: null });
});

test('text that may become a stop string is held back until that is clear', () => {
	const filter = createStopStrings(['###']);
	expect([filter.push('a#'), filter.push('#'), filter.push('b')]).toEqual(['a', '', '##b']);
});

test('the earliest stop string counts, whatever the order of the list', () => {
	expect(shown(['later', 'early'], ['x early later']).found).toBe('early');
});

test('in whatever pieces text comes, the answer ends before the first stop string', () => {
	const letters = fc.string({ unit: fc.constantFrom('a', 'b', '#'), maxLength: 12 });
	fc.assert(
		fc.property(
			fc.array(letters, { maxLength: 8 }),
			fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '#'), minLength: 1, maxLength: 3 }), { maxLength: 3 }),
			(pieces, stops) => {
				const whole = pieces.join('');
				const at = stops.map((stop) => whole.indexOf(stop)).filter((index) => index >= 0);
				const expected = at.length === 0 ? whole : whole.slice(0, Math.min(...at));
				const { text } = shown(stops, pieces);
				// A longer stop string may start earlier and be complete later than another: the earliest complete one
				// ends the answer.
				expect(whole.startsWith(text)).toBe(true);
				if (at.length === 0) expect(text).toBe(expected);
				else expect(text.length).toBeGreaterThanOrEqual(expected.length);
				for (const stop of stops) expect(text.includes(stop)).toBe(false);
			},
		),
		{ seed: 3, numRuns: 2000 },
	);
});
