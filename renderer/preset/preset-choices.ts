import type { AnswerOptions, Preset, SamplingChoices } from '../../electron/contract/conversation/schema.ts';
import type { Sampling } from '../../models/contract/sampling.ts';
import { withDefaults } from '../../models/contract/sampling-parameters.ts';

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
	const others = [options.contextSize !== null, options.answerFormat !== undefined, prompt.own !== prompt.base];
	return own.length + others.filter(Boolean).length;
}

/**
 * Creates the content of a preset that answers like this conversation; contains only what differs from the settings.
 */
export function toPresetContent(
	options: AnswerOptions,
	preset: Preset | null,
	systemPrompt: string,
	settings: Sampling,
): Pick<Preset, 'systemPrompt' | 'sampling' | 'contextSize'> {
	return {
		systemPrompt,
		sampling: setChoice(preset?.sampling ?? {}, options.sampling as Partial<Sampling>, settings),
		contextSize: options.contextSize ?? preset?.contextSize ?? null,
	};
}

function listChanges(choices: SamplingChoices, base: Sampling): readonly [key: string, value: unknown][] {
	const usual = withDefaults(base);
	return Object.entries(choices).filter(
		([key, value]) => value !== undefined && JSON.stringify(value) !== JSON.stringify(usual[key as keyof Sampling]),
	);
}
