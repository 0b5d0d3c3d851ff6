import type { AnswerOptions, Preset, SamplingChoices } from '../../electron/contract/conversation/schema.ts';
import type { Sampling } from '../../models/contract/sampling.ts';

/** Returns `base` with the choices applied. */
export function applyChoices(base: Sampling, choices: SamplingChoices): Sampling {
	return { ...base, ...Object.fromEntries(Object.entries(choices).filter(([, value]) => value !== undefined)) };
}

/** Sets `part` and returns the choices; a value that equals its base is not kept as one. */
export function setChoice(choices: SamplingChoices, part: Partial<Sampling>, base: Sampling): SamplingChoices {
	const merged = { ...choices, ...part };
	const kept = Object.entries(merged).filter(
		([key, value]) => value !== undefined && !isSame(value, base[key as keyof Sampling]),
	);
	return Object.fromEntries(kept);
}

/** Counts the values that differ from the conversation's preset (or the settings). */
export function countChanges(
	options: AnswerOptions,
	base: Sampling,
	prompt: { readonly own: string; readonly base: string },
): number {
	const own = Object.entries(options.sampling).filter(
		([key, value]) => value !== undefined && !isSame(value, base[key as keyof Sampling]),
	);
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

function isSame(a: unknown, b: unknown): boolean {
	return JSON.stringify(a) === JSON.stringify(b);
}
