import { z } from 'zod';

/**
 * How the next token is chosen. The order of samplers is fixed, for chat and evaluation alike: repeat penalty, top-k,
 * top-p, min-p, temperature, draw with `seed`. Temperature 0 is greedy.
 */
export const samplingSchema = z.object({
	temperature: z.number().min(0).max(5),
	/** 0 switches top-k off. */
	topK: z.int().min(0).max(1000),
	/** 1 switches top-p off. */
	topP: z.number().gt(0).max(1),
	/** 0 switches min-p off. */
	minP: z.number().min(0).max(1),
	/** 1 switches the penalty off; it covers the last 64 tokens of the answer, never the prompt. */
	repeatPenalty: z.number().min(0.5).max(2),
	/** The most tokens in the answer; null: until the context is full. */
	maxTokens: z.int().min(1).nullable(),
	/** Generation ends before any of these texts, which are not part of the answer. */
	stop: z.array(z.string().min(1)).max(16),
	/** null: the main process draws one and stores it with the answer. */
	seed: z.int().min(0).max(0xffff_ffff).nullable(),
});

export type Sampling = z.infer<typeof samplingSchema>;
