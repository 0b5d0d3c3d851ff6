import { z } from 'zod';
import { versionSchema } from './dataset.ts';
import { sampleContentSchema, sampleTagSchema, splitNameSchema } from './sample.ts';

/** What a change did. */
export const changeSchema = z.object({
	/** The draft, as it is now. */
	version: versionSchema,
	/** How many samples. */
	changed: z.int(),
	/** For `undo`, until Assay ends or twenty further changes; null: nothing changed. */
	undoId: z.string().nullable(),
});

export const newSampleSchema = sampleContentSchema
	.partial()
	.required({ input: true })
	.extend({
		/** One that is taken already gets a number behind it. */
		key: z.string().trim().min(1).max(500).optional(),
		split: splitNameSchema.optional(),
	});

/** What is left out stays as it is. */
export const sampleEditSchema = sampleContentSchema.partial().extend({
	split: splitNameSchema.optional(),
});

/** A random split; shares add up to 1. The same seed gives the same split of the same samples. */
export const randomSplitSchema = z.object({
	parts: z
		.array(z.object({ split: splitNameSchema, share: z.number().gt(0).max(1) }))
		.min(2)
		.max(10)
		.refine((parts) => Math.abs(parts.reduce((sum, { share }) => sum + share, 0) - 1) < 1e-6, 'shares add up to 1')
		.refine((parts) => new Set(parts.map(({ split }) => split)).size === parts.length, 'every split once'),
	seed: z.int().min(0).max(0xffff_ffff).default(1),
	/** Every part gets the same mixture of these. */
	stratify: z
		.discriminatedUnion('by', [
			z.object({ by: z.literal('tags') }),
			z.object({ by: z.literal('target') }),
			z.object({ by: z.literal('variable'), name: z.string().min(1).max(200) }),
		])
		.nullable()
		.default(null),
	/** Samples of one cluster stay together: apart, the one would give away the other. */
	keepClusters: z.boolean().default(true),
});

export const tagChangeSchema = z.object({
	add: z.array(sampleTagSchema).max(16).default([]),
	remove: z.array(sampleTagSchema).max(16).default([]),
});

export type Change = z.infer<typeof changeSchema>;
export type NewSample = z.infer<typeof newSampleSchema>;
export type SampleEdit = z.infer<typeof sampleEditSchema>;
export type RandomSplit = z.infer<typeof randomSplitSchema>;
export type TagChange = z.infer<typeof tagChangeSchema>;
