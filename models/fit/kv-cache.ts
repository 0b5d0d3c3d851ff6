import type { KvType } from '../contract/load.ts';
import { tensorTypes } from '../gguf/tensor-types.ts';
import type { ModelShape } from './model-shape.ts';

const typesByName = new Map(Object.values(tensorTypes).map((type) => [type.name, type]));

/** Returns the bytes of a row of `length` values; a partial block takes a whole one. */
function rowBytes(type: KvType, length: number): number {
	const { block, bytes } = typesByName.get(type) ?? { block: 1, bytes: 2 };
	return Math.ceil(length / block) * bytes;
}

/** llama.cpp allocates a context in steps of this many tokens (llama-context.cpp: GGML_PAD(n_ctx, 256)). */
export const contextStep = 256;

export interface KvOptions {
	readonly contextSize: number;
	readonly keyType: KvType;
	readonly valueType: KvType;
	/** Tokens computed at a time; a sliding cache holds them in addition to its window. */
	readonly batchSize: number;
	/**
	 * Makes sliding layers keep the whole context too, so that an earlier prompt can be reused (`swa_full`, llama.cpp's
	 * default, which the engine leaves unchanged).
	 */
	readonly wholeWindows?: boolean;
}

const padded = (tokens: number): number => Math.ceil(tokens / contextStep) * contextStep;

/** Returns the bytes of the key-value cache (llama_kv_cache and llama_kv_cache_iswa in src/llama-kv-cache*.cpp). */
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

/** Returns the bytes of states that do not grow with the context; F32 (llama_memory_recurrent). */
export function stateBytes(shape: ModelShape): number {
	return shape.layers.reduce((sum, { stateLength }) => sum + stateLength * 4, 0);
}

/**
 * Returns whether a cache of this type works: its block size must divide the head sizes (llama_init_from_model refuses
 * others).
 */
export function kvTypeFits(shape: ModelShape, type: KvType): boolean {
	const { block } = typesByName.get(type) ?? { block: 1 };
	return shape.headLength > 0 && shape.headLength % block === 0;
}
