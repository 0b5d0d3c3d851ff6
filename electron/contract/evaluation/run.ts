import { z } from 'zod';
import { failureSchema } from '../../../models/contract/failure.ts';
import { runConfigSchema } from './config.ts';
import { criterionOutcomeSchema } from './criterion.ts';
import { warningSchema } from './estimate.ts';
import { manifestSchema } from './manifest.ts';
import { parametersSchema } from './parameters.ts';
import { techniqueSchema } from './technique.ts';

/** A mean with its 95 % interval. */
export const metricSchema = z.object({
	value: z.number(),
	standardError: z.number(),
	low: z.number(),
	high: z.number(),
	/** Values the mean is of; samples, where several epochs are averaged. */
	n: z.int(),
	/** Rows that could not be scored: counted, not part of the mean. */
	unscored: z.int(),
	/** Of a judge of pairs: samples in which one of the two won in both orders; the others are ties. */
	decided: z.int().optional(),
	/** "Wilson", "normal", "clustered by document, 40 clusters": how the interval was made. */
	method: z.string(),
});

export const spreadSchema = z.object({ p50: z.number(), p95: z.number() });

/** One combination of prompt, technique, model and parameters. */
export const armSchema = z.object({
	id: z.int(),
	position: z.int(),
	/** What tells it from the others of its run: "Q4_K_M · 5-shot"; the model's name where there is one arm. */
	label: z.string(),
	/** ids are null where the model or prompt is gone. */
	model: z.object({ id: z.int().nullable(), name: z.string(), quantization: z.string() }),
	prompt: z.object({ id: z.int().nullable(), versionId: z.int().nullable(), name: z.string(), number: z.int() }),
	technique: techniqueSchema,
	parameters: parametersSchema,
	/** Rows that are there, failed ones included; `total` when it is done. */
	n: z.int(),
	total: z.int(),
	/** Rows that failed. */
	errors: z.int(),
	/** By scorer, in the order of the config. Also of the rows so far. */
	metrics: z.record(z.string(), metricSchema),
	/** Seconds from the start to the end of an answer, measured with `width` rows at once; null: none yet. */
	latency: spreadSchema.nullable(),
	/** Generated tokens by the time they took, all rows together. */
	tokensPerSecond: z.number().nullable(),
	promptTokens: z.int(),
	completionTokens: z.int(),
});

export const runStatusSchema = z.enum(['waiting', 'running', 'paused', 'done', 'failed', 'cancelled']);

export const runProgressSchema = z.object({
	/** Rows. */
	done: z.int(),
	total: z.int(),
	/** Rows that failed, and shards given up. */
	errors: z.int(),
	failedShards: z.int(),
	/** null until it can be known. */
	secondsLeft: z.number().nullable(),
	/** "Q4_K_M, samples 65 to 96"; null: nothing at the moment. */
	doing: z.string().nullable(),
});

/** A run in a list. */
export const runSummarySchema = z.object({
	id: z.int(),
	name: z.string(),
	status: runStatusSchema,
	/** yes: shown by the self-test or by rows that were made again; no: some came out otherwise. */
	repeatable: z.enum(['unknown', 'yes', 'no']),
	baseline: z.boolean(),
	/** Run that it repeats exactly. */
	repeatOf: z.int().nullable(),
	/** Run whose outputs it marks again; null: it made its own, or that run is gone (`manifest.marked` names it still). */
	markedOf: z.int().nullable(),
	manifestHash: z.string(),
	dataset: z.object({ id: z.int(), versionId: z.int(), name: z.string(), number: z.int(), samples: z.int() }),
	/** Names of the scorers; the first is the headline. */
	scorers: z.array(z.string()),
	progress: runProgressSchema,
	arms: z.array(armSchema),
	/** Why it ended or stopped early. */
	failure: failureSchema.nullable(),
	createdAt: z.int(),
	startedAt: z.int().nullable(),
	endedAt: z.int().nullable(),
	deletedAt: z.int().nullable(),
});

/** What the tags of the samples say apart: one line a tag and arm. */
export const tagMetricSchema = metricSchema.extend({ tag: z.string(), armId: z.int(), scorer: z.string() });

/** A figure over several answers of each sample: "pass@3". */
export const repeatMetricSchema = metricSchema.extend({ name: z.string(), armId: z.int(), scorer: z.string() });

export const runSchema = runSummarySchema.extend({
	config: runConfigSchema,
	manifest: manifestSchema,
	criteria: z.array(criterionOutcomeSchema),
	byTag: z.array(tagMetricSchema),
	/** pass@k and majority@k where there are several epochs. */
	repeats: z.array(repeatMetricSchema),
	/** Shards that were given up, the first few, with why. Positions of their samples, from 0. */
	givenUp: z.array(z.object({ armId: z.int(), first: z.int(), last: z.int(), failure: failureSchema })),
	/** What was known before it began and bears on what it came to: "the prompt shows the answer". */
	warnings: z.array(warningSchema),
	/** Where it was not repeatable, and how it was tested. '' where nothing is known. */
	repeatableNote: z.string(),
	/** Engine, processor, cores, threads, memory: what the numbers hold for. */
	conditions: z.record(z.string(), z.union([z.string(), z.number()])),
});

export type Metric = z.infer<typeof metricSchema>;
export type Arm = z.infer<typeof armSchema>;
export type RunStatus = z.infer<typeof runStatusSchema>;
export type RunSummary = z.infer<typeof runSummarySchema>;
export type TagMetric = z.infer<typeof tagMetricSchema>;
export type Run = z.infer<typeof runSchema>;
