import { Failure } from '../../../models/contract/failure.ts';
import type { Client } from '../../contract/client.ts';
import { findDataset } from '../../contract/dataset/find-dataset.ts';
import { type ConfigFile, configFileSchema } from '../../contract/evaluation/config-file.ts';
import {
	type DatasetLook,
	defaultAnswerTokens,
	defaultPrompts,
	defaultScorers,
	defaultTechnique,
	plainPrompt,
} from '../../contract/evaluation/defaults.ts';
import { inspectDataset } from '../../contract/evaluation/inspect-dataset.ts';
import {
	type Parameters,
	parametersSchema,
	type RunConfig,
	runConfigSchema,
} from '../../contract/evaluation/run-config.ts';
import { type Technique, techniqueSchema } from '../../contract/evaluation/technique.ts';
import type { ModelFile } from '../../contract/library/schema.ts';
import type { Recipe } from '../../contract/server/recipe.ts';
import { type PlanInput, scorerOf } from './plan-input.ts';

/** A model as it is measured: what its name stands for. */
export interface Subject {
	/** As the client named it. */
	readonly name: string;
	readonly model: ModelFile;
	/** null: nothing but the model. */
	readonly recipe: Recipe | null;
}

/** Returns what a name stands for. Throws Failure `model-unknown`, …. */
export async function subjectOf(client: Client, name: string): Promise<Subject> {
	const { model, alias, recipe } = await client.server.resolveModel({ name });
	return { name: alias ?? `${model.name} ${model.quantization}`.trim(), model, recipe };
}

/** Whether two subjects are asked alike, so that one run can measure both. */
export function isAskedAlike(a: Subject, b: Subject): boolean {
	return JSON.stringify(a.recipe) === JSON.stringify(b.recipe);
}

/**
 * Plans one run of models that are asked alike: as the client said, else as their recipe says, else as suits the dataset.
 * Prompts that are written in the input are added to the library. Throws the Failure of the first thing that does not exist.
 */
export async function planRun(
	client: Client,
	input: PlanInput,
	[first, ...others]: readonly [Subject, ...Subject[]],
): Promise<RunConfig> {
	const dataset = await findDataset(client, input.dataset);
	const look = await inspectDataset(client, dataset);
	const { recipe } = first;
	const scorers = input.scorers?.map(scorerOf) ?? [...defaultScorers(look)];
	if (scorers.length === 0) {
		throw new Failure({
			code: 'no-scorer',
			message: `Nothing in the dataset “${dataset.name}” says which answers are right.`,
			next: ['Add targets to its samples', 'Name scorers', 'Give a config with a judge'],
		});
	}
	const file: ConfigFile = configFileSchema.parse({
		dataset: {
			name: dataset.name,
			...(input.split === undefined ? {} : { split: input.split }),
			...(input.samples === undefined ? {} : { limit: input.samples }),
		},
		prompts: [await promptEntry(client, input, look)],
		models: [first, ...others].map(({ model }) => String(model.id)),
		techniques: [techniqueOf(input, recipe, look)],
		parameters: [parametersOf(input, recipe, look)],
		scorers,
		...(input.epochs === undefined ? {} : { epochs: input.epochs }),
		...(input.seed === undefined ? {} : { seed: input.seed }),
	});
	const config = await resolved(client, file);
	const own = input.prompt !== undefined || input.template !== undefined;
	if (own || recipe?.prompt === undefined) return config;
	return { ...config, promptVersionIds: [recipe.prompt.versionId] };
}

/** Reads the text of a config file as `assay eval run` does. Throws the Failure of the first thing that does not exist. */
export async function planFromText(client: Client, text: string): Promise<RunConfig> {
	const { config, problems } = await client.evaluations.configFile.read({ text, name: 'config' });
	return complete(config, problems);
}

async function resolved(client: Client, file: ConfigFile): Promise<RunConfig> {
	const { config, problems } = await client.evaluations.configFile.resolve({ file });
	return complete(config, problems);
}

function complete(config: unknown, [problem]: readonly ConstructorParameters<typeof Failure>[0][]): RunConfig {
	if (problem !== undefined) throw new Failure(problem);
	return runConfigSchema.parse(config);
}

async function promptEntry(
	client: Client,
	{ prompt, template, system = '' }: PlanInput,
	look: DatasetLook,
): Promise<ConfigFile['prompts'][number]> {
	if (prompt !== undefined) return prompt;
	if (template !== undefined) return { template, system, example: '' };
	const { prompts } = await client.prompts.list({});
	// The plain question comes first and what suits the dataset last.
	const suited = defaultPrompts(
		prompts.filter(({ latest }) => latest.template !== ''),
		look,
	).at(-1);
	return suited?.name ?? { ...plainPrompt, system: '', example: '' };
}

function techniqueOf({ technique }: PlanInput, recipe: Recipe | null, look: DatasetLook): Technique {
	if (technique !== undefined) return techniqueSchema.parse({ kind: technique });
	return techniqueSchema.parse(recipe?.prompt?.technique ?? defaultTechnique(look));
}

function parametersOf(
	{ max_tokens: asked, temperature }: PlanInput,
	recipe: Recipe | null,
	look: DatasetLook,
): Parameters {
	const sampling = recipe?.sampling ?? {};
	const usualTokens = sampling.maxTokens ?? defaultAnswerTokens(look);
	const maxTokens = asked ?? usualTokens;
	const known = Object.entries(sampling).filter(
		([key, value]) => Object.hasOwn(parametersSchema.shape, key) && value !== undefined && value !== null,
	);
	return parametersSchema.parse({
		...Object.fromEntries(known),
		...(maxTokens === null || maxTokens === undefined ? {} : { maxTokens }),
		...(temperature === undefined ? {} : { temperature }),
	});
}
