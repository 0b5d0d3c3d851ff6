import { Failure, type FailureFacts, failureFacts } from '../../models/contract/failure.ts';
import { list, said } from '../../models/contract/said.ts';
import { findCollection, listCollectionRows } from '../context/retrieval/store.ts';
import type { ArmContext, ArmContextEntry } from '../contract/evaluation/arm-context.ts';
import type { ResolvedConfig } from '../contract/evaluation/calls.ts';
import type { ConfigFile } from '../contract/evaluation/config-file.ts';
import { type Scorer, scorerSchema } from '../contract/evaluation/scorer.ts';
import { namedApart } from '../contract/evaluation/scorer-name.ts';
import type { ModelFile } from '../contract/library/schema.ts';
import { versionsOf as datasetVersionsOf } from '../dataset/store/versions.ts';
import { type AdapterRow, listAdapterRows } from '../library/adapters/adapter-rows.ts';
import { resolveAdapterName } from '../library/adapters/adapters.ts';
import { resolveModel } from '../library/resolve-model.ts';
import { addPromptVersion, contentHash, createPrompt } from '../prompt/prompts.ts';
import { listPrompts, versionsOf } from '../prompt/store.ts';
import { findAlias } from '../settings/aliases.ts';
import type { EvaluationContext } from './context.ts';

type Context = Pick<EvaluationContext, 'database' | 'events' | 'clock' | 'listDatasets'> & {
	readonly library: Pick<EvaluationContext['library'], 'all'>;
};

/**
 * Reads the text of a file; messages refer to it by `name`. Throws Failure `config-invalid`, `config-unreadable`,
 * `parser-died`.
 */
export async function readConfigFile(
	context: Context & Pick<EvaluationContext, 'scoring'>,
	text: string,
	name: string,
): Promise<ResolvedConfig> {
	const file = await context.scoring.readConfig(text, name);
	const resolved = resolveConfigFile(context, file);
	if (file.gate === undefined) return resolved;
	return {
		...resolved,
		notes: [...resolved.notes, 'Its gate is left out: only assay eval run checks one'],
	};
}

/**
 * Resolves names to things in the library. `problems` lists what the library does not have; prompts written in the file
 * are added. Does not read sample files: the caller imports them first and names the dataset.
 */
export function resolveConfigFile(context: Context, file: ConfigFile): ResolvedConfig {
	const problems: FailureFacts[] = [];
	const notes: string[] = [];
	function found<T>(of: () => T): T | null {
		try {
			return of();
		} catch (error) {
			const facts = failureFacts(error);
			if (facts.code === 'internal') throw error;
			problems.push(facts);
			return null;
		}
	}
	const { techniques, parameters, epochs, seed, width, independent, shardSize, contextSize, threads, criteria } = file;
	const { split = null, tags = [], limit = null } = typeof file.dataset === 'string' ? {} : file.dataset;
	const dataset = found(() => datasetOf(context, file.dataset, notes));
	const promptVersionIds = file.prompts.flatMap((entry) => found(() => promptOf(context, entry, notes)) ?? []);
	const models =
		file.models === undefined
			? [{ file: found(() => defaultModel(context)), adapters: [] }]
			: file.models.map((entry) => {
					const { model: name, adapters } = typeof entry === 'string' ? { model: entry, adapters: [] } : entry;
					const uses = adapters.map((one) => found(() => ({ id: adapterOf(context, one.name).id, scale: one.scale })));
					return { file: model(name), adapters: uses.filter((use) => use !== null) };
				});
	const known = models.filter(({ file: one }) => one !== null);
	const scorers = file.scorers.map((scorer): Scorer => {
		if (!('model' in scorer)) return scorer;
		const { model: name, ...judge } = scorer;
		return scorerSchema.parse({ ...judge, modelFileId: model(name)?.id ?? 0 });
	});
	const contexts = file.contexts?.flatMap((entry) => found(() => contextOf(context, entry, model)) ?? []);
	function model(name: string): ModelFile | null {
		return found(() => modelOf(context, name, notes));
	}
	return {
		config: {
			name: file.name,
			promptVersionIds,
			techniques,
			parameters,
			criteria,
			scorers: namedApart(scorers),
			epochs,
			seed,
			width,
			independent,
			shardSize,
			contextSize,
			threads,
			dataset: { datasetId: null, versionId: null, ...dataset, split, tags, limit },
			...(contexts === undefined || contexts.length === 0 ? {} : { contexts }),
			modelFileIds: known.flatMap((one) => one.file?.id ?? []),
			...(known.some(({ adapters }) => adapters.length > 0)
				? { modelAdapters: known.map(({ adapters }) => adapters) }
				: {}),
		},
		problems,
		notes,
	};
}

/** Throws Failure `no-model`. */
function defaultModel({ library }: Context): ModelFile {
	const models = library.all();
	const model = models.find((one) => one.default) ?? models[0];
	if (model !== undefined) return model;
	throw new Failure({
		code: 'no-model',
		message: said`The library has no model yet`,
		next: [said`Download the starter model`],
	});
}

/** Throws Failure `model-unknown`, `model-ambiguous`. */
function modelOf({ library, database }: Context, name: string, notes: string[]): ModelFile {
	const models = library.all();
	const alias = findAlias(database, name);
	const named = models.find(({ id }) => id === alias?.modelFileId);
	if (alias !== undefined && alias.recipe !== null && named !== undefined) {
		const asked = alias.source.kind === 'none' ? '' : '. It is asked as this file says, not by the recipe of the alias';
		notes.push(`${alias.name} is ${alias.modelName}${asked}`);
		return named;
	}
	const known = resolveModel(models, name);
	if (known !== null) return known;
	// Files of one model share a name.
	const names = models.map((one) => `${one.name} ${one.quantization}`);
	throw new Failure({
		code: 'model-unknown',
		message: said`The library has no model named “${name}”`,
		next: [
			names.length > 0 ? said`It has: ${list(names, 'comma')}` : said`Download the starter model`,
			said`Add its file to the library`,
		],
	});
}

/** Throws Failure `collection-unknown`; `model` reports a model that is unknown. */
function contextOf(
	{ database }: Context,
	{ documents, ...memory }: ArmContextEntry,
	model: (name: string) => ModelFile | null,
): ArmContext {
	if (documents === undefined) return memory;
	const { collection, rerank, ...rest } = documents;
	const collectionId = findCollection(database, collection);
	if (collectionId === null) {
		const names = listCollectionRows(database, false).map(({ name }) => name);
		throw new Failure({
			code: 'collection-unknown',
			message: said`There is no collection named “${collection}”`,
			next: [
				names.length === 0 ? said`Create it first: assay documents add` : said`Available: ${list(names, 'comma')}`,
			],
		});
	}
	const ranker = rerank === null ? null : model(rerank.model);
	return {
		documents: {
			collectionId,
			...rest,
			rerank: rerank === null || ranker === null ? null : { modelFileId: ranker.id, candidates: rerank.candidates },
		},
		...memory,
	};
}

/** Returns an adapter of the library by its name or id. Throws Failure `adapter-unknown`. */
function adapterOf({ database }: Context, name: string): AdapterRow {
	return resolveAdapterName(listAdapterRows(database), name);
}

/** Throws Failure `dataset-unknown`, `dataset-file`, `version-unknown`. */
function datasetOf(
	{ database, listDatasets }: Context,
	entry: ConfigFile['dataset'],
	notes: string[],
): { readonly datasetId: number; readonly versionId: number | null } {
	const datasets = listDatasets();
	if (typeof entry !== 'string' && 'file' in entry) {
		// The command line names an imported dataset after its file and the hash of its content.
		const base = (entry.file.split(/[\\/]/).at(-1) ?? '').replace(/\.[^.]*$/, '').slice(0, 150);
		const [known, other] = datasets.filter(({ name }) => name.replace(/ \([0-9a-f]{12}\)$/, '') === base);
		if (known === undefined || other !== undefined) {
			throw new Failure({
				code: 'dataset-file',
				message: said`The samples are in the file “${entry.file}”, which can’t be read from here`,
				next: [said`Import it under Datasets, and choose it in the form`, said`Run the config with: assay eval run`],
			});
		}
		notes.push(`“${known.name}” is used for ${entry.file}, which was not read again`);
		return { datasetId: known.id, versionId: null };
	}
	const { name, version } = typeof entry === 'string' ? { name: entry, version: undefined } : entry;
	const { id } = byName(datasets, name, 'dataset');
	if (version === undefined) return { datasetId: id, versionId: null };
	return { datasetId: id, versionId: byNumber(name, datasetVersionsOf(database, id), version).id };
}

/**
 * Finds the prompt version with the same content: the newest of any prompt, or any of the prompt of that name.
 * Otherwise adds a version to that prompt, or a new prompt. Throws Failure `prompt-unknown`, `version-unknown`, and
 * what `createPrompt` throws.
 */
function promptOf(context: Context, entry: ConfigFile['prompts'][number], notes: string[]): number {
	const { database } = context;
	const prompts = listPrompts(database, false);
	if (typeof entry === 'string') return byName(prompts, entry, 'prompt').latest.id;
	if (!('template' in entry)) {
		const prompt = byName(prompts, entry.name, 'prompt');
		if (entry.version === undefined) return prompt.latest.id;
		return byNumber(prompt.name, versionsOf(database, prompt.id), entry.version).id;
	}
	const { system, template, example } = entry;
	const content = { system, template, example };
	const hash = contentHash(content);
	const known = prompts.find(
		({ latest, name }) => latest.sha256 === hash && (entry.name === undefined || isName(name, entry.name)),
	);
	if (known !== undefined) return known.latest.id;
	const name = entry.name ?? (template.replace(/\s+/g, ' ').trim().slice(0, 60) || 'Prompt');
	const taken = prompts.find((prompt) => isName(prompt.name, name));
	const earlier =
		taken === undefined ? undefined : versionsOf(database, taken.id).find(({ sha256 }) => sha256 === hash);
	if (earlier !== undefined) return earlier.id;
	const note = 'From a config file';
	const prompt =
		taken === undefined
			? createPrompt(context, { ...content, name, description: '', note })
			: addPromptVersion(context, taken.id, content, note);
	notes.push(`Prompt “${prompt.name}” version ${prompt.latest.number} added`);
	return prompt.latest.id;
}

function isName(name: string, wanted: string): boolean {
	return name.toLowerCase() === wanted.toLowerCase();
}

function byName<Item extends { readonly name: string }>(
	items: readonly Item[],
	name: string,
	what: 'dataset' | 'prompt',
): Item {
	const found = items.find((item) => isName(item.name, name));
	if (found !== undefined) return found;
	const names = items.slice(0, 20).map((item) => item.name);
	throw new Failure({
		code: `${what}-unknown`,
		message: what === 'dataset' ? said`There is no dataset named “${name}”` : said`There is no prompt named “${name}”`,
		next:
			names.length === 0
				? [what === 'dataset' ? said`Create a dataset first` : said`Create a prompt first`]
				: [said`Available: ${list(names, 'comma')}`],
	});
}

function byNumber<Version extends { readonly number: number }>(
	name: string,
	versions: readonly Version[],
	wanted: number,
): Version {
	const found = versions.find(({ number }) => number === wanted);
	if (found !== undefined) return found;
	throw new Failure({
		code: 'version-unknown',
		message: said`“${name}” has no version ${wanted}`,
		next: [
			said`It has: ${list(
				versions.map(({ number }) => number),
				'comma',
			)}`,
		],
	});
}
