import { z } from 'zod';
import { pathSchema } from './conditions.ts';

/** What is trained: for each chosen weight W, a pair A, B with W·x + scale · B·(A·x) (LoRA, arXiv 2106.09685). */
export const loraSettingsSchema = z.object({
	/** `attention`: query, key, value, output; `all-linear`: also the three of the feed-forward network. */
	modules: z.enum(['attention', 'all-linear']).default('all-linear'),
	/** Rows of A; at most the width of the narrowest chosen weight. */
	rank: z.int().min(1).max(1024).default(8),
	/** The scale is alpha / rank. */
	alpha: z.number().positive().max(65_536).default(16),
	/** Scale alpha / √rank instead (rsLoRA, arXiv 2312.03732). */
	rankStabilised: z.boolean().default(false),
	/** Part of A's inputs that is zeroed at random while training. */
	dropout: z.number().min(0).max(0.9).default(0),
	/** Learning rate of B divided by that of A (LoRA+, arXiv 2402.12354). */
	plusRatio: z.number().min(1).max(1024).default(1),
});

export type LoraSettings = z.infer<typeof loraSettingsSchema>;

/** AdamW with decoupled weight decay, as in PyTorch, and its learning rate over the steps. */
export const optimizerSettingsSchema = z.object({
	learningRate: z.number().positive().max(1).default(2e-4),
	beta1: z.number().min(0).max(0.9999).default(0.9),
	beta2: z.number().min(0).max(0.99999).default(0.999),
	epsilon: z.number().positive().max(1).default(1e-8),
	weightDecay: z.number().min(0).max(1).default(0),
	/** From warm-up on; `linear` and `cosine` end at 0 after `totalSteps`. */
	schedule: z.enum(['constant', 'linear', 'cosine']).default('cosine'),
	warmupSteps: z.int().min(0).max(1_000_000).default(0),
	totalSteps: z.int().min(1).max(10_000_000),
	/** Longest gradient; a longer one is shortened to it. null: never. */
	clip: z.number().positive().nullable().default(1),
});

export type OptimizerSettings = z.infer<typeof optimizerSettingsSchema>;

export const trainingObjectiveSchema = z.discriminatedUnion('kind', [
	/** Mean of −log p over the weighted tokens: messages, plain text, documents, a larger model's texts. */
	z.object({ kind: z.literal('supervised') }),
	/** Direct preference optimisation (arXiv 2305.18290). */
	z.object({ kind: z.literal('preference'), beta: z.number().positive().max(100).default(0.1) }),
	/**
	 * The token distributions of a larger model with the same vocabulary: mean of `share` · temperature² · KL(teacher ‖
	 * student) + (1 − `share`) · −log p of the token.
	 */
	z.object({
		kind: z.literal('distillation'),
		teacher: pathSchema,
		temperature: z.number().min(0.1).max(20).default(1),
		share: z.number().min(0).max(1).default(1),
	}),
]);

export type TrainingObjective = z.infer<typeof trainingObjectiveSchema>;

export const trainerOptionsSchema = z.object({
	/** A GGUF file; its weights stay as they are. */
	model: pathSchema,
	lora: loraSettingsSchema,
	optimizer: optimizerSettingsSchema,
	objective: trainingObjectiveSchema,
	/**
	 * `quantised`: fast kernels for quantised weights, with inputs rounded to 8 bits, as in an answer, or to BF16, and
	 * gradients to BF16 where the processor has it. `exact`: all in F32.
	 */
	mode: z.enum(['quantised', 'exact']).default('quantised'),
	threads: z.int().min(1).max(256),
	seed: z.int().min(0).max(0xffff_ffff).default(1),
	/** Most tokens of one pass; a step whose samples are longer together takes several. No sample may be longer. */
	tokensPerPass: z.int().min(8).max(131_072).default(1024),
	/**
	 * The largest passes that will come, which memory is planned for: tokens of their samples, and how many count. None:
	 * one sample of `tokensPerPass` tokens, all of which count.
	 */
	passes: z.array(z.object({ lengths: z.array(z.int().min(1)).min(1), rows: z.int().min(1) })).default([]),
	/**
	 * Computes each layer's values again on the way back instead of keeping them: about half the memory for a quarter
	 * more time, with the same result. `auto`: only if memory or a large pass requires it.
	 */
	recompute: z.enum(['auto', 'always', 'never']).default('auto'),
	/** Bytes for everything; null: no limit. */
	memoryLimit: z.int().positive().nullable().default(null),
});

export type PassSize = z.infer<typeof trainerOptionsSchema>['passes'][number];
export type TrainerOptions = z.infer<typeof trainerOptionsSchema>;
export type TrainerOptionsInput = z.input<typeof trainerOptionsSchema>;

/**
 * Tokens of one text, and for each how much its prediction counts: 0 not at all (a prompt), 1 fully. The first token is
 * never predicted.
 */
export type TrainingSample = { readonly tokens: Int32Array; readonly weights: Float32Array };

/** Log-probabilities of the two answers under the base, summed over their weighted tokens. */
export type ReferenceLogProbabilities = { readonly chosen: number; readonly rejected: number };

export type TrainingPair = {
	readonly chosen: TrainingSample;
	readonly rejected: TrainingSample;
	/** Computed with the step if absent; keep them to save a third of the time in later epochs. */
	readonly reference?: ReferenceLogProbabilities;
};

/** The samples of one step: pairs for the objective `preference`. */
export type TrainingBatch =
	| { readonly samples: readonly TrainingSample[] }
	| { readonly pairs: readonly TrainingPair[] };

export type TrainingLoss = {
	/** Mean over the batch, in nats. */
	readonly loss: number;
	/** Tokens that went through the model. */
	readonly tokens: number;
	/** Tokens whose prediction counted. */
	readonly scoredTokens: number;
	/** Only for `preference`. */
	readonly preference: {
		/** Mean of β · (log-ratio of the chosen − that of the rejected answer). */
		readonly margin: number;
		/** Part of the pairs with a positive margin. */
		readonly accuracy: number;
		/** In the order of the pairs. */
		readonly references: readonly ReferenceLogProbabilities[];
	} | null;
};

export type TrainingStep = TrainingLoss & {
	/** Number of this step; the first is 1. */
	readonly step: number;
	/** Length of the gradient before clipping. */
	readonly gradientNorm: number;
	/** Of A. */
	readonly learningRate: number;
	/** Milliseconds, without pauses. */
	readonly ms: number;
	/** Passes through the model. */
	readonly passes: number;
};

/** Memory of a training process in bytes. */
export type TrainingMemory = {
	readonly weights: number;
	/** Transposed weights that are kept for speed. */
	readonly transposed: number;
	/** A, B, their gradients and the optimizer's state. */
	readonly adapter: number;
	/** Values and graph of the largest pass. */
	readonly pass: number;
	/** The process itself. */
	readonly process: number;
	readonly total: number;
	/** Whether layers are computed again on the way back. */
	readonly recompute: boolean;
};

export type TrainedModel = {
	readonly architecture: string;
	readonly layers: number;
	readonly vocabulary: number;
	readonly contextLength: number;
	/** Number of values in A and B. */
	readonly parameters: number;
	/** Names of the weights that have an A and a B. */
	readonly modules: readonly string[];
};

/**
 * One training: opened by `openTrainer(options)` of models/native/train/trainer.ts, in a process of its own. Calls may
 * not overlap, except for `pause` and `resume`.
 */
export type Trainer = {
	readonly model: TrainedModel;
	readonly memory: TrainingMemory;
	/** Steps taken so far. */
	readonly steps: number;
	/** Takes one step of the optimizer. Throws Failure `training-sample-unsuitable`, `training-diverged`. */
	step(batch: TrainingBatch): Promise<TrainingStep>;
	/** Computes the loss only, without dropout. Throws as `step`. */
	evaluate(batch: TrainingBatch): Promise<TrainingLoss>;
	/** Stops computing within about a tenth of a second, in the middle of a step, until `resume`. */
	pause(): void;
	resume(): void;
	/** Writes everything that continuing bit for bit needs, atomically. Throws Failure `training-diverged`. */
	saveCheckpoint(path: string): Promise<void>;
	/** Throws Failure `training-checkpoint-unsuitable` if it belongs to other options or another base. */
	loadCheckpoint(path: string): Promise<void>;
	/** Writes llama.cpp's LoRA file, atomically; `name` and such are its metadata under `general.`. Throws Failure `training-diverged`. */
	writeAdapter(path: string, general?: Readonly<Record<string, string>>): Promise<void>;
	dispose(): void;
};
