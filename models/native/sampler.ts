import type { GenerateRequest } from '../contract/generation.ts';
import { dryBreakers, fixedSeed, penaltyTokens } from '../contract/sampler-constants.ts';
import { withDefaults } from '../contract/sampling-parameters.ts';
import type { ToolGrammar } from '../tools/tool-grammar.ts';
import type { NativeContext } from './context.ts';
import { createGrammarSampler } from './grammar-sampler.ts';
import { tokenUnknown } from './input-failures.ts';
import { createLazyGrammarSampler } from './lazy-grammar-sampler.ts';
import type { Pointer } from './libllama/structs.ts';
import type { NativeModel } from './model.ts';

type Sampling = GenerateRequest['sampling'];

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
	/** Added to the logits of these tokens first. */
	readonly logitBias?: readonly (readonly [token: number, bias: number])[] | undefined;
	/** Grammar of calls of tools, where no other is given. */
	readonly calls?: ToolGrammar | undefined;
}

/**
 * Returns the samplers in llama.cpp's default order (common/common.h): bias, penalties, DRY, top-n-sigma, top-k, typical-p,
 * top-p, min-p, XTC, temperature, draw. Samplers that are switched off are left out. At temperature 0 the last one
 * takes the most likely remaining token. Only typical-p and XTC can remove the most likely token of all, so without
 * these two the other filters are left out too.
 */
function listStages(
	{ library, facts, vocabulary }: NativeModel,
	sampling: Sampling,
	biases: NonNullable<SamplerOptions['logitBias']>,
): readonly (() => Pointer)[] {
	const { functions } = library;
	const { temperature, topK, topP, minP, repeatPenalty } = sampling;
	const { topNSigma, typicalP, xtcProbability, xtcThreshold, presencePenalty, frequencyPenalty, ...all } =
		withDefaults(sampling);
	const { dryMultiplier, dryBase, dryAllowedLength, dryPenaltyLastN } = all;
	const seed = fixedSeed(sampling.seed);
	const stages: (() => Pointer)[] = [];
	function add(isOn: boolean, stage: () => Pointer): void {
		if (isOn) stages.push(stage);
	}
	add(biases.length > 0, () =>
		functions.llama_sampler_init_logit_bias(facts.vocabularySize, biases.length, encodeBiases(biases)),
	);
	add(repeatPenalty !== 1 || frequencyPenalty !== 0 || presencePenalty !== 0, () =>
		functions.llama_sampler_init_penalties(
			facts.vocabularySize,
			penaltyTokens,
			repeatPenalty,
			frequencyPenalty,
			presencePenalty,
		),
	);
	add(dryMultiplier !== 0 && dryPenaltyLastN > 0, () =>
		functions.llama_sampler_init_dry(
			vocabulary,
			dryMultiplier,
			dryBase,
			dryAllowedLength,
			dryPenaltyLastN,
			dryBreakers,
			dryBreakers.length,
		),
	);
	const isGreedy = temperature <= 0;
	if (!isGreedy || typicalP < 1 || xtcProbability > 0) {
		add(topNSigma > 0, () => functions.llama_sampler_init_top_n_sigma(topNSigma));
		add(topK > 0, () => functions.llama_sampler_init_top_k(topK));
		add(typicalP < 1, () => functions.llama_sampler_init_typical(typicalP, 1));
		add(topP < 1, () => functions.llama_sampler_init_top_p(topP, 1));
		add(minP > 0, () => functions.llama_sampler_init_min_p(minP, 1));
		add(xtcProbability > 0, () => functions.llama_sampler_init_xtc(xtcProbability, xtcThreshold, 1, seed));
	}
	add(isGreedy, () => functions.llama_sampler_init_greedy());
	add(!isGreedy, () => functions.llama_sampler_init_temp(temperature));
	add(!isGreedy, () => functions.llama_sampler_init_dist(seed));
	return stages;
}

/** struct llama_logit_bias { int32_t token; float bias; }. llama.cpp copies them. */
function encodeBiases(biases: NonNullable<SamplerOptions['logitBias']>): Uint8Array {
	const bytes = new Uint8Array(biases.length * 8);
	const view = new DataView(bytes.buffer);
	for (const [index, [token, bias]] of biases.entries()) {
		view.setInt32(index * 8, token, true);
		view.setFloat32(index * 8 + 4, bias, true);
	}
	return bytes;
}

/** Throws Failure `token-unknown` for a token that the model doesn't have. */
function checkBiases({ facts }: NativeModel, biases: NonNullable<SamplerOptions['logitBias']>): void {
	const wrong = biases.find(([token]) => token >= facts.vocabularySize);
	if (wrong === undefined) return;
	throw tokenUnknown(wrong[0], facts.vocabularySize);
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
 * ones. Penalties and DRY cover the answer, including its given start, but not the prompt. Throws Failure
 * `grammar-invalid`, `token-unknown`.
 */
export function createSampler(
	model: NativeModel,
	sampling: Sampling,
	{ begun = [], grammar, logitBias = [], calls }: SamplerOptions = {},
): Sampler {
	const { functions } = model.library;
	checkBiases(model, logitBias);
	const stages = listStages(model, sampling, logitBias);
	if (grammar === undefined && calls === undefined && sampling.temperature <= 0 && stages.length === 1) return greedy;
	const pointer = functions.llama_sampler_chain_init({ no_perf: true });
	for (const stage of stages) functions.llama_sampler_chain_add(pointer, stage());
	const remembered = Math.max(penaltyTokens, withDefaults(sampling).dryPenaltyLastN);
	for (const token of begun.slice(-remembered)) functions.llama_sampler_accept(pointer, token);
	const free = (): void => functions.llama_sampler_free(pointer);
	if (grammar === undefined && calls === undefined)
		return { sample: (context, row) => context.sample(pointer, row), free };
	try {
		// A given start of the answer has passed the beginning of the calls' grammar already.
		const forcing = grammar ?? (calls?.isForced === true && begun.length === 0 ? calls.write('') : undefined);
		const forced =
			forcing === undefined
				? createLazyGrammarSampler(model, calls!, pointer)
				: createGrammarSampler(model, forcing, pointer);
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
