import { z } from 'zod';
import { failureSchema } from '../../../models/contract/failure.ts';
import { turnSchema } from '../../../models/contract/generation.ts';
import {
	objectiveNameSchema,
	trainingPointSchema,
	trainingSettingsSchema,
} from '../../../models/contract/native/training-run.ts';
import { saidSchema } from '../../../models/contract/said-schema.ts';
import { sampleTagSchema } from '../dataset/schema.ts';
import { warningSchema } from '../evaluation/schema.ts';
import { feedbackFilterSchema } from '../feedback/schema.ts';

/** What to learn from. */
export const trainingDataSchema = z.discriminatedUnion('kind', [
	z.object({
		kind: z.literal('dataset'),
		datasetId: z.int(),
		/** null: the newest; the run freezes a draft. */
		versionId: z.int().nullable().default(null),
		/** null: “train” if the version has that split; otherwise all samples, of which some are held out. */
		split: z.string().min(1).nullable().default(null),
		/** Only samples that have all of these. */
		tags: z.array(sampleTagSchema).max(16).default([]),
	}),
	/** Corrections and answers rated good become a dataset first. */
	z.object({ kind: z.literal('feedback'), filter: feedbackFilterSchema.prefault({}) }),
	/** Text of collections, for the objective “text”. */
	z.object({ kind: z.literal('documents'), collectionIds: z.array(z.int()).min(1).max(50) }),
	/** Text files on this computer and folders of such files, for the objective “text”. */
	z.object({ kind: z.literal('texts'), paths: z.array(z.string().min(1)).min(1).max(1_000) }),
]);

/** The user's request. */
export const trainingConfigSchema = z.object({
	/** '' builds a name from base and data. */
	name: z.string().max(200).default(''),
	objective: objectiveNameSchema.default('sft'),
	/** The base, by its library id. */
	modelFileId: z.int(),
	data: trainingDataSchema,
	/** The larger model to learn from (distill). */
	teacherFileId: z.int().nullable().default(null),
	/** Share of the samples kept out of training to compare on, if the version has no split “test” next to “train”. */
	holdOut: z.number().min(0).max(0.9).default(0.2),
	/** Share of the training samples on which the loss is validated during the run. */
	validation: z.number().min(0).max(0.5).default(0.1),
	settings: trainingSettingsSchema.prefault({}),
	/** 0: one per core. */
	threads: z.int().min(0).max(256).default(0),
});

export type TrainingData = z.infer<typeof trainingDataSchema>;
export type TrainingConfig = z.infer<typeof trainingConfigSchema>;
/** A config in which fields with a default may be left out. */
export type TrainingConfigInput = z.input<typeof trainingConfigSchema>;

/** The first few keys of samples that share a trait, and how many there are. */
const someSamplesSchema = z.object({ count: z.int(), keys: z.array(z.string()) });

/** What the samples are like, before any work. */
export const trainingCheckSchema = z.object({
	/** Samples by their part. `heldOut`: never trained on, to compare on. */
	samples: z.object({ train: z.int(), validation: z.int(), heldOut: z.int() }),
	/** Samples without an answer, or without a worse one for preferences. */
	unusable: someSamplesSchema,
	/** Later ones of samples with the same content; left out. */
	duplicates: someSamplesSchema,
	/** Longer than the longest sample: their start is cut. */
	cut: someSamplesSchema,
	/** With roles in an order that the model's template refuses. */
	refused: someSamplesSchema,
	/** Personal data found, by kind. */
	personal: z.array(z.object({ kind: z.string(), count: z.int() })),
	/**
	 * Training samples that also stand in a dataset to evaluate with, or its samples that stand in the texts: it can't tell any
	 * more what was learned.
	 */
	leaks: z.array(z.object({ datasetId: z.int(), name: z.string(), samples: z.int() })),
	tokens: z.int(),
	scoredTokens: z.int(),
	longest: z.int(),
	median: z.int(),
	steps: z.int(),
	/** Always 0, as no pass is filled up; for those who read it. */
	padding: z.number(),
	/** Minutes of the whole run; null: there is nothing to train on. */
	minutes: z.number().nullable(),
	/** Whether the speed was measured with this model on this computer; otherwise it is a guess. */
	learned: z.boolean(),
	/** Peak memory of the training process, and what is free now, bytes. */
	memoryBytes: z.int().nullable(),
	freeBytes: z.int(),
	/** Settings that the run would use: as asked for, or smaller so that they fit. */
	settings: trainingSettingsSchema,
	/** What was made smaller, and anything else to know. */
	warnings: z.array(warningSchema),
	/** Why it can't start; null: it can. */
	obstacle: failureSchema.nullable(),
});

export type TrainingCheck = z.infer<typeof trainingCheckSchema>;

export const trainingStatusSchema = z.enum(['waiting', 'running', 'paused', 'done', 'failed', 'cancelled']);

/** Where a run is. */
export const trainingProgressSchema = z.object({
	phase: z.enum(['waiting', 'preparing', 'trying-base', 'training', 'trying-adapter', 'none']),
	step: z.int(),
	/** 0: not known yet. */
	steps: z.int(),
	/** null: not training, or not known yet. */
	secondsLeft: z.number().nullable(),
	/** A chat answer is being written and goes first. */
	held: z.boolean(),
	/** "Waiting for a comparison", "Step 12 of 75"; null: nothing at the moment. */
	doing: z.string().nullable(),
	said: z.array(saidSchema).optional(),
});

/** A prompt that the base and the adapter answer. */
export const trainingSampleSchema = z.object({
	key: z.string(),
	turns: z.array(turnSchema),
	target: z.string().nullable(),
	/** null: not written yet. */
	before: z.string().nullable(),
	after: z.string().nullable(),
});

/** The figures of one comparison of base and adapter. */
export const trainingComparisonSchema = z.object({
	/** The evaluation run that measured it. */
	runId: z.int(),
	/** held-out: samples like those that were learned. other: another dataset, to see what was forgotten. */
	role: z.enum(['held-out', 'other']),
	datasetId: z.int().nullable(),
	name: z.string(),
	status: z.enum(['waiting', 'running', 'paused', 'done', 'failed', 'cancelled']),
	scorer: z.string(),
	/** Samples that both answered. */
	n: z.int(),
	/** Mean scores; null: nothing measured yet. */
	base: z.number().nullable(),
	adapter: z.number().nullable(),
	/** Adapter minus base, paired by sample, with its 95 % interval. */
	difference: z.number().nullable(),
	low: z.number().nullable(),
	high: z.number().nullable(),
	verdict: z.enum(['better', 'worse', 'undecided', 'same']).nullable(),
	/** The comparison in a sentence. */
	words: z.string(),
	said: z.array(saidSchema).optional(),
	/** Tokens per second while answering. */
	baseTokensPerSecond: z.number().nullable(),
	adapterTokensPerSecond: z.number().nullable(),
});

const effectSideSchema = z.object({
	/** Tokens per second, with its standard deviation; null: not measured yet. */
	generation: z.object({ median: z.number(), sd: z.number() }).nullable(),
	/** The base, or base and adapter together. */
	sizeBytes: z.int().nullable(),
	peakBytes: z.number().nullable(),
});

/** What an adapter changes besides what it was taught: measured on the neutral texts that come with Assay. */
export const trainingEffectsSchema = z.object({
	/** The comparison that measured it, under Compare. */
	comparisonId: z.int(),
	status: z.enum(['waiting', 'running', 'paused', 'done', 'failed']),
	/** KL divergence from the base, nats; null: not measured yet. */
	divergence: z
		.object({
			value: z.number(),
			standardError: z.number(),
			/** Share of positions with the same most likely token. */
			sameTop: z.number(),
			/** Scored tokens. */
			tokens: z.int(),
			chunks: z.int(),
		})
		.nullable(),
	base: effectSideSchema,
	adapter: effectSideSchema,
});

export type TrainingEffects = z.infer<typeof trainingEffectsSchema>;

/** A run in a list. */
export const trainingSummarySchema = z.object({
	id: z.int(),
	name: z.string(),
	objective: objectiveNameSchema,
	status: trainingStatusSchema,
	base: z.object({ modelFileId: z.int().nullable(), name: z.string(), quantization: z.string() }),
	/** null: texts or documents. */
	dataset: z.object({ id: z.int(), versionId: z.int(), name: z.string(), number: z.int() }).nullable(),
	progress: trainingProgressSchema,
	/** Newest loss of training and validation; null: none yet. */
	loss: z.number().nullable(),
	validation: z.object({ first: z.number(), best: z.number(), bestStep: z.int(), last: z.number() }).nullable(),
	failure: failureSchema.nullable(),
	createdAt: z.int(),
	startedAt: z.int().nullable(),
	endedAt: z.int().nullable(),
});

export const trainingRunSchema = trainingSummarySchema.extend({
	config: trainingConfigSchema,
	manifestHash: z.string(),
	/** Everything that repeats it. */
	manifest: z.record(z.string(), z.unknown()),
	check: trainingCheckSchema.nullable(),
	/** How it ended: all steps, stopped by a person, or early because validation no longer improved. */
	outcome: z.enum(['done', 'stopped', 'early']).nullable(),
	/** Tokens processed, and those per second, so far. */
	tokens: z.int(),
	tokensPerSecond: z.number().nullable(),
	trainedMs: z.number(),
	/** Peak memory, measured; null: not yet. */
	peakBytes: z.int().nullable(),
	checkpoint: z.object({ step: z.int(), at: z.int(), sizeBytes: z.int() }).nullable(),
	samples: z.array(trainingSampleSchema),
	comparisons: z.array(trainingComparisonSchema),
	/** null: not asked for yet, or deleted since. */
	effects: trainingEffectsSchema.nullable().default(null),
	/** Enough is measured to use the adapter: on the held-out samples, if there are any. */
	isCompared: z.boolean(),
	/** null: none yet. `id`: in the library of adapters. */
	adapter: z
		.object({
			id: z.int().nullable(),
			path: z.string(),
			sizeBytes: z.int(),
			sha256: z.string(),
			step: z.int(),
			/** New answers of the base use it. */
			inUse: z.boolean(),
		})
		.nullable(),
	warnings: z.array(warningSchema),
	/** The conditions that the numbers hold for. */
	conditions: z.record(z.string(), z.union([z.string(), z.number()])),
});

export type TrainingStatus = z.infer<typeof trainingStatusSchema>;
export type TrainingProgress = z.infer<typeof trainingProgressSchema>;
export type TrainingSample = z.infer<typeof trainingSampleSchema>;
export type TrainingComparison = z.infer<typeof trainingComparisonSchema>;
export type TrainingSummary = z.infer<typeof trainingSummarySchema>;
export type TrainingRun = z.infer<typeof trainingRunSchema>;
export type { TrainingPoint } from '../../../models/contract/native/training-run.ts';

/** Points of the loss curve, thinned to what a chart shows. */
export const trainingPointsSchema = z.object({ points: z.array(trainingPointSchema), last: z.int() });

/** Programs that train elsewhere. */
export const trainingExportFormatSchema = z.enum(['trl', 'unsloth', 'axolotl', 'mlx-lm']);
export type TrainingExportFormat = z.infer<typeof trainingExportFormatSchema>;

/** Name of the file that an export holds, by which what was trained elsewhere is known again when it is imported. */
export const trainingRecordName = 'assay-training.json';

/** What an export was made from. */
export const trainingRecordSchema = z.object({
	format: z.literal('assay-training'),
	version: z.literal(1),
	name: z.string().max(200),
	objective: objectiveNameSchema,
	/** `sha256`: of the file's bytes; null: not computed yet. */
	base: z.object({ name: z.string(), quantization: z.string(), sha256: z.string().nullable() }),
	/** null: feedback, texts or documents. */
	dataset: z.object({ name: z.string(), number: z.int(), sha256: z.string() }).nullable(),
	settings: trainingSettingsSchema,
});
export type TrainingRecord = z.infer<typeof trainingRecordSchema>;
