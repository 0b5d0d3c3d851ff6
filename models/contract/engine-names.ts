/**
 * The engines that can answer. Both run llama.cpp: one calls its C API, the other node-llama-cpp's own API. Free of zod,
 * so that the page can import it without bundling schemas.
 */
export const engineNames = ['c-api', 'node-llama-cpp'] as const;

export type EngineName = (typeof engineNames)[number];

export const engineLabels: Readonly<Record<EngineName, string>> = {
	'c-api': 'llama.cpp’s C API',
	'node-llama-cpp': 'node-llama-cpp',
};

/** What an engine does not do. */
export const engineFeatures = [
	'measuring',
	'parallel-answers',
	'saved-states',
	'drafting',
	'rope',
	'top-n-sigma',
	'typical-p',
] as const;

export interface EngineLimit {
	readonly feature: (typeof engineFeatures)[number];
	/** What is off and why, in a sentence. */
	readonly reason: string;
}

/** What node-llama-cpp's own API does not do; the C API does all of it. */
export const nodeLlamaCppLimits: readonly EngineLimit[] = [
	{
		feature: 'measuring',
		reason:
			'Evaluations and comparisons are off: it gives no logits to score exactly, and its batches don’t have the bits of single answers.',
	},
	{
		feature: 'parallel-answers',
		reason: 'Answers are computed one after the other: several at once would each need memory for a whole context.',
	},
	{
		feature: 'saved-states',
		reason:
			'Conversations are read again after a restart: it checks no saved state, and a damaged one ends the process.',
	},
	{
		feature: 'drafting',
		reason: 'Several tokens are never guessed at once: its guesses would change the answers of a grammar.',
	},
	{ feature: 'rope', reason: 'The positions (RoPE) of a model can’t be changed: its contexts have no such option.' },
	{ feature: 'top-n-sigma', reason: 'Top-n-sigma is refused: it has no such sampler.' },
	{ feature: 'typical-p', reason: 'Typical-p is refused: it has no such sampler.' },
];

/** Returns the reason why the engine can't measure, as the start of a sentence that names the model. */
export const cannotMeasure =
	'node-llama-cpp gives no logits to score exactly, and its batches don’t have the bits of single answers';
