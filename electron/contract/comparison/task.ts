import { z } from 'zod';
import { pairSchema } from '../evaluation/compare.ts';
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

/** One file less the reference. `p` is of this pair alone: the verdict adjusts for all that is tested. */
export const accuracyPairSchema = pairSchema.pick({
	...({ n: true, difference: true, low: true, high: true, p: true, method: true } as const),
	...({ gained: true, lost: true, detectable: true, samplesNeeded: true } as const),
});

/** What one file scored on the samples, and less what the reference scored on the same ones. */
export const accuracySchema = z.object({
	/** Of the run; may be gone since. */
	armId: z.int(),
	/** null: no sample could be scored. */
	metric: metricSchema.nullable(),
	/** null: the reference itself, or no sample that both scored. */
	paired: accuracyPairSchema.nullable(),
});

export type ComparisonTask = z.infer<typeof comparisonTaskSchema>;
export type Accuracy = z.infer<typeof accuracySchema>;
