import { expect, test } from 'vitest';
import { read, written } from '../../../renderer/setting/stop-field.tsx';

test.each([
	[['\n', 'User:'], '\\n | User:'],
	[['a|b'], 'a\\|b'],
	[['back\\slash'], 'back\\\\slash'],
	[[], ''],
])('stop texts %j are written as %s and read back as they were', (stop, text) => {
	expect(written(stop)).toBe(text);
	expect(read(text)).toEqual(stop);
});

test('what a person types is taken as it is meant', () => {
	expect(read(' ### |  | END|')).toEqual(['###', 'END']);
	expect(read('\\n\\nQ:')).toEqual(['\n\nQ:']);
	expect(read('x|'.repeat(40))).toHaveLength(16);
});
