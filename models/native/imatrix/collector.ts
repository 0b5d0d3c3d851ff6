import koffi from 'koffi';
import { Failure } from '../../contract/failure.ts';
import type { NativeLibrary } from '../library/open.ts';
import type { Pointer } from '../library/structs.ts';
import { type Activations, addDense, addExperts, emptySums, type Sums } from './accumulate.ts';

/** ggml_op, ggml_type and offsets in ggml_tensor; layout.ts checks them. */
const ops = { multiply: 29, multiplyExperts: 30 };
const float = 0;
const opOffset = 80n;
/** llama-imatrix passes over smaller batches. */
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

/** "CPU#blk.0.attn_k.weight#0" is blk.0.attn_k.weight. */
export function weightName(name: string): string {
	return name.includes('#') ? (name.split('#')[1] ?? name) : name;
}

function size(tensor: Tensor, dimension: number): number {
	return Number(tensor.ne[dimension]);
}

/** Sees every multiplication of llama.cpp's graph while a decode runs, and sums the squares of its input. */
export class ImatrixCollector {
	readonly #library: NativeLibrary;
	readonly #callback: Pointer;
	readonly sums = new Map<string, Sums>();
	/** What went wrong inside the callback, which can't throw through C. */
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

	/** Throws what the callback could not, and Failure `imatrix-not-finite` where sums are not numbers. */
	check(): void {
		if (this.error !== null) throw this.error;
		for (const [name, { values }] of this.sums) {
			if (values.every(Number.isFinite)) continue;
			throw new Failure({
				code: 'imatrix-not-finite',
				message: `The model computes values that are not numbers in ${name}, so no importance matrix can be made from it.`,
				next: ['Use an F16 or BF16 file of the model', 'Download the file again'],
			});
		}
	}
}
