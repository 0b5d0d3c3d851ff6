import { z } from 'zod';

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

export type Warning = z.infer<typeof warningSchema>;
export type Estimate = z.infer<typeof estimateSchema>;
