import { z } from 'zod';
import { defaultScoringGpu } from '../gpu.ts';
import { nativeConditionsSchema, nativeModelSchema, pathSchema, threadsSchema } from './conditions.ts';

const likelihoodRequestSchema = z.object({ context: z.string(), continuations: z.array(z.string()).min(1) });

export type LikelihoodRequest = z.infer<typeof likelihoodRequestSchema>;

export const likelihoodTaskSchema = z.object({
	kind: z.literal('loglikelihood'),
	model: pathSchema,
	requests: z.array(likelihoodRequestSchema).min(1),
	threads: threadsSchema,
	/** Longest context with continuation, in tokens; longer ones lose their start. null: what the model was trained for. */
	contextSize: z.int().min(16).nullable().default(null),
	/** Put the tokenizer's start token before every context. lm-evaluation-harness does for Gemma only. */
	startToken: z.boolean().default(false),
	/** The texts are rendered chat templates: special tokens in them count as such. */
	parseSpecial: z.boolean().default(false),
	...defaultScoringGpu,
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
