import type { KvType } from '../contract/load.ts';
import { tensorTypes } from '../gguf/tensor-types.ts';
import type { ModelShape } from './model-shape.ts';

const typesByName = new Map(Object.values(tensorTypes).map((type) => [type.name, type]));

/** Bytes of a row of `length` values; a block that is not full takes a whole one. */
function rowBytes(type: KvType, length: number): number {
	const { block, bytes } = typesByName.get(type) ?? { block: 1, bytes: 2 };
	return Math.ceil(length / block) * bytes;
}

/** llama.cpp makes room for a context in steps of this many tokens (llama-context.cpp: GGML_PAD(n_ctx, 256)). */
export const contextStep = 256;

export interface KvOptions {
	readonly contextSize: number;
	readonly keyType: KvType;
	readonly valueType: KvType;
	/** Tokens computed at a time; a sliding cache holds them besides its window. */
	readonly batchSize: number;
	/**
	 * Sliding layers keep the whole context too, so that a prompt that went before can be used again (`swa_full`, llama.cpp's
	 * default, which the engine leaves as it is).
	 */
	readonly wholeWindows?: boolean;
}

const padded = (tokens: number): number => Math.ceil(tokens / contextStep) * contextStep;

/** Bytes of the key-value cache (llama_kv_cache and llama_kv_cache_iswa in src/llama-kv-cache*.cpp). */
export function kvBytes(shape: ModelShape, options: KvOptions): number {
	const { keyType, valueType, batchSize, wholeWindows = true } = options;
	const all = padded(options.contextSize);
	const window = padded(Math.min(all, shape.slidingWindow + batchSize));
	let bytes = 0;
	for (const { keyLength, valueLength, sliding } of shape.layers) {
		const tokens = sliding && !wholeWindows ? window : all;
		bytes += tokens * (rowBytes(keyType, keyLength) + rowBytes(valueType, valueLength));
	}
	return bytes;
}

/** Bytes of the states that do not grow with the context; F32 (llama_memory_recurrent). */
export function stateBytes(shape: ModelShape): number {
	return shape.layers.reduce((sum, { stateLength }) => sum + stateLength * 4, 0);
}

/** Whether a cache of this type can be used: its blocks must divide the heads (llama_init_from_model refuses others). */
export function kvTypeFits(shape: ModelShape, type: KvType): boolean {
	const { block } = typesByName.get(type) ?? { block: 1 };
	return shape.headLength > 0 && shape.headLength % block === 0;
}
