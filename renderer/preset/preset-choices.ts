import type {
	AnswerOptions,
	MessagePrompt,
	Preset,
	SamplingChoices,
} from '../../electron/contract/conversation/schema.ts';
import type { Sampling } from '../../models/contract/sampling.ts';
import { withDefaults } from '../../models/contract/sampling-parameters.ts';
import type { PresetContent } from './preset-store.ts';

/** Returns `base` with the choices applied. */
export function applyChoices(base: Sampling, choices: SamplingChoices): Sampling {
	return { ...base, ...Object.fromEntries(Object.entries(choices).filter(([, value]) => value !== undefined)) };
}

/** Sets `part` and returns the choices; a value that equals its base is not kept as one. */
export function setChoice(choices: SamplingChoices, part: Partial<Sampling>, base: Sampling): SamplingChoices {
	return Object.fromEntries(listChanges({ ...choices, ...part }, base));
}

/** Counts the values that differ from the conversation's preset (or the settings). */
export function countChanges(
	options: AnswerOptions,
	base: Sampling,
	prompt: { readonly own: string; readonly base: string },
): number {
	const own = listChanges(options.sampling, base);
	const others = [
		options.contextSize !== null,
		options.overflow !== undefined,
		options.answerFormat !== undefined,
		prompt.own !== prompt.base,
	];
	return own.length + others.filter(Boolean).length;
}

/**
 * Creates the content of a preset that answers like this conversation; contains only what differs from the settings.
 */
export function toPresetContent(
	options: AnswerOptions,
	preset: Preset | null,
	{ systemPrompt, prompt }: { readonly systemPrompt: string; readonly prompt: MessagePrompt | null },
	settings: Sampling,
): Omit<PresetContent, 'name'> {
	const overflow = options.overflow ?? preset?.overflow;
	return {
		systemPrompt,
		sampling: setChoice(preset?.sampling ?? {}, options.sampling as Partial<Sampling>, settings),
		contextSize: options.contextSize ?? preset?.contextSize ?? null,
		...(prompt === null ? {} : { prompt }),
		...(options.adapters === undefined ? {} : { adapters: options.adapters }),
		...(overflow === undefined ? {} : { overflow }),
	};
}

/**
 * Returns the system prompt that a preset brings; null: it leaves the conversation's own. A preset with a prompt for
 * messages brings its system prompt even if that is empty, because the two were measured together.
 */
export function systemPromptOf(preset: Preset | null): string | null {
	if (preset === null) return null;
	return preset.systemPrompt === '' && preset.prompt === undefined ? null : preset.systemPrompt;
}

/** Whether two prompts give a model the same. */
export function isSamePrompt(a: MessagePrompt | null, b: MessagePrompt | null): boolean {
	return JSON.stringify(a) === JSON.stringify(b);
}

function listChanges(choices: SamplingChoices, base: Sampling): readonly [key: string, value: unknown][] {
	const usual = withDefaults(base);
	return Object.entries(choices).filter(
		([key, value]) => value !== undefined && JSON.stringify(value) !== JSON.stringify(usual[key as keyof Sampling]),
	);
}
