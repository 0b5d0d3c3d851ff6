import { z } from 'zod';
import { samplingSchema } from '../../../models/contract/sampling.ts';
import { sampleTagSchema } from '../dataset/schema.ts';
import { scorerSchema } from './scorer.ts';
import { techniqueSchema } from './technique.ts';

/**
 * What a criterion looks at besides the mean of a scorer. Latencies in seconds, of one answer; the shares of all rows
 * that failed or could not be scored.
 */
export const runMetrics = ['latency-p50', 'latency-p95', 'tokens-per-second', 'failed', 'unscored'] as const;

/** Set before the run: "ready when accuracy ≥ 0.85 and p95 latency ≤ 2 s". */
export const criterionSchema = z.object({
	/** Name of a scorer of the run (its mean, 0 to 1 for shares), or one of `runMetrics`. */
	metric: z.string().min(1).max(100),
	operator: z.enum(['at-least', 'at-most']),
	value: z.number(),
});

/** A criterion of one arm. `undecided`: the 95 % interval lies on both sides of the bound. */
export const criterionOutcomeSchema = z.object({
	criterion: criterionSchema,
	armId: z.int(),
	state: z.enum(['met', 'not-met', 'undecided']),
	/** null: nothing was measured yet. */
	value: z.number().nullable(),
	low: z.number().nullable(),
	high: z.number().nullable(),
	/** "exact at least 85 %: undecided, 83.0 % (79.0 to 87.0)". */
	words: z.string(),
});

export type RunMetric = (typeof runMetrics)[number];
export type Criterion = z.infer<typeof criterionSchema>;
export type CriterionOutcome = z.infer<typeof criterionOutcomeSchema>;

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

/** Largest number of samples that are measured and kept together. */
export const shardLimit = 64;

/** What a person asks for. Every prompt × technique × model × parameters is one arm, in this order. */
export const runConfigSchema = z.object({
	/** '' makes one from what is compared. */
	name: z.string().max(500).default(''),
	dataset: z.object({
		datasetId: z.int(),
		/** null: the newest; a draft is frozen by the run. */
		versionId: z.int().nullable().default(null),
		/** null: all splits but those that examples are drawn from. */
		split: z.string().min(1).nullable().default(null),
		/** Only samples that have all of these. */
		tags: z.array(sampleTagSchema).max(16).default([]),
		/** Only so many samples, taken from all over the set by the seed; null: all. */
		limit: z.int().min(1).nullable().default(null),
	}),
	promptVersionIds: z.array(z.int()).min(1).max(50),
	techniques: z
		.array(techniqueSchema)
		.min(1)
		.max(50)
		.default([techniqueSchema.parse({ kind: 'zero-shot' })]),
	/** Ids of the library. */
	modelFileIds: z.array(z.int()).min(1).max(50),
	parameters: z
		.array(parametersSchema)
		.min(1)
		.max(50)
		.default([parametersSchema.parse({})]),
	scorers: z.array(scorerSchema).min(1).max(20),
	/** Answers of each sample, each with a seed of its own. */
	epochs: z.int().min(1).max(100).default(1),
	seed: z.int().min(0).max(0xffff_ffff).default(0),
	/** Rows decoded together. 1: token for token what chat answers. Part of what makes runs equal. */
	width: z.int().min(1).max(63).default(8),
	shardSize: z.int().min(1).max(shardLimit).default(32),
	/** Tokens of prompt and answer together; null: as in chat, 8,192 or what the model was trained for. */
	contextSize: z.int().min(128).max(1_048_576).nullable().default(null),
	/** 0: as many as there are cores. */
	threads: z.int().min(0).max(256).default(0),
	criteria: z.array(criterionSchema).max(20).default([]),
});

export type RunConfig = z.infer<typeof runConfigSchema>;
/** A config in which what has a default may be left out. */
export type RunConfigInput = z.input<typeof runConfigSchema>;
