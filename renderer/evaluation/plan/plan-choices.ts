import type { Dataset } from '../../../electron/contract/dataset/schema.ts';
import type { DatasetLook } from '../../../electron/contract/evaluation/defaults.ts';
import type { Prompt, PromptVersion } from '../../../electron/contract/prompt/schema.ts';
import type { Connection } from '../../connection/connection.ts';

/** Number of samples to look at for what a dataset is like. */
const inspectedSamples = 100;

/** The available choices. */
export interface PlanChoices {
	readonly datasets: readonly Dataset[];
	readonly prompts: readonly Prompt[];
}

type Client = Connection['client'];

export async function fetchPlanChoices(client: Client): Promise<PlanChoices> {
	const [{ datasets }, { prompts }] = await Promise.all([client.datasets.list({}), client.prompts.list({})]);
	return { datasets, prompts: prompts.filter(({ latest }) => latest.template !== '') };
}

/** Inspects a dataset's newest version, or another of its versions. */
export async function inspectDataset(
	client: Client,
	dataset: Dataset,
	versionId = dataset.latest.id,
): Promise<DatasetLook> {
	const [facets, { rows }] = await Promise.all([
		client.datasets.samples.facets({ versionId }),
		client.datasets.samples.list({ versionId, limit: inspectedSamples }),
	]);
	const [row] = rows;
	const first = row === undefined ? null : await client.datasets.samples.get({ versionId, sampleId: row.id });
	return { dataset, facets, rows, first };
}

/** Fetches the versions of a prompt, newest first. */
export async function fetchPromptVersions(client: Client, promptId: number): Promise<readonly PromptVersion[]> {
	return (await client.prompts.get({ id: promptId })).versions;
}
