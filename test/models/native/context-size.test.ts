import { describe, expect, test } from 'vitest';
import { checkWeightsFit, chooseContextSize, kvBytesPerToken } from '../../../models/native/context-size.ts';

const gib = 2 ** 30;
const needs = {
	wanted: 'auto',
	trainedLength: 32_768,
	bytesPerToken: 128 * 1024,
	weightBytes: 4 * gib,
	availableBytes: 16 * gib,
} as const;

describe('context size', () => {
	test('the default is at most 8,192 tokens and the trained length', () => {
		expect(chooseContextSize(needs)).toBe(8192);
		expect(chooseContextSize({ ...needs, trainedLength: 2048 })).toBe(2048);
	});

	test('the size is limited by the memory left after the weights', () => {
		const size = chooseContextSize({ ...needs, availableBytes: 5 * gib });
		expect(size).toBeLessThan(8192);
		expect(size * needs.bytesPerToken).toBeLessThan(gib);
		expect(size % 256).toBe(0);
	});

	test.each([
		{ title: 'when not even a short context fits', change: { availableBytes: 4 * gib }, code: 'not-enough-memory' },
		{
			title: 'larger than memory',
			change: { wanted: 32_000, trainedLength: null, bytesPerToken: gib / 1000 },
			code: 'context-too-large',
		},
		{
			title: 'of two billion tokens',
			change: { wanted: 2_000_000_000, trainedLength: null },
			code: 'context-too-large',
		},
		{ title: 'longer than the model’s training', change: { wanted: 40_000 }, code: 'context-too-large' },
	] as const)('a context $title is refused', ({ change, code }) => {
		expect(() => chooseContextSize({ ...needs, ...change })).toThrow(expect.objectContaining({ code }));
	});

	test('a requested size that fits is used', () => {
		expect(chooseContextSize({ ...needs, wanted: 20_000 })).toBe(20_000);
	});
});

test('weights larger than memory are refused', () => {
	expect(() => checkWeightsFit(8 * gib, 4 * gib)).toThrow(expect.objectContaining({ code: 'not-enough-memory' }));
	expect(() => checkWeightsFit(2 * gib, 4 * gib)).not.toThrow();
});

test("the starter model's KV cache takes 22.5 kB per token, as in llama.cpp's log (45 MiB for 2,048)", () => {
	expect(kvBytesPerToken(30, 128, 128, 3) * 2048).toBe(45 * 2 ** 20);
	expect(kvBytesPerToken(2, 68, 32, 3)).toBe(2 * 3 * 100);
});
