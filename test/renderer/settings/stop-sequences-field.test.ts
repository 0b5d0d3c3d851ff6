import { expect, test } from 'vitest';
import { formatStops, parseStops } from '../../../renderer/settings/stop-sequences-field.tsx';

test.each([
	[['\n', 'User:'], '\\n | User:'],
	[['a|b'], 'a\\|b'],
	[['back\\slash'], 'back\\\\slash'],
	[[], ''],
])('stop strings %j are written as %s and read back unchanged', (stop, text) => {
	expect(formatStops(stop)).toBe(text);
	expect(parseStops(text)).toEqual(stop);
});

test('typed stop strings are trimmed, unescaped and limited in number', () => {
	expect(parseStops(' ### |  | END|')).toEqual(['###', 'END']);
	expect(parseStops('\\n\\nQ:')).toEqual(['\n\nQ:']);
	expect(parseStops('x|'.repeat(40))).toHaveLength(16);
});
