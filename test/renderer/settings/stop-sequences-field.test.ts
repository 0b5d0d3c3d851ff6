import { expect, test } from 'vitest';
import { formatStops, parseStops } from '../../../renderer/settings/stop-sequences-field.tsx';

test.each([
	[['\n', 'User:'], '\\n | User:'],
	[['a|b'], 'a\\|b'],
	[['back\\slash'], 'back\\\\slash'],
	[[], ''],
])('stop texts %j are written as %s and read back as they were', (stop, text) => {
	expect(formatStops(stop)).toBe(text);
	expect(parseStops(text)).toEqual(stop);
});

test('what a person types is taken as it is meant', () => {
	expect(parseStops(' ### |  | END|')).toEqual(['###', 'END']);
	expect(parseStops('\\n\\nQ:')).toEqual(['\n\nQ:']);
	expect(parseStops('x|'.repeat(40))).toHaveLength(16);
});
