import { z } from 'zod';
import { promptRequestSchema } from '../prompt/prompt.ts';
import { runConfigSchema } from './config.ts';

/** What should be known before a run begins, and when its result is read. */
export const warningSchema = z.object({ code: z.string(), message: z.string() });

/** What a run would take, before it begins. */
export const estimateSchema = z.object({
	samples: z.int(),
	arms: z.int(),
	/** Answers and likelihoods asked of models: samples × epochs × votes or choices × arms. */
	calls: z.int(),
	/** Of all prompts. */
	promptTokens: z.int(),
	/** Expected from earlier runs with these models; otherwise the bound. */
	completionTokens: z.int(),
	/** If every answer took all the tokens it may. */
	mostCompletionTokens: z.int(),
	/** Seconds; null where nothing is known of a model's speed here. */
	seconds: z.number().nullable(),
	mostSeconds: z.number().nullable(),
	/** What the time is taken from: earlier runs with these models, how fast they answer in chats, or nothing. */
	basis: z.enum(['runs', 'chats', 'none']),
	/** In words for people: "96 samples × 2 arms, 192 answers, about 31,000 tokens, about 4 min". */
	words: z.string(),
	warnings: z.array(warningSchema),
});

/** As much of a config as decides what one sample is asked. */
export const planPreviewInputSchema = runConfigSchema.pick({ dataset: true, techniques: true }).extend({
	promptVersionId: z.int(),
	/** Which of the techniques. All are given, as samples that one of them draws examples from are not tested. */
	technique: z.int().min(0),
	/** Which of the samples that are tested, from 0. */
	position: z.int().min(0).default(0),
});

/** What a model would be asked. */
export const planPreviewSchema = z.object({
	/** Of the sample. */
	key: z.string(),
	target: z.string().nullable(),
	/** There is no sample after it. */
	last: z.boolean(),
	/** Keys of the examples shown, in order. */
	examples: z.array(z.string()),
	request: promptRequestSchema,
});

export type Warning = z.infer<typeof warningSchema>;
export type Estimate = z.infer<typeof estimateSchema>;
export type PlanPreviewInput = z.infer<typeof planPreviewInputSchema>;
export type PlanPreview = z.infer<typeof planPreviewSchema>;
