import { type Scorer, scorerSchema } from '../../contract/evaluation/scorer.ts';
import { type Technique, techniqueSchema } from '../../contract/evaluation/technique.ts';
import { type DatasetLook, defaultPrompts, defaultScorers, defaultTechnique } from '../../contract/prompt/defaults.ts';
import { readSamples } from '../../dataset/read-version.ts';
import { getDataset } from '../../dataset/store/datasets.ts';
import { listPrompts } from '../../prompt/store.ts';
import type { ComparisonContext } from '../context.ts';

/** How many samples are looked at to tell what a dataset is like. */
const looked = 100;

export interface TaskSuggestion {
	/** null: no prompt suits its samples. */
	readonly promptVersionId: number | null;
	readonly technique: Technique;
	/** null: nothing in it says what is right. */
	readonly scorer: Scorer | null;
}

/** How a dataset is asked and marked where nothing else is said: the same as a new run's form proposes. */
export async function suggestTask(
	{ database, datasets }: Pick<ComparisonContext, 'database' | 'datasets'>,
	datasetId: number,
	versionId: number,
): Promise<TaskSuggestion> {
	const rows = [...readSamples(database, versionId, { limit: looked })];
	const look: DatasetLook = {
		dataset: getDataset(database, datasetId),
		facets: await datasets.facets(versionId),
		rows,
		first: rows[0] ?? null,
	};
	const [scorer] = defaultScorers(look);
	return {
		// The last one is the one made for the set; the plain question stands before it.
		promptVersionId: defaultPrompts(listPrompts(database, false), look).at(-1)?.latest.id ?? null,
		technique: techniqueSchema.parse(defaultTechnique(look)),
		scorer: scorer === undefined ? null : scorerSchema.parse(scorer),
	};
}
