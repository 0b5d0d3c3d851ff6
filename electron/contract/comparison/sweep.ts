import { z } from 'zod';
import { kvTypeSchema } from '../../../models/contract/load.ts';
import { benchSettingSchema } from '../../../models/contract/native/tasks.ts';
import { saidSchema } from '../../../models/contract/said-schema.ts';
import { byId } from '../call.ts';
import { speedSchema } from './schema.ts';

/** Load settings of a model to measure: every combination of the given values. */
export const sweepInputSchema = byId.extend({
	threads: z.array(z.int().min(1).max(256)).min(1).max(8),
	/** Tokens. */
	batchSizes: z.array(z.int().min(32).max(4096)).min(1).max(5),
	cacheTypes: z.array(kvTypeSchema).min(1).max(4),
	/** How often each is measured, after a warm-up. */
	repetitions: z.int().min(3).max(20).default(5),
	/** Whether to run LocalScore's nine tests once too. */
	localScore: z.boolean().default(false),
});

/** One combination of settings. */
const sweepRowSchema = z.object({
	setting: benchSettingSchema,
	prompt: speedSchema,
	/** The batch has no effect on generation, so combinations that differ only in the batch share this. */
	generation: speedSchema,
});

/** What a cache of this type costs in quality: the model's divergence from itself with F16, nats. */
export const cacheCostSchema = z.object({
	cacheType: kvTypeSchema,
	klDivergence: z.number(),
	error: z.number(),
	/** Share of positions with the same most likely token. */
	sameTop: z.number(),
	tokens: z.int(),
});

/** LocalScore = 10 (P G 1000/T)^(1/3), with each value the mean over its nine tests (docs/formulas.md#localscore). */
const localScoreSchema = z.object({
	score: z.number(),
	promptTokensPerSecond: z.number(),
	generatedTokensPerSecond: z.number(),
	firstTokenMs: z.number(),
	tests: z.int(),
	repetitions: z.int(),
	threads: z.int(),
});

const sweepConditionsSchema = z.object({
	engine: z.string(),
	processor: z.string(),
	cores: z.int(),
	memoryBytes: z.number(),
	loadBefore: z.number(),
	loadAfter: z.number(),
	power: z.enum(['mains', 'battery', 'unknown']),
	clockMegahertz: z.number().nullable(),
	/** The devices and the layers on them; left out: the processor computed everything. */
	gpu: z.string().optional(),
});

/** The measured sweep. */
export const sweepSchema = z.object({
	measuredAt: z.int(),
	promptTokens: z.int(),
	generatedTokens: z.int(),
	rows: z.array(sweepRowSchema),
	caches: z.array(cacheCostSchema),
	/** What is measurably fastest, or that no difference could be measured, with the reason. */
	verdict: z.string(),
	/** The recommended settings; null: no setting makes a measurable difference. */
	choose: z.object({
		threads: z.int().nullable(),
		batchSize: z.int().nullable(),
		cacheType: kvTypeSchema.nullable(),
	}),
	localScore: localScoreSchema.nullable(),
	conditions: sweepConditionsSchema,
	/** Messages of these texts, by which the page words them in its language. */
	said: z.array(saidSchema).optional(),
});

/** Values worth measuring on this computer, and the initial choice among them. */
export const sweepChoicesSchema = z.object({
	offered: sweepInputSchema.pick({ threads: true, batchSizes: true, cacheTypes: true }),
	chosen: sweepInputSchema.omit({ id: true }),
});

export type SweepInput = z.infer<typeof sweepInputSchema>;
export type SweepChoices = z.infer<typeof sweepChoicesSchema>;
export type Sweep = z.infer<typeof sweepSchema>;
export type CacheCost = z.infer<typeof cacheCostSchema>;
