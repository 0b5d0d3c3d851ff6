import type { Dataset } from '../../../electron/contract/dataset/schema.ts';
import type { Prompt, PromptVersion } from '../../../electron/contract/prompt/schema.ts';
import type { Connection } from '../../connection/connection.ts';

/** The available choices. */
export interface PlanChoices {
	readonly datasets: readonly Dataset[];
	readonly prompts: readonly Prompt[];
	/** Prompts that can't be chosen, because no version of them has a text yet. */
	readonly unsaved: readonly Prompt[];
}

type Client = Connection['client'];

export async function fetchPlanChoices(client: Client): Promise<PlanChoices> {
	const [{ datasets }, { prompts }] = await Promise.all([client.datasets.list({}), client.prompts.list({})]);
	return {
		datasets,
		prompts: prompts.filter(({ latest }) => latest.template !== ''),
		unsaved: prompts.filter(({ latest }) => latest.template === ''),
	};
}

/** Fetches the versions of a prompt, newest first. */
export async function fetchPromptVersions(client: Client, promptId: number): Promise<readonly PromptVersion[]> {
	return (await client.prompts.get({ id: promptId })).versions;
}
