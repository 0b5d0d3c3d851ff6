import { z } from 'zod';

/** What the processes of models/native are asked to do and answer. One task per process. */

const threads = z.int().min(1).max(256);
const path = z.string().min(1);

/** Something the user should know about a result; the result itself holds. */
export const nativeWarningSchema = z.object({ code: z.string(), message: z.string() });

export type NativeWarning = z.infer<typeof nativeWarningSchema>;

/** The engine and machine a number came from. */
export const nativeConditionsSchema = z.object({
	/** llama.cpp's version, e.g. "0.4.0-dev". */
	engine: z.string(),
	/** Instruction sets that llama.cpp uses on this processor. */
	systemInfo: z.string(),
	devices: z.array(z.string()),
	threads: z.int(),
});

export type NativeConditions = z.infer<typeof nativeConditionsSchema>;

export const nativeModelSchema = z.object({
	path: z.string(),
	architecture: z.string(),
	description: z.string(),
	parameters: z.int(),
	/** Of all tensors. */
	sizeBytes: z.int(),
	layers: z.int(),
	embeddingLength: z.int(),
	trainedContextLength: z.int(),
	vocabularySize: z.int(),
});

export const perplexityTaskSchema = z.object({
	kind: z.literal('perplexity'),
	model: path,
	/** Scored side by side with `model`; null for perplexity alone. */
	reference: path.nullable(),
	text: path,
	contextSize: z.int().min(16).max(131_072).default(512),
	/** Only the first so many chunks; null for all. */
	chunks: z.int().min(1).nullable().default(null),
	threads,
	/** `llama-perplexity` codes the reference in 16 bits, as its base file does. */
	rounding: z.enum(['exact', 'llama-perplexity']).default('exact'),
});

export type PerplexityTask = z.infer<typeof perplexityTaskSchema>;

const perplexityFields = {
	perplexity: z.number(),
	perplexityError: z.number(),
	/** The same error with the tokens of a chunk clustered; null for a single chunk. */
	perplexityErrorByChunk: z.number().nullable(),
};

/** Nats for divergences, probabilities (not percent) for differences of p. */
const distributionSchema = z.object({
	mean: z.number(),
	error: z.number(),
	errorByChunk: z.number().nullable(),
	min: z.number(),
	p001: z.number(),
	p01: z.number(),
	p05: z.number(),
	p10: z.number(),
	p25: z.number(),
	median: z.number(),
	p75: z.number(),
	p90: z.number(),
	p95: z.number(),
	p99: z.number(),
	p999: z.number(),
	max: z.number(),
});

/** Sums of one chunk, so that errors can be clustered and damage shown along the text. */
export const chunkResultSchema = z.object({
	index: z.int(),
	/** Scored tokens. */
	tokens: z.int(),
	/** Mean negative log-likelihood, nats. */
	negativeLog: z.number(),
	reference: z
		.object({ negativeLog: z.number(), klDivergence: z.number(), sameTop: z.number(), deltaP: z.number() })
		.nullable(),
});

export type ChunkResult = z.infer<typeof chunkResultSchema>;

export const perplexityResultSchema = z.object({
	...perplexityFields,
	/** Scored tokens over all chunks. */
	tokens: z.int(),
	/** Tokens of the whole text. */
	textTokens: z.int(),
	textSha256: z.string(),
	contextSize: z.int(),
	chunks: z.array(chunkResultSchema),
	rounding: z.enum(['exact', 'llama-perplexity']),
	model: nativeModelSchema,
	reference: z
		.object({
			...perplexityFields,
			model: nativeModelSchema,
			klDivergence: distributionSchema,
			sameTop: z.number(),
			sameTopError: z.number(),
			deltaP: distributionSchema.extend({ rms: z.number(), rmsError: z.number() }),
			lnRatio: z.number(),
			lnRatioError: z.number(),
			lnRatioErrorByChunk: z.number().nullable(),
			ratio: z.number(),
			ratioError: z.number(),
			difference: z.number(),
			differenceError: z.number(),
			correlation: z.number().nullable(),
		})
		.nullable(),
	warnings: z.array(nativeWarningSchema),
	conditions: nativeConditionsSchema,
	/** Decoding and scoring, without loading, ms. */
	elapsedMs: z.number(),
});

export type PerplexityResult = z.infer<typeof perplexityResultSchema>;

/** Every type that llama-quantize offers, best first. */
export const quantizeTypeSchema = z.enum([
	'F32',
	'F16',
	'BF16',
	'Q8_0',
	'Q6_K',
	'Q5_K_M',
	'Q5_K_S',
	'Q5_1',
	'Q5_0',
	'Q4_K_M',
	'Q4_K_S',
	'Q4_1',
	'Q4_0',
	'IQ4_NL',
	'IQ4_XS',
	'MXFP4_MOE',
	'Q3_K_L',
	'Q3_K_M',
	'Q3_K_S',
	'IQ3_M',
	'IQ3_S',
	'IQ3_XS',
	'IQ3_XXS',
	'Q2_K',
	'Q2_K_S',
	'Q2_0',
	'IQ2_M',
	'IQ2_S',
	'IQ2_XS',
	'IQ2_XXS',
	'TQ2_0',
	'TQ1_0',
	'IQ1_M',
	'IQ1_S',
	'Q1_0',
]);

export type QuantizeType = z.infer<typeof quantizeTypeSchema>;

export const quantizeTaskSchema = z.object({
	kind: z.literal('quantize'),
	input: path,
	outputs: z.array(z.object({ type: quantizeTypeSchema, path })).min(1),
	/** An importance matrix, as llama-imatrix or Assay writes it. */
	imatrix: path.nullable().default(null),
	/** Allows a source whose weights are quantised already; the result carries a warning. */
	allowRequantize: z.boolean().default(false),
	/** Replace files that exist. */
	overwrite: z.boolean().default(false),
	threads,
});

export type QuantizeTask = z.infer<typeof quantizeTaskSchema>;

/** A tensor that did not get the type it should have. */
export const quantizeFallbackSchema = z.object({
	tensor: z.string(),
	from: z.string(),
	to: z.string(),
	reason: z.string(),
});

export type QuantizeFallback = z.infer<typeof quantizeFallbackSchema>;

export const quantizeOutputSchema = z.object({
	path: z.string(),
	type: quantizeTypeSchema,
	sizeBytes: z.int(),
	bitsPerWeight: z.number(),
	tensors: z.array(z.object({ type: z.string(), count: z.int(), bytes: z.int() })),
	fallbacks: z.array(quantizeFallbackSchema),
	sha256: z.string(),
	elapsedMs: z.number(),
});

export type QuantizeOutput = z.infer<typeof quantizeOutputSchema>;

export const quantizeResultSchema = z.object({
	outputs: z.array(quantizeOutputSchema),
	source: z.object({ path: z.string(), quantization: z.string(), sizeBytes: z.int() }),
	imatrix: z
		.object({
			path: z.string(),
			entries: z.int(),
			chunks: z.int(),
			datasets: z.array(z.string()),
		})
		.nullable(),
	warnings: z.array(nativeWarningSchema),
	conditions: nativeConditionsSchema,
});

export type QuantizeResult = z.infer<typeof quantizeResultSchema>;

export const likelihoodRequestSchema = z.object({ context: z.string(), continuations: z.array(z.string()).min(1) });

export type LikelihoodRequest = z.infer<typeof likelihoodRequestSchema>;

export const likelihoodTaskSchema = z.object({
	kind: z.literal('loglikelihood'),
	model: path,
	requests: z.array(likelihoodRequestSchema).min(1),
	threads,
	/** Longest context with continuation, in tokens; longer ones lose their start. null: what the model was trained for. */
	contextSize: z.int().min(16).nullable().default(null),
	/** Put the tokenizer's start token before every context. lm-evaluation-harness does for Gemma only. */
	startToken: z.boolean().default(false),
	/** The texts are rendered chat templates: special tokens in them count as such. */
	parseSpecial: z.boolean().default(false),
});

export type LikelihoodTask = z.infer<typeof likelihoodTaskSchema>;

export const likelihoodRowSchema = z.object({
	/** Number of the request. */
	index: z.int(),
	/** Nats, summed over the tokens of each continuation. */
	logLikelihoods: z.array(z.number()),
	/** Whether each token of the continuation is the most likely one there. */
	greedy: z.array(z.boolean()),
	/** Tokens of each continuation. */
	tokens: z.array(z.int()),
	contextTokens: z.int(),
	/** Tokens cut off at the start of the context. */
	truncated: z.int(),
});

export type LikelihoodRow = z.infer<typeof likelihoodRowSchema>;

export const likelihoodResultSchema = z.object({
	rows: z.array(likelihoodRowSchema),
	model: nativeModelSchema,
	/** Tokens that went through the model, and those that would have without sharing prefixes. */
	decodedTokens: z.int(),
	tokensWithoutReuse: z.int(),
	conditions: nativeConditionsSchema,
	/** Decoding and scoring, without loading, ms. */
	elapsedMs: z.number(),
});

export type LikelihoodResult = z.infer<typeof likelihoodResultSchema>;

export const benchTaskSchema = z.object({
	kind: z.literal('bench'),
	model: path,
	/** llama-bench's tests: `promptTokens` alone is pp, `generatedTokens` alone is tg, both are pp+tg; after `depth` tokens. */
	tests: z
		.array(
			z.object({
				promptTokens: z.int().min(0).max(131_072),
				generatedTokens: z.int().min(0).max(131_072),
				depth: z.int().min(0).max(131_072),
			}),
		)
		.min(1),
	repetitions: z.int().min(1).max(100).default(5),
	threads,
	batchSize: z.int().min(1).max(16_384).default(2048),
	microBatchSize: z.int().min(1).max(16_384).default(512),
	kvType: z.enum(['f16', 'q8_0', 'f32', 'bf16']).default('f16'),
});

export type BenchTask = z.infer<typeof benchTaskSchema>;

export const benchTestResultSchema = z.object({
	/** llama-bench's name, e.g. "pp512", "tg128", "pp512+tg128", "tg128 @ d1024". */
	test: z.string(),
	promptTokens: z.int(),
	generatedTokens: z.int(),
	depth: z.int(),
	tokensPerSecond: z.object({
		median: z.number(),
		mean: z.number(),
		/** Sample standard deviation; 0 for one repetition. */
		sd: z.number(),
		samples: z.array(z.number()),
	}),
	/** Wall-clock time of each repetition, ms. */
	samplesMs: z.array(z.number()),
});

export type BenchTestResult = z.infer<typeof benchTestResultSchema>;

export const benchResultSchema = z.object({
	results: z.array(benchTestResultSchema),
	model: nativeModelSchema,
	/** Loading the weights, ms. */
	loadMs: z.number(),
	conditions: nativeConditionsSchema,
});

export type BenchResult = z.infer<typeof benchResultSchema>;

export const imatrixTaskSchema = z.object({
	kind: z.literal('imatrix'),
	/** Best an unquantised file: its activations are what is measured. */
	model: path,
	text: path,
	output: path,
	contextSize: z.int().min(32).max(131_072).default(512),
	chunks: z.int().min(1).nullable().default(null),
	overwrite: z.boolean().default(false),
	threads,
});

export type ImatrixTask = z.infer<typeof imatrixTaskSchema>;

export const imatrixResultSchema = z.object({
	path: z.string(),
	sizeBytes: z.int(),
	sha256: z.string(),
	entries: z.int(),
	chunks: z.int(),
	textSha256: z.string(),
	/** Perplexity over the same chunks, as llama-imatrix prints it. */
	perplexity: z.number(),
	model: nativeModelSchema,
	warnings: z.array(nativeWarningSchema),
	conditions: nativeConditionsSchema,
	elapsedMs: z.number(),
});

export type ImatrixResult = z.infer<typeof imatrixResultSchema>;
