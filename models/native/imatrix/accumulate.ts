/**
 * The sums behind an importance matrix (tools/imatrix/imatrix.cpp): for each weight matrix the squares of what it is
 * multiplied with, per column, over all tokens; for a matrix of experts per expert.
 */
export type Sums = { values: Float32Array; counts: Float64Array };

/** A block of activations: rows of `columns` floats; strides in floats. */
export type Activations = {
	data: Float32Array;
	columns: number;
	/** Sizes of the second to fourth dimension and their strides. */
	sizes: readonly [number, number, number];
	strides: readonly [number, number, number];
};

/** The experts a router chose: `experts[token * stride + slot]`. */
export type Routing = { experts: Int32Array; stride: number; slots: number; tokens: number };

const { fround } = Math;

function addSquares(into: Float32Array, at: number, data: Float32Array, from: number, columns: number): void {
	for (let column = 0; column < columns; column += 1) {
		const x = data[from + column] ?? 0;
		// Rounded to float at each step, as C does, so that the file comes out the same.
		into[at + column] = (into[at + column] ?? 0) + fround(x * x);
	}
}

export function emptySums(columns: number, matrices: number, counts: number): Sums {
	return { values: new Float32Array(columns * matrices), counts: new Float64Array(counts) };
}

/** Adds the input of an ordinary multiplication. `matrices` are the third and fourth dimension of the weights. */
export function addDense(sums: Sums, input: Activations, matrices: readonly [number, number]): void {
	const { data, columns, sizes, strides } = input;
	const [rows, second, third] = sizes;
	for (let i3 = 0; i3 < third; i3 += 1) {
		for (let i2 = 0; i2 < second; i2 += 1) {
			const matrix = (i3 % matrices[1]) * matrices[0] + (i2 % matrices[0]);
			for (let row = 0; row < rows; row += 1) {
				const from = row * strides[0] + i2 * strides[1] + i3 * strides[2];
				addSquares(sums.values, matrix * columns, data, from, columns);
			}
		}
	}
	sums.counts[0] = (sums.counts[0] ?? 0) + (rows * second * third) / (matrices[0] * matrices[1]);
}

/** Adds the input of a multiplication whose matrices a router chose. */
export function addExperts(sums: Sums, input: Activations, routing: Routing): void {
	const { data, columns, sizes, strides } = input;
	for (let slot = 0; slot < routing.slots; slot += 1) {
		for (let token = 0; token < routing.tokens; token += 1) {
			const expert = routing.experts[token * routing.stride + slot] ?? 0;
			const from = (slot % sizes[0]) * strides[0] + token * strides[1];
			sums.counts[expert] = (sums.counts[expert] ?? 0) + 1;
			addSquares(sums.values, expert * columns, data, from, columns);
		}
	}
}
