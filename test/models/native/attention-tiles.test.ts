import fc from 'fast-check';
import { expect, test } from 'vitest';
import { keptTokens, nextSlice, paddedToTile } from '../../../models/native/attention-tiles.ts';

const numbers = (length: number, from = 0): number[] => Array.from({ length }, (_, at) => from + at);

test('a prompt is divided into whole tiles, and the remainder joins the last slice', () => {
	fc.assert(
		fc.property(fc.integer({ min: 1, max: 5000 }), (length) => {
			const slices: number[] = [];
			for (let left = length; left > 0; left -= slices.at(-1)!) slices.push(nextSlice(left, 576));
			expect(slices.every((slice) => slice <= 576)).toBe(true);
			expect(slices.slice(0, -1).every((slice) => slice % 64 === 0)).toBe(true);
			if (length >= 64) expect(slices.at(-1)).toBeGreaterThanOrEqual(64);
		}),
	);
});

test('whole tiles of an earlier prompt are kept, leaving at least one tile to compute', () => {
	expect(keptTokens(numbers(300), [...numbers(200), ...numbers(100, 1000)])).toBe(192);
	expect(keptTokens(numbers(300), [...numbers(200), ...numbers(20, 1000)])).toBe(128);
	expect(keptTokens(numbers(30), [...numbers(30), ...numbers(200, 1000)])).toBe(0);
	expect(keptTokens(numbers(300), numbers(300))).toBe(192);
	expect(keptTokens([], numbers(300))).toBe(0);
	expect(keptTokens(numbers(300), numbers(1))).toBe(0);
});

test('a short text fills a tile where that takes less time: later, the more weights a head has', () => {
	const shortest = (model: Parameters<typeof paddedToTile>[1], attention: 'flash' | 'plain') =>
		numbers(64).find((tokens) => paddedToTile(tokens, model, attention) === 64);
	const miniLm = { parameters: 22.6e6, vocabularySize: 30_522, embeddingLength: 384, layers: 6, heads: 12 };
	const bgeLarge = { parameters: 335e6, vocabularySize: 30_522, embeddingLength: 1_024, layers: 24, heads: 16 };
	expect([shortest(miniLm, 'flash'), shortest(miniLm, 'plain')]).toEqual([35, 53]);
	expect([shortest(bgeLarge, 'flash'), shortest(bgeLarge, 'plain')]).toEqual([52, 62]);
	expect([64, 65, 500].map((tokens) => paddedToTile(tokens, miniLm, 'flash'))).toEqual([64, 65, 500]);
});
