import { z } from 'zod';

/**
 * What a criterion looks at besides the mean of a scorer. Latencies in seconds, of one answer; the shares of all rows
 * that failed or could not be scored.
 */
export const runMetrics = ['latency-p50', 'latency-p95', 'tokens-per-second', 'failed', 'unscored'] as const;

/** Set before the run: "ready when accuracy ≥ 0.85 and p95 latency ≤ 2 s". */
export const criterionSchema = z.object({
	/** Name of a scorer of the run (its mean, 0 to 1 for shares), or one of `runMetrics`. */
	metric: z.string().min(1).max(100),
	operator: z.enum(['at-least', 'at-most']),
	value: z.number(),
});

/** A criterion of one arm. `undecided`: the 95 % interval lies on both sides of the bound. */
export const criterionOutcomeSchema = z.object({
	criterion: criterionSchema,
	armId: z.int(),
	state: z.enum(['met', 'not-met', 'undecided']),
	/** null: nothing was measured yet. */
	value: z.number().nullable(),
	low: z.number().nullable(),
	high: z.number().nullable(),
	/** "exact at least 85 %: undecided, 83.0 % (79.0 to 87.0)". */
	words: z.string(),
});

export type RunMetric = (typeof runMetrics)[number];
export type Criterion = z.infer<typeof criterionSchema>;
export type CriterionOutcome = z.infer<typeof criterionOutcomeSchema>;
