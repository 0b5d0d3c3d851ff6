import type { GenerateRequest } from '../contract/generation.ts';
import type { NativeContext } from './context.ts';
import { createGrammarSampler } from './grammar-sampler.ts';
import type { Pointer } from './libllama/structs.ts';
import type { NativeModel } from './model.ts';

type Sampling = GenerateRequest['sampling'];

/** llama.cpp draws a seed of its own for this value. */
const randomSeed = 0xffff_ffff;

/** The penalty covers this many tokens of the answer. */
const penaltyTokens = 64;

export interface Sampler {
	/** Samples a token from a row of logits of the context's last decode, and remembers it. */
	sample(context: NativeContext, row: number): number;
	free(): void;
}

export interface SamplerOptions {
	/** Tokens that the answer already starts with. */
	readonly begun?: readonly number[];
	/** GBNF grammar that the answer must match, from its first sampled token on. */
	readonly grammar?: string | undefined;
}

/**
 * Yields samplers in llama.cpp's usual order: penalty, top-k, top-p, min-p, temperature, draw; at temperature 0 the
 * most likely token.
 */
function* stages({ library, facts }: NativeModel, sampling: Sampling): Generator<Pointer> {
	const { functions } = library;
	const { temperature, topK, topP, minP, repeatPenalty, seed } = sampling;
	if (repeatPenalty !== 1)
		yield functions.llama_sampler_init_penalties(facts.vocabularySize, penaltyTokens, repeatPenalty, 0, 0);
	if (temperature <= 0) {
		yield functions.llama_sampler_init_greedy();
		return;
	}
	if (topK > 0) yield functions.llama_sampler_init_top_k(topK);
	if (topP < 1) yield functions.llama_sampler_init_top_p(topP, 1);
	if (minP > 0) yield functions.llama_sampler_init_min_p(minP, 1);
	yield functions.llama_sampler_init_temp(temperature);
	yield functions.llama_sampler_init_dist(seed === randomSeed ? randomSeed - 1 : seed);
}

/**
 * Returns the most likely token, the first on a tie, like llama.cpp's greedy sampler; much faster for a large
 * vocabulary. Four interleaved maxima take half the time of one, because the CPU would wait for each comparison.
 */
function likeliest(logits: Float32Array): number {
	const whole = logits.length - (logits.length % 4);
	let a = Number.NEGATIVE_INFINITY;
	let b = a;
	let c = a;
	let d = a;
	for (let token = 0; token < whole; token += 4) {
		const w = logits[token]!;
		const x = logits[token + 1]!;
		const y = logits[token + 2]!;
		const z = logits[token + 3]!;
		if (w > a) a = w;
		if (x > b) b = x;
		if (y > c) c = y;
		if (z > d) d = z;
	}
	for (let token = whole; token < logits.length; token += 1) if (logits[token]! > a) a = logits[token]!;
	// Nothing is found if no logit is a number; callers that measure check the logit of the result.
	return Math.max(0, logits.indexOf(Math.max(a, b, c, d)));
}

const greedy: Sampler = {
	sample: (context, row) => likeliest(context.logitsOf(row)),
	free: () => {},
};

/**
 * Creates the samplers of one answer. They remember its tokens and their own random state, so every answer needs new
 * ones. The penalty covers the whole answer, including its given start. Throws Failure `grammar-invalid`.
 */
export function createSampler(
	model: NativeModel,
	sampling: Sampling,
	{ begun = [], grammar }: SamplerOptions = {},
): Sampler {
	if (grammar === undefined && sampling.temperature <= 0 && sampling.repeatPenalty === 1) return greedy;
	const { functions } = model.library;
	const pointer = functions.llama_sampler_chain_init({ no_perf: true });
	for (const stage of stages(model, sampling)) functions.llama_sampler_chain_add(pointer, stage);
	for (const token of begun.slice(-penaltyTokens)) functions.llama_sampler_accept(pointer, token);
	const free = (): void => functions.llama_sampler_free(pointer);
	if (grammar === undefined) return { sample: (context, row) => context.sample(pointer, row), free };
	try {
		const forced = createGrammarSampler(model, grammar, pointer);
		return {
			sample: (context, row) => forced.sample(context, row),
			free() {
				forced.free();
				free();
			},
		};
	} catch (error) {
		free();
		throw error;
	}
}
