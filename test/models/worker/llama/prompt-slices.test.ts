import { describe, expect, test } from 'vitest';
import { attentionWaste } from '../../../../models/native/attention-tiles.ts';
import { createSlices, tilesOf } from '../../../../models/worker/llama/prompt-slices.ts';

/** Slices a prompt of `length` tokens on a computer that takes `tokenMs` for each. */
function cut(
	length: number,
	tokenMs: number,
	options: { heads?: number; threads?: number; batchSize?: number } = {},
): number[] {
	const { heads = 32, threads = 2, batchSize = 512 } = options;
	const slices = createSlices({ batchSize, tokenMs, heads, threads: () => threads });
	const sizes: number[] = [];
	for (let left = length; left > 0; left -= sizes.at(-1) ?? 0) {
		const tokens = slices.next(left);
		slices.recordTime(tokens, tokens * tokenMs);
		sizes.push(tokens);
	}
	return sizes;
}

describe('slices of a prompt', () => {
	test('they take about a second on a computer where small slices waste nothing', () => {
		for (const tokenMs of [0.2, 3, 5, 12]) {
			const longest = Math.max(...cut(4000, tokenMs)) * tokenMs;
			expect(longest).toBeLessThanOrEqual(Math.max(1000, 64 * tokenMs) + 63 * tokenMs);
		}
	});

	test('they add up to the prompt and have at least a tile, however slow the computer', () => {
		for (const length of [64, 65, 127, 128, 1000, 3999]) {
			for (const tokenMs of [0.1, 0.7, 3, 6, 40, 400]) {
				const sizes = cut(length, tokenMs, { heads: 9 });
				expect(sizes.reduce((sum, one) => sum + one, 0)).toBe(length);
				expect(Math.min(...sizes)).toBeGreaterThanOrEqual(64);
				expect(sizes.slice(0, -1).every((size) => size % 64 === 0)).toBe(true);
				expect(Math.max(...sizes)).toBeLessThan(512 + 64);
			}
		}
	});

	test('they have one tile on a large model', () => {
		expect(cut(300, 40)).toEqual([64, 64, 64, 108]);
	});

	test('they are as small as the configured batch, and never a single token next to others', () => {
		expect(cut(97, 1, { batchSize: 32 })).toEqual([32, 32, 33]);
	});

	test('a prompt shorter than a tile is one slice', () => {
		expect(cut(50, 1)).toEqual([50]);
		expect(cut(0, 1)).toEqual([]);
	});

	test('they are longer if attention would waste much otherwise', () => {
		const waste = (tiles: number): number => attentionWaste(tiles * 64, 9, 2);
		expect(tilesOf(8, 45, waste)).toBe(8);
		expect(tilesOf(8, 300, () => 1)).toBe(3);
		expect(tilesOf(8, 10, () => 1)).toBe(8);
	});
});

test('attention wastes nothing with one thread, or with evenly dividing heads', () => {
	expect(attentionWaste(64, 9, 1)).toBe(1);
	expect(attentionWaste(64, 32, 2)).toBe(1);
	expect(attentionWaste(64, 9, 2)).toBeCloseTo(16 / 9);
	expect(attentionWaste(512, 9, 2)).toBe(1);
});
