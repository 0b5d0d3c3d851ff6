import { z } from 'zod';
import { Failure } from '../../models/contract/failure.ts';
import { said } from '../../models/contract/said.ts';
import type { AdapterUse, UsedAdapter } from '../contract/adapters/schema.ts';
import { type ComparisonTask, comparisonTaskSchema } from '../contract/comparison/schema.ts';
import { type DatasetLook, defaultPrompts, defaultScorers, defaultTechnique } from '../contract/evaluation/defaults.ts';
import { type RunConfig, runConfigSchema } from '../contract/evaluation/run-config.ts';
import { type Scorer, scorerSchema } from '../contract/evaluation/scorer.ts';
import { scorerName } from '../contract/evaluation/scorer-name.ts';
import { type Technique, techniqueSchema } from '../contract/evaluation/technique.ts';
import { readSamples } from '../dataset/read-version.ts';
import { getDataset, getLiveDataset } from '../dataset/store/datasets.ts';
import { listPrompts } from '../prompt/store.ts';
import type { ComparisonContext } from './context.ts';

/** Maximum number of models in one evaluation run. */
const mostFiles = 50;

/** A task with all choices made, as stored. */
const plannedTaskSchema = comparisonTaskSchema.extend({
	promptVersionId: z.int(),
	technique: techniqueSchema,
	scorer: scorerSchema,
	datasetName: z.string(),
	versionNumber: z.int(),
});

export type PlannedTask = z.infer<typeof plannedTaskSchema>;

/** What the samples measure: the accuracy that the verdict rests on, or whether the right tools are called. */
export type TaskKind = 'task' | 'tools';

/** Parses the stored task; null: none is measured. */
export function taskOf(
	comparison: { readonly task: string | null; readonly tools: string | null },
	kind: TaskKind = 'task',
): PlannedTask | null {
	const stored = comparison[kind];
	return stored === null ? null : plannedTaskSchema.parse(JSON.parse(stored));
}

/** A file that answers a task, with its adapters. */
export interface TaskFile {
	readonly modelFileId: number;
	readonly adapters: readonly AdapterUse[];
}

/** The files of candidates that exist already, as a task asks them. */
export function taskFiles(
	candidates: readonly {
		readonly modelFileId: number | null;
		readonly adapters: readonly Pick<UsedAdapter, 'id' | 'scale'>[];
	}[],
): readonly TaskFile[] {
	return candidates.flatMap(({ modelFileId, adapters }) =>
		modelFileId === null ? [] : [{ modelFileId, adapters: adapters.map(({ id, scale }) => ({ id: id ?? 0, scale })) }],
	);
}

/** Config of the run that measures the task: one arm per file, in the order of the files. */
export function runConfigOf(task: PlannedTask, title: string, files: readonly TaskFile[], threads: number): RunConfig {
	return runConfigSchema.parse({
		name: `${task.datasetName}: ${title}`,
		dataset: task.dataset,
		modelFileIds: files.map(({ modelFileId }) => modelFileId),
		...(files.some(({ adapters }) => adapters.length > 0)
			? { modelAdapters: files.map(({ adapters }) => adapters) }
			: {}),
		threads,
		promptVersionIds: [task.promptVersionId],
		techniques: [task.technique],
		scorers: [task.scorer],
		parameters: [{ maxTokens: task.maxTokens }],
		seed: task.seed,
	});
}

/**
 * Chooses what the plan leaves open, freezes the dataset version and tries the prompt, so that problems show before
 * anything is measured. `files.there` are the files that exist already. Throws a Failure that names the obstacle.
 */
export async function planTask(
	context: ComparisonContext,
	task: ComparisonTask,
	files: { readonly there: readonly TaskFile[]; readonly total: number; readonly threads: number },
	kind: TaskKind = 'task',
): Promise<PlannedTask> {
	if (files.total > mostFiles) {
		throw new Failure({
			code: 'run-too-large',
			message: said`Accuracy can be measured for ${mostFiles} files at once, not for ${files.total}.`,
			next: [said`Compare fewer files`, said`Leave the dataset out`],
		});
	}
	const dataset = getLiveDataset(context.database, task.dataset.datasetId);
	const frozen = await context.datasets.freezeVersion(task.dataset.versionId ?? dataset.latest.id);
	const suggested = await suggestTask(context, dataset.id, frozen.id);
	const promptVersionId = task.promptVersionId ?? suggested.promptVersionId;
	const scorer = task.scorer ?? suggested.scorer;
	if (promptVersionId === null) {
		throw new Failure({
			code: 'prompt-missing',
			message: said`No prompt suits the samples of “${dataset.name}”.`,
			next: [said`Choose a prompt`, said`Create one under Prompts`],
		});
	}
	if (scorer === null) {
		throw new Failure({
			code: 'scorer-missing',
			message: said`“${dataset.name}” has no correct answers to score against.`,
			next: [said`Choose how answers are scored`, said`Choose a dataset whose samples have targets`],
		});
	}
	const planned: PlannedTask = {
		...task,
		promptVersionId,
		scorer,
		technique: task.technique ?? suggested.technique,
		dataset: { ...task.dataset, versionId: frozen.id },
		datasetName: dataset.name,
		versionNumber: frozen.number,
	};
	if (kind === 'tools' && planned.technique.kind !== 'tools') {
		throw new Failure({
			code: 'tools-missing',
			message: said`The samples of “${dataset.name}” have no tools to call.`,
			next: [said`Choose a dataset whose samples have tools, such as the starter set “Tool calls”`],
		});
	}
	await context.evaluations.estimate(runConfigOf(planned, '', files.there, files.threads));
	return planned;
}

/** Name under which the run stores its scores. */
export function taskScorerName({ scorer }: PlannedTask): string {
	return scorerName(scorer);
}

/** Number of samples to look at for what a dataset is like. */
const samplesRead = 100;

export interface TaskSuggestion {
	/** null: no prompt suits its samples. */
	readonly promptVersionId: number | null;
	readonly technique: Technique;
	/** null: the dataset does not say what is right. */
	readonly scorer: Scorer | null;
}

/** Suggests how to ask and score a dataset if nothing else is given, as the form for a new run does. */
async function suggestTask(
	{ database, datasets }: Pick<ComparisonContext, 'database' | 'datasets'>,
	datasetId: number,
	versionId: number,
): Promise<TaskSuggestion> {
	const rows = [...readSamples(database, versionId, { limit: samplesRead })];
	const look: DatasetLook = {
		dataset: getDataset(database, datasetId),
		facets: await datasets.facets(versionId),
		rows,
		first: rows[0] ?? null,
	};
	const [scorer] = defaultScorers(look);
	return {
		// The last prompt is the one made for the dataset; the plain question comes first.
		promptVersionId: defaultPrompts(listPrompts(database, false), look).at(-1)?.latest.id ?? null,
		technique: techniqueSchema.parse(defaultTechnique(look)),
		scorer: scorer === undefined ? null : scorerSchema.parse(scorer),
	};
}
