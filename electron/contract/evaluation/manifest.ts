import { z } from 'zod';
import { chatTemplateSchema } from '../../../models/contract/load.ts';
import { usedAdapterSchema } from '../adapters/schema.ts';
import { manifestContextSchema } from './arm-context.ts';
import { criterionSchema, parametersSchema } from './run-config.ts';
import { scorerSchema } from './scorer.ts';
import { techniqueSchema } from './technique.ts';

const manifestModelSchema = z.object({
	name: z.string(),
	quantization: z.string(),
	architecture: z.string(),
	sizeBytes: z.int(),
	/** Hash of the whole file, hex. */
	sha256: z.string(),
	/** Whether prompts go through the chat template. */
	chat: z.boolean(),
	/** The template that was chosen for the model; left out if the file's own is used. */
	chatTemplate: chatTemplateSchema.optional(),
});

const manifestPromptSchema = z.object({
	name: z.string(),
	number: z.int(),
	sha256: z.string(),
});

const manifestArmSchema = z.object({
	prompt: manifestPromptSchema,
	technique: techniqueSchema,
	/** Few-shot examples in the order drawn: key and content hash of each. */
	examples: z.array(z.object({ key: z.string(), sha256: z.string() })),
	model: manifestModelSchema,
	/** LoRA adapters on the model; left out if there are none. */
	adapters: z
		.array(usedAdapterSchema.omit({ id: true }))
		.min(1)
		.optional(),
	parameters: parametersSchema,
	/** What goes into the prompts besides the samples; left out: nothing. */
	context: manifestContextSchema.optional(),
	/** Tokens of prompt and answer together. */
	contextSize: z.int(),
});

/** Everything that determines the answers of a run, and nothing else: two runs of one manifest are equal bit by bit. */
export const manifestSchema = z.object({
	version: z.literal(1),
	dataset: z.object({
		name: z.string(),
		number: z.int(),
		/** Hash of the frozen version. */
		sha256: z.string(),
		split: z.string().nullable(),
		/** Left out if samples were not selected by tags. */
		tags: z.array(z.string()).optional(),
		samples: z.int(),
		/** Hash of the keys and contents of the selected samples, in order. */
		samplesSha256: z.string(),
	}),
	arms: z.array(manifestArmSchema).min(1),
	scorers: z.array(scorerSchema),
	/** Models of the judge scorers, by the scorer's name; they replace `modelFileId` in the hash. */
	judges: z.record(z.string(), manifestModelSchema),
	epochs: z.int(),
	seed: z.int(),
	width: z.int(),
	/** Left out if false, as in runs before the option, and if `width` is 1. */
	independent: z.literal(true).optional(),
	shardSize: z.int(),
	threads: z.int(),
	/** For example "llama.cpp 0.4.0-dev". */
	engineBuild: z.string(),
	criteria: z.array(criterionSchema),
	/**
	 * Left out if the run generated its outputs. Otherwise they are re-scored outputs of this run: everything that
	 * determines generation is as it was there, and `scorers` and `techniques` (one per arm) are those used for
	 * re-scoring.
	 */
	marked: z
		.object({
			runId: z.int(),
			name: z.string(),
			manifestHash: z.string(),
			scorers: z.array(scorerSchema),
			techniques: z.array(techniqueSchema),
		})
		.optional(),
});

export type Manifest = z.infer<typeof manifestSchema>;
export type ManifestArm = z.infer<typeof manifestArmSchema>;
export type ManifestModel = z.infer<typeof manifestModelSchema>;
