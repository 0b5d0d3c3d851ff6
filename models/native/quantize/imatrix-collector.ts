import koffi from 'koffi';
import { Failure } from '../../contract/failure.ts';
import { said } from '../../contract/said.ts';
import type { NativeLibrary } from '../libllama/open-library.ts';
import type { Pointer } from '../libllama/structs.ts';

/** ggml_op, ggml_type and offsets in ggml_tensor; struct-layout.ts checks them. */
const ops = { multiply: 29, multiplyExperts: 30 };
const float = 0;
const opOffset = 80n;
/** llama-imatrix ignores smaller batches. */
const minTokens = 16;

type Tensor = {
	type: number;
	buffer: Pointer;
	ne: (number | bigint)[];
	nb: (number | bigint)[];
	src: (Pointer | null)[];
	data: Pointer;
	name: string;
};

type Multiplication = { weights: Tensor; input: Tensor; experts: Tensor | null; name: string };

/** Returns the weight's name: blk.0.attn_k.weight for "CPU#blk.0.attn_k.weight#0". */
export function weightName(name: string): string {
	return name.includes('#') ? (name.split('#')[1] ?? name) : name;
}

function size(tensor: Tensor, dimension: number): number {
	return Number(tensor.ne[dimension]);
}

/** Observes every multiplication in llama.cpp's graph during a decode, and sums the squares of its input. */
export class ImatrixCollector {
	readonly #library: NativeLibrary;
	readonly #callback: Pointer;
	readonly sums = new Map<string, Sums>();
	/** The error inside the callback, which can't throw through C. */
	error: unknown = null;

	constructor(library: NativeLibrary) {
		this.#library = library;
		const type = koffi.proto('bool', ['void *', 'bool', 'void *']);
		this.#callback = koffi.register((tensor: Pointer, ask: boolean) => this.#see(tensor, ask), koffi.pointer(type));
	}

	/** ggml_backend_sched_eval_callback for a context. */
	get callback(): Pointer {
		return this.#callback;
	}

	release(): void {
		koffi.unregister(this.#callback);
	}

	#see(tensor: Pointer, ask: boolean): boolean {
		if (this.error !== null) return !ask;
		try {
			const op = koffi.decode.int32(tensor + opOffset);
			if (op !== ops.multiply && op !== ops.multiplyExperts) return !ask;
			const found = this.#read(tensor, op);
			if (found === null) return !ask;
			if (!ask) this.#collect(found);
			return true;
		} catch (error) {
			this.error = error;
			return !ask;
		}
	}

	#tensor(pointer: Pointer | null | undefined): Tensor {
		if (!pointer) throw new Error('a multiplication without operands');
		return koffi.decode(pointer, this.#library.structs.tensor) as Tensor;
	}

	#read(pointer: Pointer, op: number): Multiplication | null {
		const { src } = this.#tensor(pointer);
		const weights = this.#tensor(src[0]);
		const input = this.#tensor(src[1]);
		const name = weightName(weights.name);
		if (op === ops.multiplyExperts) return { weights, input, experts: this.#tensor(src[2]), name };
		if (size(input, 1) < minTokens || input.type !== float || !name.startsWith('blk.')) return null;
		return { weights, input, experts: null, name };
	}

	#collect({ weights, input, experts, name }: Multiplication): void {
		if (!this.#library.functions.ggml_backend_buffer_is_host(input.buffer)) {
			throw new Error(`${name} is computed on a device whose memory can't be read`);
		}
		const columns = size(input, 0);
		const strides = [1, 2, 3].map((dimension) => Number(input.nb[dimension]) / 4) as [number, number, number];
		const sizes = [1, 2, 3].map((dimension) => size(input, dimension)) as [number, number, number];
		const length = sizes.reduce((end, count, index) => end + (count - 1) * (strides[index] ?? 0), columns);
		const activations: Activations = {
			data: new Float32Array(koffi.view(input.data, length * 4)),
			columns,
			sizes,
			strides,
		};
		const matrices: [number, number] = [size(weights, 2), size(weights, 3)];
		const total = matrices[0] * matrices[1];
		const sums = this.sums.get(name) ?? emptySums(columns, total, experts === null ? 1 : matrices[0]);
		this.sums.set(name, sums);
		if (experts === null) addDense(sums, activations, matrices);
		else {
			const [slots, tokens, stride] = [size(experts, 0), size(experts, 1), Number(experts.nb[1]) / 4];
			const ids = new Int32Array(koffi.view(experts.data, ((tokens - 1) * stride + slots) * 4));
			addExperts(sums, activations, { experts: ids, stride, slots, tokens });
		}
	}

	/** Throws the callback's error, and Failure `imatrix-not-finite` if sums are not finite. */
	check(): void {
		if (this.error !== null) throw this.error;
		for (const [name, { values }] of this.sums) {
			if (values.every(Number.isFinite)) continue;
			throw new Failure({
				code: 'imatrix-not-finite',
				message: said`The model computes values that are not numbers in ${name}, so no importance matrix can be made from it.`,
				next: [said`Use an F16 or BF16 file of the model`, said`Download the file again`],
			});
		}
	}
}

/**
 * The sums behind an importance matrix (tools/imatrix/imatrix.cpp): for each weight matrix, the squares of its input,
 * per column, over all tokens; for a matrix of experts, per expert.
 */
export type Sums = { values: Float32Array; counts: Float64Array };

/** A block of activations: rows of `columns` floats; strides in floats. */
export type Activations = {
	data: Float32Array;
	columns: number;
	/** Sizes and strides of the second to fourth dimension. */
	sizes: readonly [number, number, number];
	strides: readonly [number, number, number];
};

/** The experts chosen by a router: `experts[token * stride + slot]`. */
export type Routing = { experts: Int32Array; stride: number; slots: number; tokens: number };

const { fround } = Math;

function addSquares(into: Float32Array, at: number, data: Float32Array, from: number, columns: number): void {
	for (let column = 0; column < columns; column += 1) {
		const x = data[from + column] ?? 0;
		// Rounded to float at each step, as in C, so that the file is identical.
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
