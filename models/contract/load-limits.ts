/** Default context in tokens if memory and the model allow it: on a CPU a longer prompt takes minutes. */
export const usualContext = 8192;

/** The most answers that may be computed at once. */
export const maxParallelAnswers = 16;

/** Returns how many tokens a model can take with these RoPE overrides: scaled-down positions reach further. */
export function longestContext<Trained extends number | null>(
	trained: Trained,
	rope: { readonly frequencyScale?: number | undefined } = {},
): Trained {
	const reach = trained === null ? null : Math.floor(trained / Math.min(1, rope.frequencyScale ?? 1));
	return reach as Trained;
}

/** Frequencies at which a model does not produce nonsense immediately; the engine accepts more. */
export const ropeLimits = { scale: { min: 0.1, max: 1 }, base: { min: 10_000, max: 100_000_000 } } as const;

/** Prefixes of the architectures without rotary positions (llama_model_rope_type). */
const withoutRotary =
	/^(clip|gpt2|gptj|mpt|refact|bloom|mamba|jamba|jina-bert-v2$|t5|jais$|a?rwkv|wavtokenizer|nemotron_h|kimi-linear|kimi-k3)/;

/** Returns whether RoPE overrides have an effect on the model. */
export function hasRotaryPositions(architecture: string): boolean {
	return !withoutRotary.test(architecture);
}

/**
 * Returns whether a value cache of this type needs flash attention: a quantised one does, and without it llama.cpp
 * creates no context at all.
 */
export function needsFlashAttention(valueType: string | undefined): boolean {
	return !['F32', 'F16', 'BF16', undefined].includes(valueType);
}

/** The facts that decide whether a file goes with a model. */
interface Companion {
	readonly path: string;
	readonly kind: string;
	readonly architecture: string;
	readonly parameters: number;
	/** The problem with it; null if there is none. */
	readonly problem: unknown;
}

/** Returns whether the file is a LoRA adapter that fits the model. */
export function canAdapt(model: Companion, file: Companion): boolean {
	return file.kind === 'adapter' && file.problem === null && file.architecture === model.architecture;
}

/**
 * Returns whether the file can draft for the model: a draft model has the same tokens, and is worthwhile only if much
 * smaller.
 */
export function canDraft(model: Companion, file: Companion): boolean {
	const usable = file.path !== model.path && file.kind === 'model' && file.problem === null;
	return usable && file.architecture === model.architecture && file.parameters * 3 <= model.parameters;
}
