import { z } from 'zod';
import { armSchema, metricSchema } from './run.ts';

/** Why two sides can't be compared as they stand. `serious`: the difference may come from this alone. */
export const unfairSchema = z.object({
	code: z.enum([
		'technique',
		'shots',
		'samples',
		'prompt-template',
		'chat-template',
		'context',
		'engine',
		'parameters',
		'width',
		'scorer',
		'dataset',
		'repeatable',
		/** Not unfair: both are one set of outputs, marked twice. */
		'same-outputs',
	]),
	serious: z.boolean(),
	message: z.string(),
});

/** One side less the first: paired by sample (key and content). */
export const pairSchema = z.object({
	armId: z.int(),
	/** Samples that both scored. */
	n: z.int(),
	/** Mean of the side less mean of the first, on those samples; shares of 1. */
	difference: z.number(),
	standardError: z.number(),
	low: z.number(),
	high: z.number(),
	/** Two-sided, adjusted (Holm) where there are several sides. */
	p: z.number(),
	/** "McNemar, exact", "paired bootstrap", …. */
	method: z.string(),
	/** Samples on which only the side, only the first was right (higher). */
	gained: z.int(),
	lost: z.int(),
	verdict: z.enum(['better', 'worse', 'undecided', 'same']),
	/** The smallest true difference that these samples would find 4 times in 5; null: too few. */
	detectable: z.number().nullable(),
	/** About so many samples in all would show a difference as large as the one seen; null: it is shown, or there is none. */
	samplesNeeded: z.int().nullable(),
	/** "B is better by 4.3 points, 95 % interval 1.5 to 7.1; 1,319 samples." */
	words: z.string(),
});

export const sideSchema = z.object({
	runId: z.int(),
	runName: z.string(),
	arm: armSchema,
	/** What it is compared by; the same on every side, but for one set of outputs that was marked twice. */
	scorer: z.string(),
	/** On the samples that all sides scored. */
	metric: metricSchema.nullable(),
});

export const runComparisonSchema = z.object({
	/** Of the first side. */
	scorer: z.string(),
	/** Scorers that every side has. */
	scorers: z.array(z.string()),
	/** To be shown before anything else. */
	unfair: z.array(unfairSchema),
	/** The first is what the others are compared with. */
	sides: z.array(sideSchema),
	pairs: z.array(pairSchema),
	/** Samples that every side scored, and those left out because one did not. */
	n: z.int(),
	leftOut: z.int(),
	/** All of it in a sentence or two. */
	words: z.string(),
});

export type Unfair = z.infer<typeof unfairSchema>;
export type Pair = z.infer<typeof pairSchema>;
export type Side = z.infer<typeof sideSchema>;
export type RunComparison = z.infer<typeof runComparisonSchema>;
