import { expect, test } from 'vitest';
import {
	type Activations,
	addDense,
	addExperts,
	emptySums,
	weightName,
} from '../../../../models/native/quantize/imatrix-collector.ts';

function activations(rows: number[][], third = 1): Activations {
	const columns = rows[0]?.length ?? 0;
	const second = rows.length / third;
	return {
		data: Float32Array.from(rows.flat()),
		columns,
		sizes: [second, third, 1],
		strides: [columns, columns * second, columns * rows.length],
	};
}

test('squares are summed per column over all tokens', () => {
	const sums = emptySums(2, 1, 1);
	addDense(
		sums,
		activations([
			[1, 2],
			[3, -4],
		]),
		[1, 1],
	);
	addDense(sums, activations([[10, 0]]), [1, 1]);
	expect([[...sums.values], [...sums.counts]]).toEqual([[110, 20], [3]]);
});

test('matrices stacked in a third dimension have separate sums and one count', () => {
	const sums = emptySums(1, 2, 1);
	addDense(sums, activations([[1], [2], [3], [4]], 2), [2, 1]);
	expect([[...sums.values], [...sums.counts]]).toEqual([[1 + 4, 9 + 16], [2]]);
});

test('activations with more layers than the weights are combined', () => {
	const sums = emptySums(1, 1, 1);
	addDense(sums, activations([[1], [2], [3], [4]], 2), [1, 1]);
	expect([[...sums.values], [...sums.counts]]).toEqual([[30], [4]]);
});

test('each token adds to the experts its router chose, with separate inputs or a shared one', () => {
	const routing = { experts: Int32Array.of(2, 0, 9, 2, 1, 9), stride: 3, slots: 2, tokens: 2 };
	const shared = emptySums(1, 3, 3);
	// One input per token: [columns, 1, tokens].
	addExperts(shared, { data: Float32Array.of(3, 5), columns: 1, sizes: [1, 2, 1], strides: [1, 1, 2] }, routing);
	expect([[...shared.values], [...shared.counts]]).toEqual([
		[9, 25, 9 + 25],
		[1, 1, 2],
	]);
	const own = emptySums(1, 3, 3);
	// One per chosen expert: [columns, 2, tokens].
	addExperts(own, { data: Float32Array.of(1, 2, 3, 4), columns: 1, sizes: [2, 2, 1], strides: [1, 2, 4] }, routing);
	expect([...own.values]).toEqual([4, 16, 1 + 9]);
});

test('sums are rounded to float at each step, as in C', () => {
	const sums = emptySums(1, 1, 1);
	addDense(sums, activations([[4096], [0.3]]), [1, 1]);
	expect(sums.values[0]).toBe(Math.fround(2 ** 24 + Math.fround(Math.fround(0.3) ** 2)));
});

test("a back-end's additions to a name are removed", () => {
	expect([weightName('CUDA0#blk.0.attn_k.weight#0'), weightName('blk.1.ffn_up.weight')]).toEqual([
		'blk.0.attn_k.weight',
		'blk.1.ffn_up.weight',
	]);
});
