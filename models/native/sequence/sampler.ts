import type { GenerateRequest } from '../../contract/generation.ts';
import type { Pointer } from '../library/structs.ts';
import type { NativeModel } from '../model.ts';

type Sampling = GenerateRequest['sampling'];

/** llama.cpp takes this seed for "draw one yourself". */
const randomSeed = 0xffff_ffff;

/** The penalty looks at this many tokens of the answer. */
const penaltyTokens = 64;

export interface Sampler {
	readonly pointer: Pointer;
	free(): void;
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
 * The samplers of one answer. They remember its tokens and their own draws: every answer needs new ones. The penalty
 * looks at the answer as a whole, what it began with included.
 */
export function createSampler(model: NativeModel, sampling: Sampling, begun: readonly number[] = []): Sampler {
	const { functions } = model.library;
	const pointer = functions.llama_sampler_chain_init({ no_perf: true });
	for (const stage of stages(model, sampling)) functions.llama_sampler_chain_add(pointer, stage);
	for (const token of begun.slice(-penaltyTokens)) functions.llama_sampler_accept(pointer, token);
	return { pointer, free: () => functions.llama_sampler_free(pointer) };
}
