import { open } from 'node:fs/promises';
import koffi from 'koffi';
import { Failure } from '../../contract/failure.ts';
import { said } from '../../contract/said.ts';
import type { GgufTensor } from '../../gguf/header.ts';
import { type GgufModel, partsMissing } from '../../gguf/read-gguf.ts';
import { tensorTypes } from '../../gguf/tensor-types.ts';
import type { Pointer } from '../libllama/structs.ts';
import { type Engine, outOfMemory, types } from './ggml.ts';

/** A frozen weight of the base. */
export type Weight = {
	readonly name: string;
	readonly node: Pointer;
	readonly type: number;
	/** Inputs and outputs. */
	readonly ne: readonly [number, number];
	/** Its transpose, kept for speed. */
	transposed: Pointer | null;
};

/** Outputs of a weight that are transposed at once. */
export const pieceRows = 16_384;

/**
 * Returns the type of a weight's transpose: BF16 for a quantised one unless `exact`, else F32. BF16 rounds to 1/256 of a
 * value, much finer than any quantisation does, and has F32's range, so that no gradient vanishes.
 */
export function transposedType({ type }: Weight, exact: boolean): number {
	return exact || plainTypes.has(type) ? types.f32 : types.bf16;
}

/** Q4_0, Q5_0, Q8_0, IQ4_NL: ggml multiplies these in tiles, with 8-bit inputs. */
const tiledTypes: ReadonlySet<number> = new Set([2, 6, 8, 20]);

/**
 * Returns the type that a quantised weight is unpacked to. Q8_0 is half again as fast as BF16, but its kernels also round
 * inputs to 8 bits: too coarse for the wide ones inside a feed-forward network, a few of which are very large.
 */
export function unpackedType({ ne: [inputs, outputs] }: Weight): number {
	return inputs > outputs ? types.bf16 : types.q8_0;
}

/** Returns whether a weight is multiplied with many inputs faster unpacked than in its own type. */
export function unpacksFaster({ type }: Weight): boolean {
	return !plainTypes.has(type) && !tiledTypes.has(type);
}

/** The base's weights in memory. */
export type Weights = {
	get(name: string): Weight | null;
	/** Throws Failure `training-architecture-unsupported` if the file lacks it or it has another size. */
	need(name: string, inputs: number, outputs: number): Weight;
	readonly all: readonly Weight[];
	/** Bytes of all weights. */
	readonly bytes: number;
	/** Keeps the transposes of as many of these weights as fit into `bytes`, and returns what they take. */
	keepTransposed(weights: readonly Weight[], bytes: number, exact: boolean): Promise<number>;
	dispose(): void;
};

/** Numbers of the types that are not quantised. */
const plainTypes: ReadonlySet<number> = new Set([types.f32, types.f16, types.bf16]);

const typeNumbers = new Map(Object.entries(tensorTypes).map(([number, { name }]) => [name, Number(number)]));

/** Bytes per read, so that cancelling waits for no long read. */
const readBytes = 16 * 1024 * 1024;

async function readInto(path: string, target: Uint8Array, position: number): Promise<void> {
	const handle = await open(path, 'r');
	try {
		for (let done = 0; done < target.length; ) {
			const { bytesRead } = await handle.read(target, done, Math.min(readBytes, target.length - done), position + done);
			if (bytesRead === 0) throw partsMissing([path], 1);
			done += bytesRead;
		}
	} finally {
		await handle.close();
	}
}

function notNumbers(name: string): Failure {
	return new Failure({
		code: 'model-weights-damaged',
		message: said`The weights of this model are damaged: ${name} holds values that are not numbers, so nothing can be learned.`,
		next: [said`Download the model again`, said`Choose another file of the model`],
	});
}

/** A buffer without memory: tensors that lie in it have a size, so that a pass can be measured without them. */
export type Nowhere = { place(tensor: Pointer): void; dispose(): void };

/** Creates a buffer without memory. */
export function createNowhere({ ggml, bufferType, library }: Engine): Nowhere {
	const buffer = ggml.ggml_backend_buft_alloc_buffer(bufferType, 0);
	if (buffer === null) throw new Error('ggml has no empty buffers');
	const offset = koffi.offsetof(library.structs.tensor, 'buffer');
	return {
		place: (tensor) => koffi.encode(tensor, offset, 'void *', buffer),
		dispose: () => ggml.ggml_backend_buffer_free(buffer),
	};
}

/**
 * Reads the weights of a model into memory, as the file has them.
 *
 * @param nowhere Reads nothing: the weights only have a size.
 */
export async function loadWeights(engine: Engine, model: GgufModel, nowhere: Nowhere | null): Promise<Weights> {
	const { ggml, library } = engine;
	const placed = model.files.flatMap((file) => file.header.tensors.map((tensor) => ({ file, tensor })));
	const context = engine.createContext(2 * placed.length + 16);
	const create = (tensor: GgufTensor): Weight => {
		const type = typeNumbers.get(tensor.type) ?? types.f32;
		const [inputs = 1, outputs = 1] = tensor.dimensions;
		// One-dimensional weights stay so: they are added to and multiplied with every row.
		const node =
			tensor.dimensions.length < 2
				? ggml.ggml_new_tensor_1d(context, type, inputs)
				: ggml.ggml_new_tensor_2d(context, type, inputs, outputs);
		return { name: tensor.name, node, type, ne: [inputs, outputs], transposed: null };
	};
	const all = placed.map(({ tensor }) => create(tensor));
	const buffers: Pointer[] = [];
	let transposes: Pointer | null = null;
	const dispose = (): void => {
		for (const buffer of buffers.splice(0)) ggml.ggml_backend_buffer_free(buffer);
		library.functions.ggml_free(context);
		if (transposes !== null) library.functions.ggml_free(transposes);
		transposes = null;
	};
	try {
		if (nowhere !== null) {
			for (const { node } of all) nowhere.place(node);
		} else {
			buffers.push(engine.allocate(context));
			for (const [index, { file, tensor }] of placed.entries()) {
				const weight = all[index];
				if (weight === undefined) continue;
				const bytes = engine.bytesOf(weight.node);
				if (bytes.length !== tensor.bytes)
					throw new Error(`${tensor.name} has ${tensor.bytes} bytes, not ${bytes.length}`);
				await readInto(file.path, bytes, file.header.dataOffset + tensor.offset);
				const sound = await new Promise<boolean>((done, reject) => {
					const data = ggml.ggml_get_data(weight.node);
					ggml.ggml_validate_row_data.async(weight.type, data, bytes.length, (error: Error | null, valid: boolean) =>
						error === null ? done(valid) : reject(error),
					);
				});
				if (!sound) throw notNumbers(tensor.name);
			}
		}
	} catch (error) {
		dispose();
		throw error;
	}
	const byName = new Map(all.map((weight) => [weight.name, weight]));
	return {
		all,
		bytes: placed.reduce((sum, { tensor }) => sum + tensor.bytes, 0),
		get: (name) => byName.get(name) ?? null,
		need: (name, inputs, outputs) => {
			const weight = byName.get(name);
			if (weight?.ne[0] === inputs && weight.ne[1] === outputs) return weight;
			throw new Failure({
				code: 'training-architecture-unsupported',
				message:
					weight === undefined
						? said`This model can’t be trained here: it has no weights called ${name}.`
						: said`This model can’t be trained here: its weights ${name} are ${weight.ne.join(' × ')}, not ${inputs} × ${outputs}.`,
				next: [said`Choose another file of the model`, said`Choose another model`],
			});
		},
		keepTransposed: async (weights, limit, exact) => {
			const chosen: Weight[] = [];
			let bytes = 0;
			for (const weight of weights) {
				const size = weight.ne[0] * weight.ne[1] * (transposedType(weight, exact) === types.f32 ? 4 : 2);
				if (bytes + size > limit) continue;
				bytes += size;
				chosen.push(weight);
			}
			if (chosen.length === 0) return 0;
			transposes = engine.createContext(chosen.length + 16);
			for (const weight of chosen) {
				const type = transposedType(weight, exact);
				weight.transposed = ggml.ggml_new_tensor_2d(transposes, type, weight.ne[1], weight.ne[0]);
			}
			if (nowhere !== null) {
				for (const { transposed } of chosen) if (transposed !== null) nowhere.place(transposed);
				return bytes;
			}
			buffers.push(engine.allocate(transposes));
			for (const weight of chosen) await transpose(engine, weight);
			return bytes;
		},
		dispose,
	};
}

/** Fills the kept transpose of one weight, piece by piece: a large one unpacked takes more memory than a pass. */
async function transpose(engine: Engine, { node, type, ne: [inputs, outputs], transposed }: Weight): Promise<void> {
	const { ggml, library } = engine;
	if (transposed === null) return;
	const rowBytes = ggml.ggml_nbytes(node) / outputs;
	const valueBytes = ggml.ggml_nbytes(transposed) / (inputs * outputs);
	const allocator = ggml.ggml_gallocr_new(engine.bufferType);
	try {
		for (let start = 0; start < outputs; start += pieceRows) {
			const count = Math.min(pieceRows, outputs - start);
			const context = engine.createContext(16);
			try {
				const piece = ggml.ggml_view_2d(context, node, inputs, count, rowBytes, start * rowBytes);
				const plain = type === types.f32 ? piece : ggml.ggml_cast(context, piece, types.f32);
				const place = ggml.ggml_view_2d(context, transposed, count, inputs, outputs * valueBytes, start * valueBytes);
				const graph = ggml.ggml_new_graph_custom(context, 16, false);
				ggml.ggml_build_forward_expand(graph, ggml.ggml_cpy(context, ggml.ggml_transpose(context, plain), place));
				if (!ggml.ggml_gallocr_alloc_graph(allocator, graph)) throw outOfMemory();
				await engine.compute(graph);
			} finally {
				library.functions.ggml_free(context);
			}
		}
	} finally {
		ggml.ggml_gallocr_free(allocator);
	}
}
