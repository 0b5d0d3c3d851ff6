import type { GenerateRequest } from '../contract/generation.ts';
import type { NativeContext } from './context.ts';
import { createGrammarSampler } from './grammar-sampler.ts';
import type { Pointer } from './libllama/structs.ts';
import type { NativeModel } from './model.ts';

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

/**
 * The likeliest token, the first of equals, as llama.cpp's greedy sampler finds it; much faster for a large vocabulary.
 * Four maxima side by side take half the time of one, which the processor has to wait for at each number.
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
	// Not found is where nothing is a number; whoever measures looks at the logit of what it gets.
	return Math.max(0, logits.indexOf(Math.max(a, b, c, d)));
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
