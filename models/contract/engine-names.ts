import { phrase } from './message-syntax.ts';
import { said } from './said.ts';

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
		reason: phrase(
			'Evaluations and comparisons are off: it gives no logits to score exactly, and its batches don’t have the bits of single answers.',
		),
	},
	{
		feature: 'parallel-answers',
		reason: phrase(
			'Answers are computed one after the other: several at once would each need memory for a whole context.',
		),
	},
	{
		feature: 'saved-states',
		reason: phrase(
			'Conversations are read again after a restart: it checks no saved state, and a damaged one ends the process.',
		),
	},
	{
		feature: 'drafting',
		reason: phrase('Speculative decoding is off: drafted tokens would change answers that follow a grammar.'),
	},
	{
		feature: 'rope',
		reason: phrase('The positions (RoPE) of a model can’t be changed: its contexts have no such option.'),
	},
	{ feature: 'top-n-sigma', reason: phrase('Top-n-sigma is refused: it has no such sampler.') },
	{ feature: 'typical-p', reason: phrase('Typical-p is refused: it has no such sampler.') },
];

/** Returns the engine that a stored build names: "node-llama-cpp 3.21.1, its own API (llama.cpp v0.4.0)". */
export function engineOfBuild(build: string): EngineName {
	return /, its own API\b/.test(build) ? 'node-llama-cpp' : 'c-api';
}

/** The newest measured speed with each engine, tokens per second, out of a model's loads, newest first. */
export function engineSpeeds(
	loads: readonly { readonly engineBuild: string; readonly tokensPerSecond: number | null }[],
): readonly { readonly name: EngineName; readonly tokensPerSecond: number }[] {
	return engineNames.flatMap((name) => {
		const newest = loads.find((load) => engineOfBuild(load.engineBuild) === name && (load.tokensPerSecond ?? 0) > 0);
		return newest === undefined ? [] : [{ name, tokensPerSecond: newest.tokensPerSecond! }];
	});
}

/** Why node-llama-cpp can't measure, as part of a sentence. */
export const cannotMeasure = said`node-llama-cpp gives no logits to score exactly, and its batches don’t have the bits of single answers`;
