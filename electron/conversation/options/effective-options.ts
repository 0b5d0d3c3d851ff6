import type { Sampling } from '../../../models/contract/sampling.ts';
import type { AnswerOptions, Preset, SamplingChoices } from '../../contract/conversation/options.ts';
import type { SendInput } from '../../contract/conversation.ts';
import type { AcquireOptions } from '../../library/model-service.ts';
import { findPreset } from '../../settings/presets/presets.ts';
import type { ConversationContext } from '../context.ts';
import { noOptions } from './store.ts';

/** What holds in the end, once conversation, preset and settings have had their say. */
export interface EffectiveOptions {
	readonly preset: Preset | null;
	readonly sampling: Sampling;
	readonly load: AcquireOptions;
	readonly answerFormat: string | undefined;
}

export function effectiveOptions(
	context: Pick<ConversationContext, 'database' | 'settings'>,
	options: AnswerOptions,
): EffectiveOptions {
	const preset = options.presetId === null ? null : (findPreset(context.database, options.presetId) ?? null);
	const contextSize = options.contextSize ?? preset?.contextSize ?? null;
	return {
		preset,
		sampling: withChoices(withChoices(context.settings().sampling, preset?.sampling ?? {}), options.sampling),
		load: contextSize === null ? {} : { contextSize },
		answerFormat: options.answerFormat,
	};
}

/** What of a request says how the model is to be loaded. */
export function requestedLoad({
	contextSize,
	threads,
	gpu,
	gpuLayers,
}: Pick<SendInput, 'contextSize' | 'threads' | 'gpu' | 'gpuLayers'>): AcquireOptions {
	const asked = Object.entries({ contextSize, threads, gpu, gpuLayers }).filter(([, value]) => value !== undefined);
	return Object.fromEntries(asked) as AcquireOptions;
}

/** What a conversation begins with where nothing was chosen for it: the default preset, if there is one. */
export function defaultOptions(context: Pick<ConversationContext, 'database' | 'settings'>): AnswerOptions {
	const { defaultPresetId } = context.settings();
	const known = defaultPresetId !== null && findPreset(context.database, defaultPresetId) !== undefined;
	return known ? { ...noOptions, presetId: defaultPresetId } : noOptions;
}

/** `base` with what was chosen in its place. */
export function withChoices(base: Sampling, choices: SamplingChoices): Sampling {
	return { ...base, ...Object.fromEntries(Object.entries(choices).filter(([, value]) => value !== undefined)) };
}
