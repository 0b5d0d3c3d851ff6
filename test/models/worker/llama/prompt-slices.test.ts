import { describe, expect, test } from 'vitest';
import { attentionWaste } from '../../../../models/native/attention-tiles.ts';
import { createSlices, tilesOf } from '../../../../models/worker/llama/prompt-slices.ts';

/** Cuts a prompt of `length` tokens on a machine that takes `tokenMs` for each. */
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
		slices.took(tokens, tokens * tokenMs);
		sizes.push(tokens);
	}
	return sizes;
}

describe('a prompt is cut into slices', () => {
	test('that take about a second on a machine where small slices lose nothing', () => {
		for (const tokenMs of [0.2, 3, 5, 12]) {
			const longest = Math.max(...cut(4000, tokenMs)) * tokenMs;
			expect(longest).toBeLessThanOrEqual(Math.max(1000, 64 * tokenMs) + 63 * tokenMs);
		}
	});

	test('that add up to the prompt, all of a tile at least, however slow the machine is', () => {
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

	test('that are of one tile on a large model', () => {
		expect(cut(300, 40)).toEqual([64, 64, 64, 108]);
	});

	test('that are as small as the batch which is set, and never of one token alone beside others', () => {
		expect(cut(97, 1, { batchSize: 32 })).toEqual([32, 32, 33]);
	});

	test('that are whole when the prompt is shorter than a tile', () => {
		expect(cut(50, 1)).toEqual([50]);
		expect(cut(0, 1)).toEqual([]);
	});

	test('that are longer where attention would do much more than it must', () => {
		const waste = (tiles: number): number => attentionWaste(tiles * 64, 9, 2);
		expect(tilesOf(8, 45, waste)).toBe(8);
		expect(tilesOf(8, 300, () => 1)).toBe(3);
		expect(tilesOf(8, 10, () => 1)).toBe(8);
	});
});

test('attention wastes nothing with one thread, or with heads that divide evenly', () => {
	expect(attentionWaste(64, 9, 1)).toBe(1);
	expect(attentionWaste(64, 32, 2)).toBe(1);
	expect(attentionWaste(64, 9, 2)).toBeCloseTo(16 / 9);
	expect(attentionWaste(512, 9, 2)).toBe(1);
});
