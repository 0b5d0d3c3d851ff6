import type { Dataset } from '../../../electron/contract/dataset/schema.ts';
import {
	type DatasetLook,
	defaultAnswerTokens,
	defaultContextSize,
	defaultContexts,
	defaultPrompts,
	defaultScorers,
	defaultTechnique,
	plainPrompt,
	withExamples,
} from '../../../electron/contract/evaluation/defaults.ts';
import { inspectDataset } from '../../../electron/contract/evaluation/inspect-dataset.ts';
import type { RunConfigInput } from '../../../electron/contract/evaluation/run-config.ts';
import type { TechniqueInput } from '../../../electron/contract/evaluation/technique.ts';
import type { ModelFile } from '../../../electron/contract/library/schema.ts';
import type { Prompt } from '../../../electron/contract/prompt/schema.ts';
import { toFailure } from '../../connection/failure.ts';
import { chooseDefaultModel } from '../../library/library-store.ts';
import { t } from '../../messages/t.ts';
import type { Services } from '../../services.ts';
import { openNewRun, openRun } from '../run-actions.ts';
import { fetchPlanChoices } from './plan-choices.ts';
import { createStarterContexts } from './starter-collection.ts';

/** Longest first run, in seconds, so that the user sees it finish; slower models get fewer samples. */
const longestFirstRun = 180;
const fewestSamples = 10;

/** Number of samples if the model's speed is unknown. */
const samplesUnmeasured = 24;

/** Answers in the bundled datasets are short; a longer one has lost its way, tokens. */
const longestAnswer = 160;

/** Returns the library's files; fetches them first if the page was just opened. */
export async function fetchLibraryFiles({ models }: Pick<Services, 'models'>): Promise<readonly ModelFile[]> {
	if (models.state.getState().status === 'loading') await models.refresh();
	return models.state.getState().models;
}

/**
 * Creates the first run: the plain question against a prompt that suits the dataset, or, with only one prompt, without
 * and with examples.
 */
export function createFirstConfig(look: DatasetLook, prompts: readonly Prompt[], model: ModelFile): RunConfigInput {
	const technique = defaultTechnique(look);
	const twin = prompts.length > 1 ? null : withExamples(technique, look);
	const shots = (one: TechniqueInput): number => ('shots' in one ? (one.shots ?? 0) : 0);
	return {
		dataset: { datasetId: look.dataset.id },
		promptVersionIds: prompts.map(({ latest }) => latest.id),
		// The one without examples comes first, as the baseline.
		techniques: [technique, ...(twin === null ? [] : [twin])].toSorted((a, b) => shots(a) - shots(b)),
		modelFileIds: [model.id],
		scorers: [...defaultScorers(look)],
		parameters: [{ maxTokens: defaultAnswerTokens(look) ?? longestAnswer }],
		contexts: defaultContexts(look),
		contextSize: defaultContextSize(look),
		// Small shards, so that rows and pauses come soon.
		shardSize: 8,
	};
}

/** Starts a sensible run of a dataset at once and opens it. If a choice is needed first, opens the form. */
export async function startFirstRun(services: Services, dataset: Dataset): Promise<void> {
	const { connection, evaluations, layout, toasts } = services;
	const { client } = connection;
	const model = chooseDefaultModel(await fetchLibraryFiles(services));
	if (model === undefined) {
		toasts.note({
			text: t('Add a model before you start a run.'),
			action: { label: t('Go to Models'), run: () => layout.go({ section: 'models' }) },
		});
		return;
	}
	try {
		const [{ prompts }, look] = await Promise.all([fetchPlanChoices(client), inspectDataset(client, dataset)]);
		const chosen = defaultPrompts(prompts, look);
		const own = createFirstConfig(look, chosen.length > 0 ? chosen : [await client.prompts.create(plainPrompt)], model);
		const asksDocuments = dataset.starterId === 'documents';
		const config = asksDocuments ? { ...own, contexts: await createStarterContexts(client) } : own;
		if (config.scorers.length === 0) {
			openNewRun(services, { datasetId: dataset.id });
			return;
		}
		openRun(services, (await evaluations.start(await shorten(services, config))).id);
	} catch (error) {
		toasts.fail(toFailure(error).message);
	}
}

async function shorten({ connection }: Services, config: RunConfigInput): Promise<RunConfigInput> {
	const { seconds, samples } = await connection.client.evaluations.estimate(config as never);
	if (seconds !== null && seconds <= longestFirstRun) return config;
	const limit =
		seconds === null ? samplesUnmeasured : Math.max(fewestSamples, Math.floor((samples * longestFirstRun) / seconds));
	return limit >= samples ? config : { ...config, dataset: { ...config.dataset, limit } };
}
