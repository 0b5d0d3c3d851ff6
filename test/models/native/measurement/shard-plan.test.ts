import { describe, expect, test } from 'vitest';
import { planShard } from '../../../../models/native/measurement/shard-plan.ts';

/** Creates the tokens of a prompt: `shared` of a common prefix, then `own` that start with `mark`. */
function row(shared: number, own: number, mark: number, maxTokens = 10): { tokens: number[]; maxTokens: number } {
	const tokens = [
		...Array.from({ length: shared }, (_, at) => at),
		mark,
		...Array.from({ length: own - 1 }, (_, at) => 5000 + at),
	];
	return { tokens, maxTokens };
}

describe('common prefix of prompts', () => {
	test('it is computed once, but never the last token of a prompt', () => {
		expect(planShard([row(100, 5, -1), row(100, 5, -2)], 2, 10_000, true).prefix).toBe(100);
		const whole = row(100, 5, -1);
		expect(planShard([whole, whole], 2, 10_000, true).prefix).toBe(104);
		const start = { tokens: whole.tokens.slice(0, 60), maxTokens: 10 };
		expect(planShard([whole, start], 2, 10_000, true).prefix).toBe(59);
	});

	test('a short one is not worth a separate decode, and a single row shares none', () => {
		expect(planShard([row(31, 5, -1), row(31, 5, -2)], 2, 10_000, true).prefix).toBe(0);
		expect(planShard([row(100, 5, -1)], 2, 10_000, true).prefix).toBe(0);
		expect(planShard([], 2, 10_000, true)).toMatchObject({ prefix: 0, groups: [] });
	});
});

describe('equal prompts', () => {
	test('they form a group if they share more than the prefix', () => {
		const rows = [row(50, 40, -1), row(50, 40, -2), row(50, 40, -1), row(50, 40, -3), row(50, 40, -2)];
		expect(planShard(rows, 2, 10_000, true).groups).toEqual([0, 1, 0, null, 1]);
		expect(planShard(rows, 2, 10_000, false).groups).toEqual([null, null, null, null, null]);
	});

	test('they form no group if the prefix covers all of them', () => {
		const one = row(50, 40, -1);
		expect(planShard([one, one, one], 2, 10_000, true)).toMatchObject({ prefix: 89, groups: [null, null, null] });
	});
});

describe('cells of a shard', () => {
	test('the size is what the largest rows take together, in coarse steps, so that shards of a run share a context', () => {
		const rows = Array.from({ length: 40 }, (_, index) => row(100, 50 + (index % 3), -index, 30));
		const { cells } = planShard(rows, 8, 100_000, true);
		expect(cells).toBeGreaterThanOrEqual(100 + 8 * (52 + 30));
		expect(cells).toBeLessThan((100 + 8 * (52 + 30)) * 1.3 + 256);
		const other = rows.map(({ tokens, maxTokens }) => ({ tokens: tokens.slice(0, -2), maxTokens }));
		expect(planShard(other, 8, 100_000, true).cells).toBe(cells);
	});

	test('the size never exceeds the limit', () => {
		const rows = Array.from({ length: 40 }, (_, index) => row(100, 500, -index, 500));
		expect(planShard(rows, 16, 4096, true).cells).toBe(4096);
	});
});
