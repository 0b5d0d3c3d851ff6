import { expect, test } from 'vitest';
import { escaped, unescaped } from '../../../renderer/evaluation/plan/part/field/escaped.ts';

test('white space that a field does not show is written with a mark, and read back', () => {
	expect(escaped('\nAnswer:\t')).toBe(String.raw`\nAnswer:\t`);
	for (const text of ['', ' ', '\n', '\\n', '\\\n', 'a\\', '\\\\', '\r\n', 'C:\\dir\\new']) {
		expect(unescaped(escaped(text))).toBe(text);
	}
});

test('a mark can be typed key by key', () => {
	let value = '';
	for (const key of String.raw`\n`) value = unescaped(escaped(value) + key);
	expect(value).toBe('\n');
});
