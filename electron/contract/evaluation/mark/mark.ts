import { z } from 'zod';
import { runConfigSchema } from '../config.ts';
import { warningSchema } from '../estimate.ts';
import { extractionSchema } from '../technique.ts';

const { name, scorers, criteria } = runConfigSchema.shape;

/** Outputs that a run has, to be marked again by other rules; nothing is generated. */
export const rescoreInputSchema = z.object({
	/** Of the run whose outputs they are. */
	id: z.int(),
	/** '' makes one from the name of that run. */
	name,
	scorers,
	/** How the answer is found, by the place of the technique in the run's config; null or left out: as it was. */
	extract: z.array(extractionSchema.nullable()).max(50).default([]),
	criteria,
});

/** What marking again would take, before it begins. */
export const rescorePlanSchema = z.object({
	/** Outputs that are marked; those that failed, which stay so; and those that the run has not made. */
	outputs: z.int(),
	failed: z.int(),
	missing: z.int(),
	/** Outputs that judges read: each once a judge. */
	judged: z.int(),
	/** "400 outputs are marked again; no answer is generated." */
	words: z.string(),
	warnings: z.array(warningSchema),
});

export type RescoreInput = z.infer<typeof rescoreInputSchema>;
/** What has a default may be left out. */
export type RescoreInputGiven = z.input<typeof rescoreInputSchema>;
export type RescorePlan = z.infer<typeof rescorePlanSchema>;
