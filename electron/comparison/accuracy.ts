import { z } from 'zod';
import { type Accuracy, accuracyPairSchema } from '../contract/comparison/schema.ts';
import { compareScores } from '../evaluation/compare-scores.ts';
import { summarise } from '../evaluation/summarise-scores.ts';

/** What one file scored, by sample; the same samples in the same order for every file of a comparison. */
export const taskScoresSchema = z.object({
	armId: z.int(),
	/** null: not scored. */
	values: z.array(z.number().nullable()),
	/** Samples that share one depend on each other; null: none do. */
	clusters: z.array(z.string().nullable()).nullable(),
});

export type TaskScores = z.infer<typeof taskScoresSchema>;

/** Of the bootstrap: fixed, so that one comparison always says the same. */
const seed = 20_241_126;

/** One file less another on the samples that both scored; null where there is none. */
export function pairScores(file: Pick<TaskScores, 'values' | 'clusters'>, other: Pick<TaskScores, 'values'>) {
	return compareScores({ first: other.values, second: file.values, clusters: file.clusters, seed });
}

/** As pages show it. `reference` is null for the reference itself. */
export function accuracyOf(scores: TaskScores, reference: TaskScores | null): Accuracy {
	const summary = summarise(scores.values, scores.clusters);
	const paired = reference === null ? null : pairScores(scores, reference);
	return {
		armId: scores.armId,
		metric: summary === null ? null : { ...summary, value: summary.mean },
		paired: paired === null ? null : accuracyPairSchema.parse(paired),
	};
}
