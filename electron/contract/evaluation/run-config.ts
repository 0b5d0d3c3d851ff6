import { z } from 'zod';
import { saidSchema } from '../../../models/contract/said-schema.ts';
import { samplersShape, samplingShape } from '../../../models/contract/sampling.ts';
import {
	type RequiredKey,
	runSamplerDefaults,
	type SamplerKey,
	samplingParameters,
	withoutDefaults,
} from '../../../models/contract/sampling-parameters.ts';
import { adapterUsesSchema } from '../adapters/schema.ts';
import { sampleTagSchema } from '../dataset/schema.ts';
import { armContextSchema } from './arm-context.ts';
import { scorerSchema } from './scorer.ts';
import { techniqueSchema } from './technique.ts';

/**
 * Metrics that a criterion can use besides the mean of a scorer. Latencies are seconds per answer; shares are of all
 * rows that failed or could not be scored.
 */
export const runMetrics = ['latency-p50', 'latency-p95', 'tokens-per-second', 'failed', 'unscored'] as const;

/** Set before the run: "ready when accuracy ≥ 0.85 and p95 latency ≤ 2 s". */
export const criterionSchema = z.object({
	/** Name of a scorer of the run (its mean, 0 to 1 for shares), or one of `runMetrics`. */
	metric: z.string().min(1).max(100),
	operator: z.enum(['at-least', 'at-most']),
	value: z.number(),
});

/** Outcome of a criterion for one arm. `undecided`: the 95 % interval includes the bound. */
export const criterionOutcomeSchema = z.object({
	criterion: criterionSchema,
	armId: z.int(),
	state: z.enum(['met', 'not-met', 'undecided']),
	/** null: nothing measured yet. */
	value: z.number().nullable(),
	low: z.number().nullable(),
	high: z.number().nullable(),
	/** "exact at least 85 %: undecided, 83.0 % (79.0 to 87.0)". */
	words: z.string(),
	/** Messages of these texts, by which the page words them in its language. */
	said: z.array(saidSchema).optional(),
});

export type RunMetric = (typeof runMetrics)[number];
export type Criterion = z.infer<typeof criterionSchema>;
export type CriterionOutcome = z.infer<typeof criterionOutcomeSchema>;

/**
 * How a run samples answers; the seed of each answer is derived from the run's seed. Unlike in chat, the default is
 * greedy with a limited length, so that a question has one answer, in bounded time.
 */
export const parametersSchema = z
	.object({
		...samplersWithDefaults(),
		maxTokens: z.int().min(1).max(131_072).default(256),
		stop: samplingShape.stop.default([]),
	})
	.overwrite(withoutDefaults);

/** Optional numbers have no default here, so a manifest without one keeps its hash. */
function samplersWithDefaults() {
	return Object.fromEntries(
		samplingParameters.map(({ key, optional }) => [
			key,
			optional ? samplersShape[key] : samplersShape[key].default(runSamplerDefaults[key]),
		]),
	) as {
		[Key in SamplerKey]: Key extends RequiredKey ? z.ZodDefault<z.ZodNumber> : (typeof samplersShape)[Key];
	};
}

export type Parameters = z.infer<typeof parametersSchema>;

/** Maximum number of samples that are measured and stored together. */
export const shardLimit = 64;

/** The user's request. Every prompt × technique × model × parameters × context is one arm, in this order. */
export const runConfigSchema = z.object({
	/** '' builds a name from what is compared. */
	name: z.string().max(500).default(''),
	dataset: z.object({
		datasetId: z.int(),
		/** null: the newest; the run freezes a draft. */
		versionId: z.int().nullable().default(null),
		/** null: all splits except those that examples come from. */
		split: z.string().min(1).nullable().default(null),
		/** Only samples that have all of these. */
		tags: z.array(sampleTagSchema).max(16).default([]),
		/** Maximum number of samples, picked from the whole set by the seed; null: all. */
		limit: z.int().min(1).nullable().default(null),
	}),
	promptVersionIds: z.array(z.int()).min(1).max(50),
	techniques: z
		.array(techniqueSchema)
		.min(1)
		.max(50)
		.default([techniqueSchema.parse({ kind: 'zero-shot' })]),
	/** Library ids. */
	modelFileIds: z.array(z.int()).min(1).max(50),
	/**
	 * LoRA adapters on each model, in the order of `modelFileIds`, which may name a model several times; left out: none on
	 * any.
	 */
	modelAdapters: z.array(adapterUsesSchema).max(50).optional(),
	parameters: z
		.array(parametersSchema)
		.min(1)
		.max(50)
		.default([parametersSchema.parse({})]),
	/** What goes into the prompts besides the samples, one arm for each; left out: nothing. */
	contexts: z.array(armContextSchema).min(1).max(50).optional(),
	scorers: z.array(scorerSchema).min(1).max(20),
	/** Answers per sample, each with its own seed. */
	epochs: z.int().min(1).max(100).default(1),
	seed: z.int().min(0).max(0xffff_ffff).default(0),
	/** Rows decoded together. 1: token for token the same as in chat. Equal runs need the same width. */
	width: z.int().min(1).max(63).default(8),
	/**
	 * An answer depends on no other row of the run; needs a width above 1 to mean anything. false: prompts are computed
	 * together too, which is faster with small models, and the last digits depend on the rows decoded together.
	 */
	independent: z.boolean().default(true),
	shardSize: z.int().min(1).max(shardLimit).default(32),
	/** Tokens of prompt and answer together; null: as in chat, 8,192 or what the model was trained for. */
	contextSize: z.int().min(128).max(1_048_576).nullable().default(null),
	/** 0: one per core. */
	threads: z.int().min(0).max(256).default(0),
	criteria: z.array(criterionSchema).max(20).default([]),
});

export type RunConfig = z.infer<typeof runConfigSchema>;
/** A config in which fields with a default may be left out. */
export type RunConfigInput = z.input<typeof runConfigSchema>;
