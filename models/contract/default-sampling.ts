import type { Sampling } from './sampling.ts';

/** A file of its own, so that the page can tell which values were changed without bundling the schemas. */
export const defaultSampling: Sampling = {
	temperature: 0.7,
	topK: 40,
	topP: 0.95,
	minP: 0.05,
	repeatPenalty: 1.1,
	maxTokens: null,
	stop: [],
	seed: null,
};
