import type { Preset, SamplingChoices } from '../../../electron/contract/conversation/schema.ts';
import { armSampling } from '../../../electron/contract/evaluation/arm-sampling.ts';
import type { Arm, ChatUse } from '../../../electron/contract/evaluation/schema.ts';
import { toFailure } from '../../connection/failure.ts';
import { shortenModelName } from '../../library/model-name.ts';
import { t } from '../../messages/t.ts';
import { isSamePrompt } from '../../preset/preset-choices.ts';
import type { PresetContent } from '../../preset/preset-store.ts';
import type { Services } from '../../services.ts';
import { describeAdapters } from '../run-wording.ts';

/** Longest prompt name on the button, in characters. */
const maxNamed = 24;

/**
 * Describes, for the button, what distinguishes the chosen combination. Returns null if none of it applies to
 * conversations, as with likelihoods measured on a single model.
 */
export function describeDefault(arm: Arm, arms: readonly Arm[]): string | null {
	const prompts = new Set(arms.map(({ prompt }) => `${prompt.name} ${prompt.number}`));
	const models = new Set(arms.map((one) => `${one.model.name} ${one.model.quantization} ${describeAdapters(one)}`));
	const writes = arm.technique.kind !== 'choice-likelihood';
	if (models.size > 1 && (prompts.size === 1 || !writes)) {
		return t('Make {arm} the default', { arm: modelLabel(arm, arms) });
	}
	if (!writes) return null;
	if (prompts.size > 1 && new Set(arms.map(({ prompt }) => prompt.name)).size === 1) {
		return t('Make v{number} the default', { number: arm.prompt.number });
	}
	const { name } = arm.prompt;
	const prompt = name.length > maxNamed ? `${name.slice(0, maxNamed - 1).trimEnd()}…` : name;
	return models.size > 1
		? t('Use “{prompt}”, {model}', { prompt, model: modelLabel(arm, arms) })
		: t('Use “{prompt}”', { prompt });
}

/** Labels the model by what distinguishes it: its quantisation, or its name; and its adapters. */
function modelLabel(arm: Arm, arms: readonly Arm[]): string {
	const { model } = arm;
	const file = new Set(arms.map((one) => one.model.name)).size > 1 ? shortenModelName(model.name) : model.quantization;
	return withAdapters(file, arm);
}

/** A name, if there is one, with the combination's adapters. */
function withAdapters(name: string, arm: Arm): string {
	return [name, describeAdapters(arm)].filter((part) => part !== '').join(' + ');
}

/** Fetches how conversations can use this combination. Returns null, and says why, if that fails. */
export async function fetchChatUse({ connection, toasts }: Services, arm: Arm): Promise<ChatUse | null> {
	try {
		return await connection.client.evaluations.chatUse({ armId: arm.id });
	} catch (error) {
		toasts.fail(toFailure(error).message);
		return null;
	}
}

/** Whether using this combination changes anything for new conversations. */
export function changesSomething(
	{ models }: Pick<Services, 'models'>,
	{ model }: Arm,
	{ prompt, adapters = [] }: ChatUse,
): boolean {
	const now = models.state.getState().models.find((one) => one.default)?.id ?? null;
	return prompt !== null || adapters.length > 0 || (model.id !== null && model.id !== now);
}

/**
 * Uses what was measured for new conversations: the prompt with its technique and examples, applied to each message, the
 * system prompt, the parameters, the context and the model. Offers to undo all of it.
 */
export async function makeDefault(services: Services, arm: Arm, use: ChatUse): Promise<void> {
	const { models, presets, settings, toasts } = services;
	const before = {
		preset: settings.state.getState().defaultPresetId,
		model: models.state.getState().models.find((one) => one.default)?.id ?? null,
	};
	try {
		const preset = await findOrCreatePreset(services, arm, use);
		if (preset !== null) settings.change({ defaultPresetId: preset.id });
		const newModel = arm.model.id !== null && arm.model.id !== before.model;
		if (arm.model.id !== null && newModel) await models.setDefault(arm.model.id);
		const model =
			arm.model.id === null ? null : withAdapters(`${shortenModelName(arm.model.name)} ${arm.model.quantization}`, arm);
		const prompt = preset === null || use.prompt === null ? null : `“${arm.prompt.name}” v${arm.prompt.number}`;
		const used =
			prompt !== null && model !== null
				? t('New conversations use {prompt} with {model}.', { prompt, model })
				: t('New conversations use {name}.', { name: prompt ?? model ?? '' });
		const limit = t('Their answers end after {count, plural, one {# token} other {# tokens}}, as in the run.', {
			count: arm.parameters.maxTokens,
		});
		toasts.show({
			text: preset === null ? used : `${used} ${limit}`,
			action: { label: t('Undo'), run: () => void undo(preset, newModel) },
		});
	} catch (error) {
		toasts.fail(toFailure(error).message);
	}

	async function undo(preset: { id: number; created: boolean } | null, newModel: boolean): Promise<void> {
		try {
			if (preset !== null) settings.change({ defaultPresetId: before.preset });
			if (newModel && before.model !== null) await models.setDefault(before.model);
			if (preset?.created === true) await presets.remove(preset.id);
		} catch (error) {
			toasts.fail(toFailure(error).message);
		}
	}
}

/** Finds the preset that does exactly this, or creates one; an existing preset is never changed. null: no prompt. */
async function findOrCreatePreset(
	{ presets, settings }: Services,
	arm: Arm,
	use: ChatUse,
): Promise<{ id: number; created: boolean } | null> {
	const { prompt, systemPrompt, contextSize, adapters } = use;
	if (prompt === null && adapters === undefined) return null;
	await presets.refresh();
	const sampling = armSampling(arm, use, settings.state.getState().sampling);
	const content = {
		systemPrompt,
		sampling,
		contextSize,
		...(prompt === null ? {} : { prompt }),
		...(adapters === undefined ? {} : { adapters }),
	};
	const all = presets.state.getState();
	const same = all.find((one) => isSameContent(one, content));
	if (same !== undefined) return { id: same.id, created: false };
	const wanted = withAdapters(prompt === null ? '' : `${prompt.name} v${prompt.number}`, arm);
	const taken = new Set(all.map(({ name }) => name.toLowerCase()));
	const { id } = await presets.create({ ...content, name: freeName(wanted, taken) });
	return { id, created: true };
}

/** Longest name of a preset, in characters. */
const longestName = 80;

function freeName(wanted: string, taken: ReadonlySet<string>): string {
	for (let number = 1; ; number += 1) {
		const end = number === 1 ? '' : ` (${number})`;
		const name = `${wanted.slice(0, longestName - end.length).toWellFormed()}${end}`;
		if (!taken.has(name.toLowerCase())) return name;
	}
}

function isSameContent(
	preset: Preset,
	{ systemPrompt, sampling, contextSize, prompt, adapters }: Omit<PresetContent, 'name'>,
) {
	const sorted = (values: SamplingChoices): string =>
		JSON.stringify(Object.entries(values).toSorted(([a], [b]) => a.localeCompare(b)));
	return (
		preset.systemPrompt === systemPrompt &&
		preset.contextSize === contextSize &&
		sorted(preset.sampling) === sorted(sampling) &&
		isSamePrompt(preset.prompt ?? null, prompt ?? null) &&
		JSON.stringify(preset.adapters ?? null) === JSON.stringify(adapters ?? null)
	);
}
