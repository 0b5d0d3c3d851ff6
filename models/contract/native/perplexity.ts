import { z } from 'zod';
import { defaultScoringGpu } from '../gpu.ts';
import { kvTypeSchema, loraAdaptersSchema } from '../load.ts';
import {
	nativeConditionsSchema,
	nativeModelSchema,
	nativeWarningSchema,
	pathSchema,
	threadsSchema,
} from './conditions.ts';

export const perplexityTaskSchema = z.object({
	kind: z.literal('perplexity'),
	model: pathSchema,
	/** Scored together with `model`; null for perplexity alone. */
	reference: pathSchema.nullable(),
	text: pathSchema,
	contextSize: z.int().min(16).max(131_072).default(512),
	/** Number of chunks to score, from the start; null for all. */
	chunks: z.int().min(1).nullable().default(null),
	threads: threadsSchema,
	/** `llama-perplexity` encodes the reference in 16 bits, like its base file. */
	rounding: z.enum(['exact', 'llama-perplexity']).default('exact'),
	/** KV cache type of `model`; that of the reference is always F16. */
	cacheType: kvTypeSchema.default('F16'),
	/**
	 * Keeps only one of the two models in memory at a time: a first pass stores what is needed of the reference's
	 * distributions in this file, unless it is there already. The KL divergence is then estimated; everything else
	 * stays exact.
	 */
	store: z.object({ path: pathSchema, keep: z.boolean() }).nullable().default(null),
	/** LoRA adapters on `model`, not on the reference; default: none. */
	adapters: loraAdaptersSchema.optional(),
	...defaultScoringGpu,
});

/** How a divergence was estimated from a store. */
export const approximationSchema = z.object({
	/** Size of the store. */
	bytes: z.int(),
	/** Per distribution: most likely tokens kept, and tokens sampled from the rest. */
	kept: z.int(),
	sampled: z.int(),
});

export type Approximation = z.infer<typeof approximationSchema>;

export type PerplexityTask = z.infer<typeof perplexityTaskSchema>;

const perplexityFields = {
	perplexity: z.number(),
	perplexityError: z.number(),
	/** The same error, clustered by chunk; null for a single chunk. */
	perplexityErrorByChunk: z.number().nullable(),
};

/** Divergences in nats; differences of p as probabilities, not percent. */
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

/** Sums of one chunk, which allow clustered errors and a chart of damage along the text. */
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
	cacheType: kvTypeSchema.default('F16'),
	/** null: the divergence is exact. */
	approximation: approximationSchema.nullable().default(null),
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
	/** Time for decoding and scoring, without loading, ms. */
	elapsedMs: z.number(),
});

export type PerplexityResult = z.infer<typeof perplexityResultSchema>;
