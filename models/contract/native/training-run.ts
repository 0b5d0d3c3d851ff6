import { z } from 'zod';
import { failureSchema } from '../failure.ts';
import { turnSchema } from '../generation.ts';
import { chatTemplateSchema } from '../load.ts';
import { nativeConditionsSchema, nativeWarningSchema, pathSchema, threadsSchema } from './conditions.ts';
import { nativeHeartbeatSchema } from './heartbeat.ts';

/**
 * sft: answers as the samples give them. dpo: the better of two answers. distill: answers as a larger model writes
 * them. text: continue texts as they are.
 */
export const objectiveNameSchema = z.enum(['sft', 'dpo', 'distill', 'text']);

/** What is learned and how fast. The defaults suit a few hundred samples and a small model. */
export const trainingSettingsSchema = z.object({
	/** Rank of the adapter's matrices: more can learn more, and forget more. */
	rank: z.int().min(1).max(256).default(8),
	/** The adapter counts alpha / rank; with `rankStabilised` alpha / √rank. */
	alpha: z.number().positive().max(1024).default(16),
	rankStabilised: z.boolean().default(false),
	dropout: z.number().min(0).max(0.9).default(0),
	/** Matrices that get an adapter: those of attention, or every linear one. */
	modules: z.enum(['attention', 'all-linear']).default('all-linear'),
	/** Learning rate of B divided by that of A (LoRA+). */
	loraPlusRatio: z.number().min(1).max(64).default(1),
	learningRate: z.number().positive().max(1).default(5e-4),
	schedule: z.enum(['cosine', 'linear', 'constant']).default('cosine'),
	/** Share of the steps in which the learning rate rises from 0. */
	warmup: z.number().min(0).max(0.5).default(0.05),
	weightDecay: z.number().min(0).max(1).default(0),
	/** Longest gradient; 0: never shortened. */
	clip: z.number().min(0).max(1000).default(1),
	/** Passes over the training samples. */
	epochs: z.number().positive().max(100).default(2),
	/** Bound of the steps; null: as many as the epochs need. */
	maxSteps: z.int().min(1).max(1_000_000).nullable().default(null),
	/** Samples per step. */
	samplesPerStep: z.int().min(1).max(1024).default(8),
	/** Tokens computed together; several samples are packed into them without seeing each other. */
	packTokens: z.int().min(16).max(8192).default(512),
	/** Longest sample; the start of a longer prompt is cut. */
	maxTokens: z.int().min(8).max(8192).default(512),
	/** Strength of the preference loss: how far answers may move from the base model's. */
	beta: z.number().positive().max(10).default(0.1),
	/** Share of the loss that compares whole distributions with the teacher's; the rest counts its words. */
	distillShare: z.number().min(0).max(1).default(0.5),
	/** Softens both distributions before they are compared. */
	distillTemperature: z.number().min(0.1).max(20).default(1),
	/** Steps between validations; null: about ten in the run. */
	validateEvery: z.int().min(1).max(100_000).nullable().default(null),
	/** Validations without improvement after which training ends; 0: never. */
	patience: z.int().min(0).max(100).default(3),
	/** Most time between two checkpoints, seconds. */
	checkpointSeconds: z.number().min(0).max(3600).default(120),
	seed: z.int().min(0).max(0xffff_ffff).default(0),
	/**
	 * quantised: the base as its file has it, as answers use it. exact: its weights in F32, slower, without the rounding
	 * of activations.
	 */
	mode: z.enum(['quantised', 'exact']).default('quantised'),
});

export type ObjectiveName = z.infer<typeof objectiveNameSchema>;
export type TrainingSettings = z.infer<typeof trainingSettingsSchema>;

/** One line of the file that a training process reads. */
export const trainingLineSchema = z.object({
	/** Id of the sample, for messages. */
	key: z.string(),
	part: z.enum(['train', 'validation']),
	content: z.union([
		/** The answer that follows these turns; `rejected`: a worse one, for preferences. */
		z.object({
			turns: z.array(turnSchema).min(1),
			answer: z.string(),
			rejected: z.string().optional(),
			/** The answer stops in its middle, so no end is learned. */
			cut: z.boolean().optional(),
		}),
		/** Continued as it is; `continues`: the text goes on in another sample, so no end is learned. */
		z.object({ text: z.string(), continues: z.boolean().optional() }),
	]),
});

export type TrainingLine = z.infer<typeof trainingLineSchema>;

/** What decides how samples become tokens. */
const dataShape = {
	model: pathSchema,
	/** Default: the file's own. */
	chatTemplate: chatTemplateSchema.optional(),
	/** JSONL of `trainingLineSchema`. */
	data: pathSchema,
	objective: objectiveNameSchema,
	settings: trainingSettingsSchema,
};

/** Renders and counts samples without training. */
export const trainingPlanTaskSchema = z.object({
	kind: z.literal('training-plan'),
	...dataShape,
	teacher: pathSchema.nullable().default(null),
	threads: threadsSchema,
	/** Bytes; settings are made smaller until the run fits. null: they stay. */
	memoryLimit: z.int().positive().nullable().default(null),
});

export type TrainingPlanTask = z.infer<typeof trainingPlanTaskSchema>;

/** What the samples are in tokens. */
export const trainingPlanSchema = z.object({
	samples: z.object({ train: z.int(), validation: z.int() }),
	/** Tokens of all training samples, those of them that count, and those of the validation samples. */
	tokens: z.int(),
	scoredTokens: z.int(),
	validationTokens: z.int(),
	/** Tokens of the longest sample before it was cut. */
	longest: z.int(),
	median: z.int(),
	/** Samples whose start was cut, and those left out because nothing that counts was left. */
	cut: z.array(z.string()),
	leftOut: z.array(z.string()),
	/** Samples whose turns the chat template refuses. */
	refused: z.array(z.string()),
	/** Steps of the whole run. */
	steps: z.int(),
	/** Peak memory of the training process, bytes; null: unknown. */
	memoryBytes: z.int().nullable(),
	/** As asked for, or made smaller so that the run fits. */
	settings: trainingSettingsSchema,
	/** Why this model can't be trained; null: it can. */
	obstacle: failureSchema.nullable(),
});

export type TrainingPlan = z.infer<typeof trainingPlanSchema>;

/** A training process: one run, until it ends, is paused or dies. */
export const trainingOptionsSchema = z.object({
	...dataShape,
	/** The larger model to learn from (distill). */
	teacher: pathSchema.nullable().default(null),
	/** Folder of the run: checkpoints and the adapter. A checkpoint in it is continued. */
	folder: pathSchema,
	/** Name and facts written into the adapter's file. */
	name: z.string(),
	threads: threadsSchema,
});

export type TrainingOptions = z.infer<typeof trainingOptionsSchema>;
export type TrainingOptionsInput = z.input<typeof trainingOptionsSchema>;

/** The loss after a step, per scored token (dpo: per pair), natural logarithm. */
export const trainingPointSchema = z.object({
	step: z.int(),
	/** Of the samples of this step, before it. */
	loss: z.number(),
	/** Of the validation samples, after it; null: not computed at this step. */
	validation: z.number().nullable(),
	gradientNorm: z.number(),
	learningRate: z.number(),
	/** Tokens processed since the start of the run. */
	tokens: z.int(),
	tokensPerSecond: z.number(),
	/** Time spent training since the start of the run, without pauses, ms. */
	trainedMs: z.number(),
});

export type TrainingPoint = z.infer<typeof trainingPointSchema>;

/** The first frame sent to the process. */
export const trainFrameSchema = z.object({ type: z.literal('train'), options: trainingOptionsSchema });

/** Later frames sent to the process. */
export const toTrainingSchema = z.discriminatedUnion('type', [
	/** Stops within 200 ms with all state in memory, until released. */
	z.object({ type: z.literal('hold'), held: z.boolean() }),
	/** Writes a checkpoint and ends. */
	z.object({ type: z.literal('pause') }),
	/** Ends as if all steps were done: the best checkpoint becomes the adapter. */
	z.object({ type: z.literal('finish') }),
]);

export type ToTraining = z.infer<typeof toTrainingSchema> | z.infer<typeof trainFrameSchema>;

export const trainedAdapterSchema = z.object({
	path: pathSchema,
	sizeBytes: z.int(),
	sha256: z.string(),
	/** The step whose weights it holds. */
	step: z.int(),
});

export type TrainedAdapter = z.infer<typeof trainedAdapterSchema>;

/** Frames from the process. It ends after `ended` and `failed`. */
export const fromTrainingSchema = z.discriminatedUnion('type', [
	z.object({ type: z.literal('beat'), beat: nativeHeartbeatSchema }),
	/** After the samples were read. `step`: where a checkpoint continues; 0: the beginning. */
	z.object({
		type: z.literal('started'),
		plan: trainingPlanSchema,
		step: z.int(),
		conditions: nativeConditionsSchema,
		warnings: z.array(nativeWarningSchema),
	}),
	z.object({ type: z.literal('point'), point: trainingPointSchema }),
	z.object({ type: z.literal('validating'), step: z.int(), done: z.int(), total: z.int() }),
	z.object({ type: z.literal('checkpoint'), step: z.int(), sizeBytes: z.int(), ms: z.number() }),
	z.object({
		type: z.literal('ended'),
		/** stopped: by `finish`; early: validation no longer improved. */
		outcome: z.enum(['done', 'early', 'stopped', 'paused']),
		step: z.int(),
		/** null: paused. */
		adapter: trainedAdapterSchema.nullable(),
		peakResidentBytes: z.int(),
	}),
	z.object({ type: z.literal('failed'), failure: failureSchema }),
]);

export type FromTraining = z.infer<typeof fromTrainingSchema>;
