import { expect, test } from 'vitest';
import { escapeText, unescapeText } from '../../../../renderer/evaluation/plan/delimiter-field.tsx';

test('invisible white space is shown as a symbol and read back', () => {
	expect(escapeText('\nAnswer:\t')).toBe(String.raw`\nAnswer:\t`);
	for (const text of ['', ' ', '\n', '\\n', '\\\n', 'a\\', '\\\\', '\r\n', 'C:\\dir\\new']) {
		expect(unescapeText(escapeText(text))).toBe(text);
	}
});

test('a symbol can be typed key by key', () => {
	let value = '';
	for (const key of String.raw`\n`) value = unescapeText(escapeText(value) + key);
	expect(value).toBe('\n');
});
