import type { Arm } from '../../../electron/contract/evaluation/schema.ts';
import type { Sampling } from '../../../models/contract/sampling.ts';
import { type Samplers, samplingParameters, withRunDefaults } from '../../../models/contract/sampling-parameters.ts';
import { toFailure } from '../../connection/failure.ts';
import { shortenModelName } from '../../library/model-name.ts';
import type { Services } from '../../services.ts';
import { describeTechnique } from '../run-wording.ts';

/** Longest prompt name on the button, in characters. */
const maxNamed = 24;

/**
 * Describes, for the button, what distinguishes the chosen combination. Returns null if none of it applies to
 * conversations, as with likelihoods measured on a single model.
 */
export function describeDefault(arm: Arm, arms: readonly Arm[]): string | null {
	const prompts = new Set(arms.map(({ prompt }) => `${prompt.name} ${prompt.number}`));
	const models = new Set(arms.map(({ model }) => `${model.name} ${model.quantization}`));
	const writes = arm.technique.kind !== 'choice-likelihood';
	if (models.size > 1 && (prompts.size === 1 || !writes)) {
		return `Make ${modelLabel(arm, arms)} the default`;
	}
	if (!writes) return null;
	if (prompts.size > 1 && new Set(arms.map(({ prompt }) => prompt.name)).size === 1) {
		return `Make v${arm.prompt.number} the default`;
	}
	const { name } = arm.prompt;
	const model = models.size > 1 ? `, ${modelLabel(arm, arms)}` : '';
	return `Use “${name.length > maxNamed ? `${name.slice(0, maxNamed - 1).trimEnd()}…` : name}”${model}`;
}

/** Labels the model by what distinguishes it: its quantisation, or its name. */
function modelLabel({ model }: Arm, arms: readonly Arm[]): string {
	return new Set(arms.map((one) => one.model.name)).size > 1 ? shortenModelName(model.name) : model.quantization;
}

const place = /\{\{\s*(?:input|examples|choices)\s*\}\}/g;

/** A line that only introduces a placeholder: "Question:", "A:", or punctuation around it. */
const leadInPattern = /^(?:[\p{L}\p{N} ]{1,30}:|[\p{P}\p{S}]*)$/u;

/**
 * Extracts the instructions of a template for use as a system prompt: without the placeholders for the question and the
 * words that introduce them. null: it uses a column of the dataset, which a chat does not have.
 */
export function extractInstructions({ system, template }: { readonly system: string; readonly template: string }) {
	const lines = template.replaceAll(place, '').split('\n');
	const rest = lines.filter((line) => !leadInPattern.test(line.trim()) || line.trim() === '').join('\n');
	const all = [system.trim(), rest.replaceAll(/\n{3,}/g, '\n\n').trim()].filter((part) => part !== '').join('\n\n');
	return /\{\{[^{}]*\}\}/.test(all) ? null : all;
}

/** Returns the samplers of a preset that answers as the run did, whatever the settings say. */
function presetSampling(parameters: Samplers, general: Sampling): Partial<Samplers> {
	const values = withRunDefaults(parameters);
	const named = samplingParameters.filter(({ key, optional }) => !optional || key in parameters || key in general);
	return Object.fromEntries(named.map(({ key }) => [key, values[key]]));
}

/** Uses this prompt, these parameters and this model for new conversations, and offers to undo. */
export async function makeDefault(services: Services, arm: Arm): Promise<void> {
	const { connection, models, presets, settings, toasts } = services;
	const { client } = connection;
	const before = {
		preset: settings.state.getState().defaultPresetId,
		model: models.state.getState().models.find((one) => one.default)?.id ?? null,
	};
	try {
		const { promptVersionId, preset } = {
			promptVersionId: arm.prompt.versionId,
			preset: await presetOf(services, arm),
		};
		if (preset !== null) settings.change({ defaultPresetId: preset.id });
		if (arm.model.id !== null && arm.model.id !== before.model) await models.setDefault(arm.model.id);
		const model = arm.model.id === null ? null : `${shortenModelName(arm.model.name)} ${arm.model.quantization}`;
		const with_ = [preset === null ? null : `the preset “${preset.name}”`, model].filter((part) => part !== null);
		const missing =
			preset === null && arm.technique.kind !== 'choice-likelihood' && promptVersionId !== null
				? ' Its prompt is not part of it: it asks for a column of the dataset, which no chat has.'
				: arm.technique.kind === 'zero-shot' || promptVersionId === null
					? ''
					: ` ${describeTechnique(arm.technique)} is not part of it: chat asks once.`;
		toasts.show({
			text: `New conversations begin with ${with_.join(' and ')}.${missing}`,
			action: {
				label: 'Undo',
				run() {
					settings.change({ defaultPresetId: before.preset });
					if (before.model !== null) void models.setDefault(before.model);
				},
			},
		});
	} catch (error) {
		toasts.fail(toFailure(error).message);
	}
	async function presetOf({ connection: link }: Services, { prompt, parameters }: Arm) {
		if (prompt.id === null || prompt.versionId === null || arm.technique.kind === 'choice-likelihood') return null;
		const { versions } = await link.client.prompts.get({ id: prompt.id });
		const version = versions.find(({ id }) => id === prompt.versionId);
		if (version === undefined) return null;
		// The bare question has no instructions, so the system prompt becomes empty: that is what distinguishes it.
		const systemPrompt = extractInstructions(version);
		if (systemPrompt === null) return null;
		const content = {
			name: `${prompt.name} v${prompt.number}`.slice(0, 80),
			systemPrompt,
			sampling: presetSampling(parameters, settings.state.getState().sampling),
			contextSize: null,
		};
		const { presets: known } = await client.presets.list();
		const same = known.find(({ name }) => name.toLowerCase() === content.name.toLowerCase());
		if (same === undefined) return presets.create(content);
		await presets.update(same.id, content);
		return same;
	}
}
