import { z } from 'zod';

/**
 * How the next token is chosen. The sampler order is fixed for chat and evaluation alike:
 * repeat penalty, top-k, top-p, min-p, temperature, draw with `seed`. Temperature 0 is greedy.
 */
export const samplingSchema = z.object({
	temperature: z.number().min(0).max(5),
	/** 0 switches top-k off. */
	topK: z.int().min(0).max(1000),
	/** 1 switches top-p off. */
	topP: z.number().gt(0).max(1),
	/** 0 switches min-p off. */
	minP: z.number().min(0).max(1),
	/** 1 switches the penalty off; looks at the last 64 tokens of the answer, never at the prompt. */
	repeatPenalty: z.number().min(0.5).max(2),
	/** Upper bound of tokens in the answer; null means until the context is full. */
	maxTokens: z.int().min(1).nullable(),
	/** Generation ends before any of these texts; they are not part of the answer. */
	stop: z.array(z.string().min(1)).max(16),
	/** null: drawn by the main process, and stored with the answer. */
	seed: z.int().min(0).max(0xffff_ffff).nullable(),
});

export type Sampling = z.infer<typeof samplingSchema>;
