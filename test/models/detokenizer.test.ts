import { expect, test } from 'vitest';
import { createDetokenizer } from '../../models/detokenizer.ts';

/** Every token is a byte. */
const bytesToText = (tokens: readonly number[]): string => Buffer.from(tokens).toString('utf8');

function pieces(text: string | Buffer): string[] {
	const stream = createDetokenizer(bytesToText);
	const found = [...Buffer.from(text as string)].map((byte) => stream.push(byte));
	return [...found, stream.rest()].filter((piece) => piece !== '');
}

test('characters are returned whole, however many tokens they take', () => {
	expect(pieces('a🦊é漢')).toEqual(['a', '🦊', 'é', '漢']);
});

test('an answer that ends inside a character ends with the replacement character', () => {
	expect(pieces(Buffer.from('a🦊').subarray(0, 3)).join('')).toMatch(/^a\ufffd+$/);
});

test('bytes that are not text do not delay the following text', () => {
	const found = pieces(Buffer.from([0xff, 0xfe, 0xff, 0xfe, 0x61, 0x62]));
	expect(found.join('')).toMatch(/^\ufffd+ab$/);
});
