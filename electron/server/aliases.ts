import { Failure } from '../../models/contract/failure.ts';
import { said } from '../../models/contract/said.ts';
import { armSampling } from '../contract/evaluation/arm-sampling.ts';
import { type Alias, type AliasInput, plainRecipe, type Recipe, type RecipeSource } from '../contract/server/recipe.ts';
import { chatUseOf } from '../evaluation/chat-use.ts';
import { armViews } from '../evaluation/run-view.ts';
import { getArm } from '../evaluation/store/arms.ts';
import { getRun } from '../evaluation/store/runs.ts';
import { resolveAdapters } from '../library/adapters/adapters.ts';
import { addAliasChange, findAlias, findAliasChange } from '../settings/aliases.ts';
import { getPreset } from '../settings/presets.ts';
import { servedId, servedModels } from './choose-served-model.ts';
import type { ServerContext } from './context.ts';

type AliasContext = Pick<ServerContext, 'library' | 'database' | 'settings' | 'events' | 'clock' | 'log'>;

interface Target {
	readonly modelFileId: number;
	readonly recipe: Recipe;
	readonly source: RecipeSource;
}

/**
 * Makes a name stand for a model with a recipe, which is copied: later changes of the preset don't reach it. Throws Failure
 * `alias-taken`, `model-unknown`, `preset-unknown`, `arm-unknown`, `arm-not-for-chat`, `adapter-unknown`,
 * `adapter-unsuitable`.
 */
export function setAlias(context: AliasContext, { name, target }: AliasInput): Alias {
	const model = servedModels(context).find((file) => servedId(file) === name.toLowerCase());
	if (model !== undefined) {
		throw new Failure({
			code: 'alias-taken',
			message: said`${name} is the name of a model in the library.`,
			next: [said`Choose another name`],
		});
	}
	const { modelFileId, recipe, source } =
		'armId' in target ? measuredTarget(context, target.armId) : presetTarget(context, target);
	if (recipe.adapters !== undefined) {
		resolveAdapters(context.database, recipe.adapters, context.library.modelFile(modelFileId));
	}
	const { name: modelName, quantization } = context.library.modelFile(modelFileId);
	return add(context, { name, modelFileId, modelName: `${modelName} ${quantization}`.trim(), source, recipe });
}

/** Removes a name; its changes are kept. Throws Failure `alias-unknown`. */
export function removeAlias(context: AliasContext, name: string): Alias {
	const alias = findAlias(context.database, name);
	if (alias === undefined || alias.recipe === null) throw unknown(name);
	const { id: _, setAt: __, ...rest } = alias;
	return add(context, { ...rest, recipe: null });
}

/** Makes a name what it was after an earlier change. Throws Failure `alias-unknown`. */
export function restoreAlias(context: AliasContext, changeId: number): Alias {
	const change = findAliasChange(context.database, changeId);
	if (change === undefined) throw unknown(`#${changeId}`);
	const { id: _, setAt: __, ...rest } = change;
	return add(context, rest);
}

function add(context: AliasContext, change: Omit<Alias, 'id' | 'setAt'>): Alias {
	const alias = addAliasChange(context.database, { ...change, setAt: context.clock() });
	context.log(
		`server: the alias ${alias.name} ${alias.recipe === null ? 'was removed' : `names ${alias.modelName} (${alias.source.kind})`}`,
	);
	context.events.publish({ type: 'settings-changed' });
	return alias;
}

function presetTarget(
	{ database }: AliasContext,
	{ modelFileId, presetId, adapters: own }: Exclude<AliasInput['target'], { armId: number }>,
): Target {
	if (presetId === null) {
		const recipe = own === undefined ? plainRecipe : { ...plainRecipe, adapters: own };
		return { modelFileId, recipe, source: { kind: 'none' } };
	}
	const { name, systemPrompt, sampling, contextSize, prompt, ...preset } = getPreset(database, presetId);
	const adapters = own ?? preset.adapters;
	return {
		modelFileId,
		recipe: {
			systemPrompt,
			sampling,
			contextSize,
			...(prompt === undefined ? {} : { prompt }),
			...(adapters === undefined ? {} : { adapters }),
		},
		source: { kind: 'preset', name },
	};
}

function measuredTarget({ database, settings }: AliasContext, armId: number): Target {
	const { runId } = getArm(database, armId);
	const arm = armViews(database, getRun(database, runId)).find(({ id }) => id === armId);
	const use = chatUseOf({ database }, armId);
	if (arm === undefined || arm.model.id === null || use.prompt === null) {
		throw new Failure({
			code: 'arm-not-for-chat',
			message: said`This combination can’t answer messages: its model is no longer in the library, or its prompt needs more than the message.`,
			next: [said`Choose another combination`, said`Choose a model and a preset instead`],
		});
	}
	const { systemPrompt, contextSize, prompt, adapters } = use;
	return {
		modelFileId: arm.model.id,
		recipe: {
			systemPrompt,
			contextSize,
			prompt,
			sampling: armSampling(arm, use, settings().sampling),
			...(adapters === undefined ? {} : { adapters }),
		},
		source: { kind: 'run', runId, label: arm.label },
	};
}

function unknown(name: string): Failure {
	return new Failure({
		code: 'alias-unknown',
		message: said`There is no alias ${name}.`,
		next: [said`See the aliases: assay server aliases list`],
	});
}
