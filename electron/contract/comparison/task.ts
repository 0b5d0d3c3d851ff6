import { z } from 'zod';
import { runConfigSchema } from '../evaluation/config.ts';
import { parametersSchema } from '../evaluation/parameters.ts';
import { metricSchema } from '../evaluation/run.ts';
import { scorerSchema } from '../evaluation/scorer.ts';
import { techniqueSchema } from '../evaluation/technique.ts';

/** Answers of the sets are short; what goes on longer has lost its way, tokens. */
const longestAnswer = 160;

/** Samples that every file answers, so that they can be compared as pairs. Of what is null, what suits the dataset. */
export const comparisonTaskSchema = z.object({
	dataset: runConfigSchema.shape.dataset,
	promptVersionId: z.int().nullable().default(null),
	technique: techniqueSchema.nullable().default(null),
	scorer: scorerSchema.nullable().default(null),
	maxTokens: parametersSchema.shape.maxTokens.default(longestAnswer),
	seed: runConfigSchema.shape.seed,
});

/** The evaluation run that the accuracies come from. */
export const comparisonRunSchema = z.object({
	/** null: not begun yet, or erased; the accuracies stay. */
	runId: z.int().nullable(),
	datasetName: z.string(),
	versionNumber: z.int(),
	/** Name of the scorer. */
	scorer: z.string(),
});

/** What one file scored on the samples, and less what the reference scored on the same ones. */
export const accuracySchema = z.object({
	/** Of the run; may be gone since. */
	armId: z.int(),
	/** null: no sample could be scored. */
	metric: metricSchema.nullable(),
	/** null: the reference itself, or no sample that both scored. */
	paired: z
		.object({
			n: z.int(),
			difference: z.number(),
			low: z.number(),
			high: z.number(),
			/** Two-sided, of this pair alone; the verdict adjusts for all that is tested. */
			p: z.number(),
			/** "McNemar, exact", "paired bootstrap", …. */
			method: z.string(),
			/** Samples on which only this file, only the reference scored higher. */
			gained: z.int(),
			lost: z.int(),
			/** The smallest true difference that so many samples find 4 times in 5; null: no sample differs. */
			detectable: z.number().nullable(),
			/** Samples that would show a difference as large as the one seen; null: there is none. */
			samplesNeeded: z.int().nullable(),
		})
		.nullable(),
});

export type ComparisonTask = z.infer<typeof comparisonTaskSchema>;
export type Accuracy = z.infer<typeof accuracySchema>;
