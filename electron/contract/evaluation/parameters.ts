import { z } from 'zod';
import { samplingSchema } from '../../../models/contract/sampling.ts';

/**
 * How answers of a run are sampled; the seed of each answer follows from the run's seed. Unlike in chat the default is
 * greedy with a bounded length: the same question then has one answer, in bounded time.
 */
export const parametersSchema = z.object({
	temperature: samplingSchema.shape.temperature.default(0),
	topK: samplingSchema.shape.topK.default(40),
	topP: samplingSchema.shape.topP.default(0.95),
	minP: samplingSchema.shape.minP.default(0.05),
	repeatPenalty: samplingSchema.shape.repeatPenalty.default(1),
	maxTokens: z.int().min(1).max(131_072).default(256),
	stop: samplingSchema.shape.stop.default([]),
});

export type Parameters = z.infer<typeof parametersSchema>;
