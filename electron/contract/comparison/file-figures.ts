import { z } from 'zod';

/** KL divergence of a file from a reference, over all texts of a comparison. */
const divergenceSchema = z.object({
	comparisonId: z.int(),
	at: z.int(),
	/** Library id of the reference. */
	referenceId: z.int(),
	/** Quantisation of the reference. */
	reference: z.string(),
	/** Nats; 0 for the reference itself. */
	value: z.number(),
	standardError: z.number(),
	/** Share of tokens for which both files name the same most likely next token. */
	sameTop: z.number(),
});

/** Share of right answers in a run in which the file had one arm. */
const measuredAccuracySchema = z.object({
	runId: z.int(),
	at: z.int(),
	datasetName: z.string(),
	versionNumber: z.int(),
	scorer: z.string(),
	value: z.number(),
	low: z.number(),
	high: z.number(),
	n: z.int(),
});

/** Tokens generated per second in a comparison. */
const measuredSpeedSchema = z.object({
	comparisonId: z.int(),
	at: z.int(),
	tokensPerSecond: z.number(),
	sd: z.number(),
	/** Number of repetitions. */
	n: z.int(),
	/** Whether the repetitions differ by more than on an idle computer. */
	varied: z.boolean(),
});

/** What comparisons and runs have measured of one file of the library. */
export const fileFiguresSchema = z.object({
	modelFileId: z.int(),
	/** At most one per reference, newest first. */
	divergences: z.array(divergenceSchema),
	/** At most one per dataset and scorer, newest first. */
	accuracies: z.array(measuredAccuracySchema),
	/** The newest; null: none. */
	speed: measuredSpeedSchema.nullable(),
});

export type FileFigures = z.infer<typeof fileFiguresSchema>;
export type Divergence = z.infer<typeof divergenceSchema>;
export type MeasuredAccuracy = z.infer<typeof measuredAccuracySchema>;
