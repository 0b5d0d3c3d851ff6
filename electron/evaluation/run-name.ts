import { techniqueFormat } from '../contract/answer-format-name.ts';
import type { ManifestArm } from '../contract/evaluation/manifest.ts';
import { adaptedName, adapterLabel } from '../library/adapters/adapters.ts';
import { capitalised, contextLabel, techniqueLabel } from './arm-labels.ts';

/** Values of one kind that a name lists; with more, the rest are counted. */
const mostListed = 3;

/**
 * Names a run by what varies, then the dataset: "Q4_K_M vs Q8_0 on Arithmetic", "v4, v5 × 135M, 360M on Tickets". With a
 * single arm, by its model and technique.
 */
export function runName(arms: readonly ManifestArm[], datasetName: string): string {
	const [first] = arms;
	if (first === undefined) return datasetName;
	const models = isGrid(arms) ? [modelsOf, adaptersOf] : [adaptedModelsOf];
	const varied = [promptsOf, techniquesOf, ...models, parametersOf, contextsOf]
		.map((of) => ({ values: of(arms), named: of === promptsOf || models.includes(of) }))
		.filter(({ values }) => values.length > 1);
	const [only, ...others] = varied;
	if (only === undefined) {
		const technique =
			first.technique.kind === 'zero-shot' && techniqueFormat(first.technique) === undefined
				? ''
				: `, ${techniqueLabel(first.technique)}`;
		const model = adaptedName(`${first.model.name} ${first.model.quantization}`.trim(), first.adapters);
		return `${model}${technique} on ${datasetName}`;
	}
	const { values: two, named } = only;
	const words =
		others.length === 0 && two.length === 2 ? two.join(' vs ') : varied.map(({ values }) => listed(values)).join(' × ');
	// What a person or a file is called stays as it is.
	return `${named ? words : String(capitalised(words))} on ${datasetName}`;
}

function distinct(values: readonly string[]): readonly string[] {
	return [...new Set(values)];
}

function listed(values: readonly string[]): string {
	if (values.length <= mostListed) return values.join(', ');
	return `${values.slice(0, mostListed - 1).join(', ')} and ${values.length - mostListed + 1} more`;
}

function promptsOf(arms: readonly ManifestArm[]): readonly string[] {
	const names = distinct(arms.map(({ prompt }) => prompt.name));
	const numbers = (name: string): number =>
		new Set(arms.filter(({ prompt }) => prompt.name === name).map(({ prompt }) => prompt.number)).size;
	return distinct(
		arms.map(({ prompt: { name, number } }) => {
			if (names.length === 1) return `v${number}`;
			return numbers(name) > 1 ? `${name} v${number}` : name;
		}),
	);
}

function techniquesOf(arms: readonly ManifestArm[]): readonly string[] {
	const each = distinct(arms.map(({ technique }) => JSON.stringify(technique)));
	const labels = distinct(arms.map(({ technique }) => techniqueLabel(technique)));
	// Arms that differ in something that no label shows get numbers.
	return labels.length < each.length ? each.map((_, index) => `technique ${index + 1}`) : labels;
}

/** Whether every model comes with the same choices of adapters. */
function isGrid(arms: readonly ManifestArm[]): boolean {
	const modelKey = ({ model }: ManifestArm): string => `${model.name} ${model.quantization}`;
	const adapterKey = ({ adapters = [] }: ManifestArm): string => JSON.stringify(adapters);
	const pairs = distinct(arms.map((arm) => `${modelKey(arm)} ${adapterKey(arm)}`));
	return pairs.length === distinct(arms.map(modelKey)).length * distinct(arms.map(adapterKey)).length;
}

function modelsOf(arms: readonly ManifestArm[]): readonly string[] {
	return distinct(modelLabels(arms));
}

/** Returns the model of each arm, as short as the arms allow. */
function modelLabels(arms: readonly ManifestArm[]): readonly string[] {
	const names = distinct(arms.map(({ model }) => model.name));
	if (names.length === 1) return arms.map(({ model }) => model.quantization);
	const short = withoutCommonWords(names);
	return arms.map(({ model: { name, quantization } }) => {
		const types = distinct(arms.filter(({ model }) => model.name === name).map(({ model }) => model.quantization));
		return types.length > 1 ? `${short.get(name)} ${quantization}` : (short.get(name) ?? name);
	});
}

function adaptedModelsOf(arms: readonly ManifestArm[]): readonly string[] {
	const labels = modelLabels(arms);
	return distinct(arms.map(({ adapters = [] }, at) => [labels[at], ...adapters.map(adapterLabel)].join(' + ')));
}

/** "SmolLM2 135M", "SmolLM2 360M" → "135M", "360M". */
function withoutCommonWords(names: readonly string[]): ReadonlyMap<string, string> {
	const words = names.map((name) => name.split(' '));
	const shortest = Math.min(...words.map(({ length }) => length));
	const same = (of: (one: readonly string[], at: number) => string | undefined): number => {
		let count = 0;
		while (count < shortest - 1 && words.every((one) => of(one, count) === of(words[0] ?? [], count))) count += 1;
		return count;
	};
	const start = same((one, at) => one[at]);
	const end = Math.min(
		shortest - 1 - start,
		same((one, at) => one.at(-1 - at)),
	);
	return new Map(
		names.map((name, index) => [name, (words[index] ?? []).slice(start, end === 0 ? undefined : -end).join(' ')]),
	);
}

function adaptersOf(arms: readonly ManifestArm[]): readonly string[] {
	return distinct(
		arms.map(({ adapters = [] }) => (adapters.length === 0 ? 'base' : adapters.map(adapterLabel).join(' + '))),
	);
}

function contextsOf(arms: readonly ManifestArm[]): readonly string[] {
	const labels = distinct(arms.map(({ context }) => contextLabel(context)));
	const collections = new Set(
		arms.map(({ context }) => context?.documents?.collection).filter((one) => one !== undefined),
	);
	const short = distinct(arms.map(({ context }) => shortContext(context)));
	return collections.size === 1 && short.length === labels.length ? short : labels;
}

/** How documents are used, without their collection and its settings. */
function shortContext(context: ManifestArm['context']): string {
	if (context?.documents === undefined || context.facts !== undefined || context.overflow !== undefined)
		return contextLabel(context);
	return { retrieve: 'passages', whole: 'whole documents', auto: 'documents as in chat' }[context.documents.mode];
}

function parametersOf(arms: readonly ManifestArm[]): readonly string[] {
	const each = distinct(arms.map(({ parameters }) => JSON.stringify(parameters)));
	const heats = distinct(arms.map(({ parameters }) => `temperature ${parameters.temperature}`));
	const lengths = distinct(arms.map(({ parameters }) => `${parameters.maxTokens} tokens`));
	return (
		[heats, lengths].find(({ length }) => length === each.length) ?? each.map((_, index) => `settings ${index + 1}`)
	);
}
