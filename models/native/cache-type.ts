import { Failure } from '../contract/failure.ts';
import type { KvType, LoadOptions } from '../contract/load.ts';
import { said } from '../contract/said.ts';
import type { ModelFacts } from './model.ts';

/** enum ggml_type of each KV cache type. */
export const cacheTypes: Readonly<Record<KvType, number>> = {
	F32: 0,
	F16: 1,
	Q4_0: 2,
	Q4_1: 3,
	Q5_0: 6,
	Q5_1: 7,
	Q8_0: 8,
	IQ4_NL: 20,
	BF16: 30,
};

/** What the KV cache of a loaded model depends on, whichever engine holds it. */
export interface CacheShape {
	readonly facts: Pick<ModelFacts, 'path' | 'layers' | 'embeddingLength' | 'heads' | 'kvHeads'>;
	/** Returns a number in the metadata of its architecture, for example `context_length`; null if it has none. */
	numberOf(key: string): number | null;
}

/** Values per block of the quantised types. */
const blockSize = 32;

const unquantised: ReadonlySet<KvType> = new Set(['F32', 'F16', 'BF16']);

/**
 * Throws Failure `cache-type-unsuitable` for a cache that llama.cpp can't create for this model; for some it would
 * abort the process.
 */
export function checkCacheTypes(
	model: CacheShape,
	options: Pick<LoadOptions, 'keyType' | 'valueType' | 'flashAttention'>,
): void {
	const { keyType = 'F16', valueType = 'F16', flashAttention = 'auto' } = options;
	const { embeddingLength, heads } = model.facts;
	const headLength = embeddingLength / Math.max(1, heads);
	for (const [what, type, key] of [
		['keys', keyType, 'attention.key_length'],
		['values', valueType, 'attention.value_length'],
	] as const) {
		const length = model.numberOf(key) ?? headLength;
		if (unquantised.has(type) || length % blockSize === 0) continue;
		throw new Failure({
			code: 'cache-type-unsuitable',
			message:
				what === 'keys'
					? said`A KV cache of ${type} keys needs heads whose length divides by ${blockSize}; this model’s are ${length}.`
					: said`A KV cache of ${type} values needs heads whose length divides by ${blockSize}; this model’s are ${length}.`,
			next: [said`Use F16 for the KV cache`, said`Choose a smaller context to save memory`, said`Choose another model`],
		});
	}
	if (flashAttention === 'off' && !unquantised.has(valueType)) {
		throw new Failure({
			code: 'cache-type-unsuitable',
			message: said`A KV cache of ${valueType} values needs flash attention, which is switched off.`,
			next: [said`Switch flash attention on`, said`Use F16 for the values`, said`Use F16 for the whole KV cache`],
		});
	}
}
