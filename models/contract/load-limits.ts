/** Tokens of a context that nobody chose, where memory and the model allow it: on a CPU a longer prompt takes minutes. */
export const usualContext = 8192;

/** Most answers that may be computed at once. */
export const maxParallelAnswers = 16;

/** Tokens that a model can take with these overrides of its positions: scaled down, they reach further. */
export function longestContext<Trained extends number | null>(
	trained: Trained,
	rope: { readonly frequencyScale?: number | undefined } = {},
): Trained {
	const reach = trained === null ? null : Math.floor(trained / Math.min(1, rope.frequencyScale ?? 1));
	return reach as Trained;
}

/** Frequencies with which a model does not talk nonsense at once; the engine takes more. */
export const ropeLimits = { scale: { min: 0.1, max: 1 }, base: { min: 10_000, max: 100_000_000 } } as const;

/** Architectures that have no rotary positions, by the first letters of their names (llama_model_rope_type). */
const withoutRotary =
	/^(clip|gpt2|gptj|mpt|refact|bloom|mamba|jamba|jina-bert-v2$|t5|jais$|a?rwkv|wavtokenizer|nemotron_h|kimi-linear|kimi-k3)/;

/** Whether RoPE overrides mean anything to the model. */
export function hasRotaryPositions(architecture: string): boolean {
	return !withoutRotary.test(architecture);
}

/** A cache of values in blocks needs flash attention; without it llama.cpp gives no context at all. */
export function needsFlashAttention(valueType: string | undefined): boolean {
	return !['F32', 'F16', 'BF16', undefined].includes(valueType);
}

/** What decides whether a file goes with a model. */
interface Companion {
	readonly path: string;
	readonly kind: string;
	readonly architecture: string;
	readonly parameters: number;
	/** What is wrong with it; null: nothing. */
	readonly problem: unknown;
}

/** Whether the file is a LoRA adapter that the model may be loaded with. */
export function canAdapt(model: Companion, file: Companion): boolean {
	return file.kind === 'adapter' && file.problem === null && file.architecture === model.architecture;
}

/** Whether the model may guess ahead with the file: a draft speaks the same tokens, and pays where it is much smaller. */
export function canDraft(model: Companion, file: Companion): boolean {
	const usable = file.path !== model.path && file.kind === 'model' && file.problem === null;
	return usable && file.architecture === model.architecture && file.parameters * 3 <= model.parameters;
}
