import type { GenerateRequest } from '../../contract/generation.ts';
import type { NativeContext } from '../context.ts';
import type { Pointer } from '../library/structs.ts';
import type { NativeModel } from '../model.ts';
import { createGrammarSampler } from './grammar.ts';

type Sampling = GenerateRequest['sampling'];

/** llama.cpp takes this seed for "draw one yourself". */
const randomSeed = 0xffff_ffff;

/** The penalty looks at this many tokens of the answer. */
const penaltyTokens = 64;

export interface Sampler {
	/** Draws a token from a row of logits of the context's last decode, and remembers it. */
	sample(context: NativeContext, row: number): number;
	free(): void;
}

export interface SamplerOptions {
	/** Tokens that the answer begins with already. */
	readonly begun?: readonly number[];
	/** GBNF that the answer has to match, from its first drawn token on. */
	readonly grammar?: string | undefined;
}

/** In llama.cpp's usual order: penalty, top-k, top-p, min-p, temperature, draw; at temperature 0 the likeliest token. */
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

/** The likeliest token, the first of equals, as llama.cpp's greedy sampler finds it; much faster for a large vocabulary. */
function likeliest(logits: Float32Array): number {
	let best = 0;
	let most = logits[0]!;
	for (let token = 1; token < logits.length; token += 1) {
		const logit = logits[token]!;
		if (logit > most) {
			most = logit;
			best = token;
		}
	}
	return best;
}

const greedy: Sampler = {
	sample: (context, row) => likeliest(context.logitsOf(row)),
	free: () => {},
};

/**
 * The samplers of one answer. They remember its tokens and their own draws: every answer needs new ones. The penalty
 * looks at the answer as a whole, what it began with included. Throws Failure `grammar-invalid`.
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
