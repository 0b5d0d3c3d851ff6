import { type SamplerKey, samplerDefaults, samplingParameters } from './sampling-parameters.ts';

/** Sampling that a model's file recommends. Free of zod, so that the page can import it without bundling schemas. */
export interface RecommendedSampling {
	readonly values: { readonly [Key in SamplerKey]?: number | undefined };
	/** What the file recommends beside that and Assay doesn't do, as "mirostat 2". */
	readonly notApplied: string[];
}

/** Returns the recommended values in words: "temperature 0.6", "top-k 20". The page hands in its translation of names. */
export function describeRecommended(
	{ values }: RecommendedSampling,
	translate: (name: string) => string = (name) => name,
): readonly string[] {
	return samplingParameters.flatMap(({ key, words }) =>
		values[key] === undefined ? [] : `${translate(words)} ${values[key]}`,
	);
}

/**
 * Returns the sampling before presets and a conversation's own choices: the person's settings, then what the model's
 * file recommends, then the built-in defaults. A setting counts as the person's if it differs from its default.
 */
export function withRecommended<Values extends { readonly [Key in SamplerKey]?: number | undefined }>(
	settings: Values,
	recommended: RecommendedSampling | undefined,
): Values {
	const entries = Object.entries(recommended?.values ?? {}) as [SamplerKey, number | undefined][];
	const applied = entries.filter(
		([key, value]) =>
			value !== undefined &&
			value !== samplerDefaults[key] &&
			(settings[key] ?? samplerDefaults[key]) === samplerDefaults[key],
	);
	return applied.length === 0 ? settings : { ...settings, ...Object.fromEntries(applied) };
}
