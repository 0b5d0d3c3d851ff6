import { z } from 'zod';
import { type RequiredKey, type SamplerKey, samplingParameters, withoutDefaults } from './sampling-parameters.ts';

/** Schemas of the sampling values, from the table. Optional ones may be omitted. */
export const samplersShape = Object.fromEntries(
	samplingParameters.map(({ key, whole, min, exclusiveMin = false, max, optional }) => {
		const number = whole ? z.int() : z.number();
		const bounded = (exclusiveMin ? number.gt(min) : number.min(min)).max(max);
		return [key, optional ? bounded.optional() : bounded];
	}),
) as { [Key in SamplerKey]: Key extends RequiredKey ? z.ZodNumber : z.ZodOptional<z.ZodNumber> };

/**
 * How the next token is chosen, and when the answer ends. The order of samplers is fixed, for chat and evaluation alike
 * (`models/native/sampler.ts`). Temperature 0 is greedy.
 */
export const samplingShape = {
	...samplersShape,
	/** The most tokens in the answer; null: until the context is full. */
	maxTokens: z.int().min(1).nullable(),
	/** Generation ends before any of these texts, which are not part of the answer. */
	stop: z.array(z.string().min(1)).max(16),
	/** null: the main process draws one and stores it with the answer. */
	seed: z.int().min(0).max(0xffff_ffff).nullable(),
};

export const samplingSchema = z.object(samplingShape).overwrite(withoutDefaults);

/** Values that were chosen, even if they equal the defaults. Omitted ones come from the next level. */
export const samplingChoicesSchema = z.object(samplingShape).partial();

/** What a model's file recommends: values within range, and what Assay doesn't do, in words. */
export const recommendedSamplingSchema = z.object({
	values: z.object(samplersShape).partial(),
	notApplied: z.array(z.string()),
});

export type Sampling = z.infer<typeof samplingSchema>;
