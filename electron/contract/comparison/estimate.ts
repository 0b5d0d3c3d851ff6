import { z } from 'zod';
import { call } from '../call.ts';
import { comparisonPlanSchema } from './comparison.ts';

/** What a plan would take. */
export const comparisonEstimateSchema = z.object({
	seconds: z.number(),
	/** Whether all of it follows from earlier comparisons on this computer; otherwise a part is a guess. */
	learned: z.boolean(),
	/** "About 12 min, from what earlier comparisons took here." */
	words: z.string(),
});

export const comparisonEstimateCalls = {
	estimate: call.input(comparisonPlanSchema).output(comparisonEstimateSchema),
};

export type ComparisonEstimate = z.infer<typeof comparisonEstimateSchema>;
