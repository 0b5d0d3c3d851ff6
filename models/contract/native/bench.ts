import { z } from 'zod';
import { gpuLayersSchema, gpuSchema } from '../gpu.ts';
import { kvTypeSchema, loraAdaptersSchema } from '../load.ts';
import { nativeConditionsSchema, nativeModelSchema, pathSchema, threadsSchema } from './conditions.ts';

/** Set-up of a context, whose speeds are compared. */
export const benchSettingSchema = z.object({
	threads: threadsSchema,
	/** The most tokens per decode. */
	batchSize: z.int().min(1).max(16_384).default(2048),
	/** Type of keys and values. */
	cacheType: kvTypeSchema.default('F16'),
});

export type BenchSetting = z.infer<typeof benchSettingSchema>;

export const benchTaskSchema = z.object({
	kind: z.literal('bench'),
	model: pathSchema,
	/** LoRA adapters on the weights; default: none. */
	adapters: loraAdaptersSchema.optional(),
	/**
	 * llama-bench's tests: `promptTokens` alone is pp, `generatedTokens` alone is tg, both are pp+tg; each runs after
	 * `depth` tokens.
	 */
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
	/**
	 * Every test runs with each setting in turn, in reverse order every other round, so that a slowdown of the computer
	 * affects all alike.
	 */
	settings: z.array(benchSettingSchema).min(1).max(64),
	microBatchSize: z.int().min(1).max(16_384).default(512),
	gpu: gpuSchema.default('auto'),
	gpuLayers: gpuLayersSchema.default('auto'),
});

export type BenchTask = z.infer<typeof benchTaskSchema>;

const benchTestResultSchema = z.object({
	/** llama-bench's name, for example "pp512", "tg128", "pp512+tg128", "tg128 @ d1024". */
	test: z.string(),
	promptTokens: z.int(),
	generatedTokens: z.int(),
	depth: z.int(),
	/** null: measured by a version of Assay that did not record it. */
	setting: benchSettingSchema.nullable().default(null),
	/** For each repetition: until the prompt was computed, and until the first token was generated; ms. */
	promptMs: z.array(z.number()).default([]),
	firstTokenMs: z.array(z.number()).default([]),
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
	/** Time to load the weights, ms. */
	loadMs: z.number(),
	conditions: nativeConditionsSchema,
});

export type BenchResult = z.infer<typeof benchResultSchema>;
