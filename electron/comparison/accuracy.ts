import { z } from 'zod';
import { type Accuracy, accuracyPairSchema } from '../contract/comparison/schema.ts';
import { compareScores } from '../evaluation/compare-scores.ts';
import { summarise } from '../evaluation/summarise-scores.ts';

/** Scores of one file by sample. Every file of a comparison has the same samples in the same order. */
export const taskScoresSchema = z.object({
	armId: z.int(),
	/** null: not scored. */
	values: z.array(z.number().nullable()),
	/** Samples that share a cluster depend on each other; null: all are independent. */
	clusters: z.array(z.string().nullable()).nullable(),
});

export type TaskScores = z.infer<typeof taskScoresSchema>;

/** Seed of the permutations; fixed, so that a comparison always gives the same result. */
const seed = 20_241_126;

/** Scores of one file minus those of another, on the samples that both scored; null if there are none. */
export function pairScores(file: Pick<TaskScores, 'values' | 'clusters'>, other: Pick<TaskScores, 'values'>) {
	return compareScores({ first: other.values, second: file.values, clusters: file.clusters, seed });
}

/** Accuracy as pages show it. `reference` is null for the reference itself. */
export function accuracyOf(scores: TaskScores, reference: TaskScores | null): Accuracy {
	const summary = summarise(scores.values, scores.clusters);
	const paired = reference === null ? null : pairScores(scores, reference);
	return {
		armId: scores.armId,
		metric: summary === null ? null : { ...summary, value: summary.mean },
		paired: paired === null ? null : accuracyPairSchema.parse(paired),
	};
}
