import { z } from 'zod';

/** Median of some repeats with their spread. */
const repeatedSchema = z.object({ median: z.number(), mean: z.number(), sd: z.number(), samples: z.array(z.number()) });

/** Time to the first word of an answer, for a prompt of which nothing is in memory yet. */
export const firstTokenSchema = z.object({
	/** Which percentile of the lengths of one's own prompts this is; null: there are none, so a stated length is taken. */
	percentile: z.number().nullable(),
	/** As the model counted them, template included. */
	promptTokens: z.int(),
	/** ms. */
	time: repeatedSchema,
});

/**
 * Speed as a person meets it: through the chat's own path, with template, sampling, text and the way between the
 * processes, which llama-bench's figures leave out.
 */
export const chatLatencySchema = z.object({
	/** From the start of the process until it answers, the file in the system's memory already; ms. */
	warmLoad: repeatedSchema,
	/** The same with the file only on the disk, ms; null where the system can't be made to forget it. */
	coldLoadMs: z.number().nullable(),
	firstToken: z.array(firstTokenSchema),
	/** Between two tokens of an answer, ms, over all answers. */
	between: z.object({ n: z.int(), p50: z.number(), p95: z.number(), p99: z.number() }).nullable(),
	/** Tokens per second after the first. */
	generation: repeatedSchema.nullable(),
	/** The most that the process which answers had, bytes. */
	peakBytes: z.int(),
});

export type ChatLatency = z.infer<typeof chatLatencySchema>;
