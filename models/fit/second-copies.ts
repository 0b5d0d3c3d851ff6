import type { ModelShape } from './model-shape.ts';
import type { Processor } from './processor.ts';

type Tensor = ModelShape['tensors'][number];

/** Weights that the engine also keeps in a second layout, which the processor multiplies faster. */
export interface SecondCopies {
	/**
	 * Size in the file of weights that are used only as copies, bytes: without a mapping, these are not in memory. Token
	 * embeddings that are also the output are not among them, because their rows are looked up in the original layout.
	 */
	readonly replacedBytes: number;
	/** Size of the copies, bytes. */
	readonly copyBytes: number;
}

/** AMX layout of a type (ggml-cpu/amx/amx.cpp: supports_op; mmq.cpp: get_row_size). */
interface AmxLayout {
	/** A row's length must be a multiple of this. */
	readonly alignment: number;
	/** Bytes of the copy per byte in the file: some blocks gain sums or unpacked scales. */
	readonly growth: number;
}

const amxLayouts: Readonly<Record<string, AmxLayout>> = {
	Q4_0: { alignment: 32, growth: 1 },
	Q4_1: { alignment: 32, growth: 1 },
	Q8_0: { alignment: 32, growth: 38 / 34 },
	Q4_K: { alignment: 256, growth: 148 / 144 },
	Q5_K: { alignment: 256, growth: 180 / 176 },
	Q6_K: { alignment: 256, growth: 1 },
	IQ4_XS: { alignment: 256, growth: 138 / 136 },
	F16: { alignment: 16, growth: 1 },
};

/** Rows of an AMX tile pair: the number of rows must be a multiple of this. */
const amxRows = 32;

/**
 * Alternatives per type: features, of which any one suffices, and the number that must divide the rows
 * (ggml_repack_get_optimal_repack_type in ggml-cpu/repack.cpp).
 */
const repackedTypes: Readonly<Record<string, readonly { readonly any: readonly string[]; readonly rows: number }[]>> = {
	Q4_0: [
		{ any: ['AVX2'], rows: 8 },
		{ any: ['MATMUL_INT8', 'DOTPROD'], rows: 4 },
	],
	Q4_K: [{ any: ['AVX2', 'MATMUL_INT8', 'DOTPROD'], rows: 8 }],
	Q2_K: [{ any: ['AVX512'], rows: 8 }],
	Q5_K: [{ any: ['MATMUL_INT8', 'DOTPROD'], rows: 8 }],
	Q6_K: [{ any: ['MATMUL_INT8', 'DOTPROD'], rows: 8 }],
	Q8_0: [{ any: ['MATMUL_INT8', 'DOTPROD'], rows: 4 }],
	IQ4_NL: [
		{ any: ['AVX2'], rows: 8 },
		{ any: ['DOTPROD'], rows: 4 },
	],
	MXFP4: [
		{ any: ['AVX2'], rows: 8 },
		{ any: ['DOTPROD'], rows: 4 },
	],
};

/** Tensors whose rows are looked up, not multiplied (LLM_TENSOR_INFOS in src/llama-arch.cpp: GGML_OP_GET_ROWS). */
const lookedUp = /^(token_embd|position_embd|token_types|per_layer_token_embd)\./;

/** The matrices of all experts, one after another (GGML_OP_MUL_MAT_ID). */
const ofExperts = /_exps\./;

function isMultiplied({ name, dimensions }: Tensor, tied: boolean): boolean {
	if (dimensions.length < 2) return false;
	// Token embeddings that also serve as the output are copied for that use.
	return !lookedUp.test(name) || (tied && name === 'token_embd.weight');
}

function amxGrowth({ name, type, dimensions }: Tensor): number | null {
	const layout = amxLayouts[type];
	const [length = 0, rows = 0] = dimensions;
	if (layout === undefined || ofExperts.test(name)) return null;
	return length % layout.alignment === 0 && rows % amxRows === 0 ? layout.growth : null;
}

function isRepacked({ name, type, dimensions }: Tensor, features: ReadonlySet<string>): boolean {
	if (dimensions.length !== (ofExperts.test(name) ? 3 : 2)) return false;
	const rows = dimensions[1] ?? 0;
	return (repackedTypes[type] ?? []).some((way) => rows % way.rows === 0 && way.any.some((one) => features.has(one)));
}

/**
 * Computes which weights the engine keeps a second time on this processor, and how large the copies are. llama.cpp
 * offers each tensor to its extra buffers in this order (ggml_backend_cpu_get_extra_buffer_types); the first that can
 * multiply with it takes it. `tied`: the token embeddings also serve as the output, on the processor.
 */
export function secondCopies(tensors: readonly Tensor[], { features }: Processor, tied: boolean): SecondCopies {
	let replacedBytes = 0;
	let copyBytes = 0;
	for (const tensor of tensors) {
		if (!isMultiplied(tensor, tied)) continue;
		const growth =
			(features.has('AMX_INT8') ? amxGrowth(tensor) : null) ??
			(features.has('REPACK') && isRepacked(tensor, features) ? 1 : null);
		if (growth === null) continue;
		if (!lookedUp.test(tensor.name)) replacedBytes += tensor.bytes;
		copyBytes += Math.round(tensor.bytes * growth);
	}
	return { replacedBytes, copyBytes };
}
