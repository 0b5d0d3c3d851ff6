import { z } from 'zod';
import { nativeConditionsSchema, nativeModelSchema, pathSchema, threadsSchema } from './conditions.ts';

export const benchTaskSchema = z.object({
	kind: z.literal('bench'),
	model: pathSchema,
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
	threads: threadsSchema,
	batchSize: z.int().min(1).max(16_384).default(2048),
	microBatchSize: z.int().min(1).max(16_384).default(512),
	kvType: z.enum(['f16', 'q8_0', 'f32', 'bf16']).default('f16'),
});

export type BenchTask = z.infer<typeof benchTaskSchema>;

const benchTestResultSchema = z.object({
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
