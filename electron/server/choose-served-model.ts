import { Failure } from '../../models/contract/failure.ts';
import { said } from '../../models/contract/said.ts';
import type { ModelFile } from '../contract/library/schema.ts';
import { defaultModelName, type Recipe } from '../contract/server/recipe.ts';
import { answerAdapters, resolveAdapters } from '../library/adapters/adapters.ts';
import { resolveModel } from '../library/resolve-model.ts';
import { findAlias } from '../settings/aliases.ts';
import { findPreset } from '../settings/presets.ts';
import type { ServerContext } from './context.ts';

/** What choosing a model needs. */
export type ModelChoosing = Pick<ServerContext, 'library' | 'database' | 'settings'>;

/** The model that a client named, and how it is asked. */
export interface ServedModel {
	readonly model: ModelFile;
	/** null: with the person's general settings. */
	readonly recipe: Recipe | null;
	/** The alias that named it; null: it was named directly, or is the default. */
	readonly alias: string | null;
}

/**
 * Returns the LoRA adapters that a name puts on the model, as the engine takes them; undefined: those of the model's load
 * settings. Those of the default preset that don't fit the default model are left out, as in a chat; an alias names both,
 * so its adapters must fit. Throws Failure `adapter-unknown`, `adapter-unsuitable`.
 */
export function servedAdapters(context: ModelChoosing, name: string | null | undefined, model: ModelFile) {
	const isDefault = name == null || name === '' || name === defaultModelName;
	const recipe = isDefault ? defaultRecipe(context) : findAlias(context.database, name)?.recipe;
	if (recipe?.adapters === undefined) return undefined;
	const resolve = isDefault ? answerAdapters : resolveAdapters;
	return resolve(context.database, recipe.adapters, model).files;
}

/** Returns the models that can be asked: whole files with a chat template. */
export function servedModels({ library }: Pick<ServerContext, 'library'>): ModelFile[] {
	return library.all().filter(({ kind, chat, problem }) => kind === 'model' && chat && problem === null);
}

/** Id of a model for clients: it stays the same when files are added or removed, and when the model is renamed. */
export function servedId({ ownName, quantization }: Pick<ModelFile, 'ownName' | 'quantization'>): string {
	return `${ownName} ${quantization}`.trim().toLowerCase().replaceAll(/\s+/g, '-');
}

/**
 * Returns the model that a client named and its recipe: by alias, id, name or the beginning of one; the default model with
 * the default preset if it named none. Throws Failure `model-unknown`, `model-ambiguous`, `no-model`, `alias-without-model`.
 */
export function chooseServed(context: ModelChoosing, name: string | undefined): ServedModel {
	if (name === undefined || name === '' || name === defaultModelName) return defaultModel(context);
	const alias = findAlias(context.database, name);
	if (alias !== undefined && alias.recipe !== null) {
		const model = context.library.all().find(({ id }) => id === alias.modelFileId);
		if (model === undefined) throw withoutModel(alias.name, alias.modelName);
		if (model.problem !== null) throw new Failure(model.problem);
		return { model, recipe: alias.recipe, alias: alias.name };
	}
	const models = servedModels(context);
	const file = models.find((model) => servedId(model) === name) ?? resolveModel(models, name);
	if (file !== null) return { model: file, recipe: null, alias: null };
	const ids = models.slice(0, 20).map(servedId);
	throw new Failure({
		code: 'model-unknown',
		message: `There is no model "${name.slice(0, 200)}".`,
		next: [
			`Name one of: ${[...ids, defaultModelName].join(', ')}`,
			'Or make the name an alias: assay server aliases set <name> --model <model>',
		],
	});
}

/** Returns the model that a client named. Throws what `chooseServed` throws. */
export function chooseServedModel(context: ModelChoosing, name: string | undefined): ModelFile {
	return chooseServed(context, name).model;
}

function defaultModel({ library, database, settings }: ModelChoosing): ServedModel {
	const model = library.defaultModelFile();
	if (model === null) {
		throw new Failure({
			code: 'no-model',
			message: 'Assay has no model yet.',
			next: ['Add one in Models', 'Download the starter model: assay models pull smollm2-135m-instruct'],
		});
	}
	return { model, recipe: defaultRecipe({ database, settings }), alias: null };
}

/** Returns the default preset; null: there is none. */
function defaultRecipe({ database, settings }: Pick<ModelChoosing, 'database' | 'settings'>): Recipe | null {
	const { defaultPresetId } = settings();
	return defaultPresetId === null ? null : (findPreset(database, defaultPresetId) ?? null);
}

function withoutModel(name: string, modelName: string): Failure {
	return new Failure({
		code: 'alias-without-model',
		message: said`The alias ${name} names ${modelName}, which is no longer in the library.`,
		next: [said`Choose another model for it in Settings, Server`, said`Add ${modelName} to the library again`],
	});
}
