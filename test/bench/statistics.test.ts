import { expect, test } from 'vitest';
import { bestSide, inTurn, median, quantile, ratioOf } from './statistics.ts';

test('quantiles are interpolated between neighbouring values', () => {
	expect([median([3, 1, 2]), median([4, 1, 3, 2]), quantile([10, 20, 30, 40, 50], 0.95), quantile([7], 0.95)]).toEqual([
		2, 2.5, 48, 7,
	]);
});

test('a machine that halves its speed half-way leaves the ratio unchanged', () => {
	expect(ratioOf([98, 98, 49, 49, 49], [100, 100, 50, 50, 50])).toBeCloseTo(0.98);
	expect(ratioOf([10, 30], [20])).toBe(1);
});

test('sides are sampled in turn, every other round backwards, without counting the first', async () => {
	const order: string[] = [];
	const take = (name: string) => async (round: number) => {
		order.push(`${name}${round}`);
		return round;
	};
	expect(await inTurn(2, { a: take('a'), b: take('b') })).toEqual({ a: [0, 1], b: [0, 1] });
	expect(order).toEqual(['b-1', 'a-1', 'a0', 'b0', 'b1', 'a1']);
});

test('the best of several settings is the one with the highest median', () => {
	expect(bestSide({ one: [5, 6, 7], two: [1, 9, 2] })).toBe('one');
});
