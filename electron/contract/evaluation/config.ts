import { z } from 'zod';
import { sampleTagSchema } from '../dataset/sample.ts';
import { criterionSchema } from './criterion.ts';
import { parametersSchema } from './parameters.ts';
import { scorerSchema } from './scorer.ts';
import { techniqueSchema } from './technique.ts';

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
