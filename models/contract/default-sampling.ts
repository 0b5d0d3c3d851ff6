import type { Sampling } from './sampling.ts';
import { samplerDefaults, withoutDefaults } from './sampling-parameters.ts';

/** A file of its own, so that the page can tell which values were changed without bundling the schemas. */
export const defaultSampling: Sampling = withoutDefaults({
	...samplerDefaults,
	maxTokens: null,
	stop: [],
	seed: null,
});

/** Always picks the most likely token. */
export const greedySampling: Sampling = { ...defaultSampling, temperature: 0, repeatPenalty: 1 };
