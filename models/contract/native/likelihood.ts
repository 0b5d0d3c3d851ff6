import { z } from 'zod';
import { defaultScoringGpu } from '../gpu.ts';
import { loraAdaptersSchema } from '../load.ts';
import { nativeConditionsSchema, nativeModelSchema, pathSchema, threadsSchema } from './conditions.ts';

const likelihoodRequestSchema = z.object({ context: z.string(), continuations: z.array(z.string()).min(1) });

export type LikelihoodRequest = z.infer<typeof likelihoodRequestSchema>;

export const likelihoodTaskSchema = z.object({
	kind: z.literal('loglikelihood'),
	model: pathSchema,
	requests: z.array(likelihoodRequestSchema).min(1),
	threads: threadsSchema,
	/** Longest context plus continuation, in tokens; longer ones lose their start. null: the trained length. */
	contextSize: z.int().min(16).nullable().default(null),
	/** Puts the tokenizer's start token before every context. lm-evaluation-harness does so for Gemma only. */
	startToken: z.boolean().default(false),
	/** The texts are rendered chat templates, so special tokens in them are parsed as such. */
	parseSpecial: z.boolean().default(false),
	/** LoRA adapters on the weights; default: none. */
	adapters: loraAdaptersSchema.optional(),
	...defaultScoringGpu,
});

export type LikelihoodTask = z.infer<typeof likelihoodTaskSchema>;

export const likelihoodRowSchema = z.object({
	/** Index of the request. */
	index: z.int(),
	/** Sum over the tokens of each continuation, nats. */
	logLikelihoods: z.array(z.number()),
	/** For each continuation: every token is the most likely one at its position. */
	greedy: z.array(z.boolean()),
	/** Number of tokens of each continuation. */
	tokens: z.array(z.int()),
	contextTokens: z.int(),
	/** Tokens cut off at the start of the context. */
	truncated: z.int(),
});

export type LikelihoodRow = z.infer<typeof likelihoodRowSchema>;

export const likelihoodResultSchema = z.object({
	rows: z.array(likelihoodRowSchema),
	model: nativeModelSchema,
	/** Tokens decoded, and tokens that would have been decoded without sharing prefixes. */
	decodedTokens: z.int(),
	tokensWithoutReuse: z.int(),
	conditions: nativeConditionsSchema,
	/** Time for decoding and scoring, without loading, ms. */
	elapsedMs: z.number(),
});

export type LikelihoodResult = z.infer<typeof likelihoodResultSchema>;
