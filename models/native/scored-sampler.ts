import type { TokenScore } from '../contract/generation.ts';
import type { NativeModel } from './model.ts';
import { ScoreKernel } from './perplexity/kernel.ts';
import { notFiniteFailure } from './perplexity/token-scores.ts';
import type { Sampler } from './sampler.ts';

/**
 * Samples like `sampler` and scores each token by the model's own distribution: the log-softmax of all logits, before
 * bias and samplers, as OpenAI's and vLLM's clients expect. `scores` gets one for each sampled token.
 */
export function withScores(model: NativeModel, sampler: Sampler, alternatives: number, scores: TokenScore[]): Sampler {
	const kernel = new ScoreKernel(model.facts.vocabularySize, 1, false);
	return {
		sample(context, row) {
			const logits = context.logitsOf(row);
			kernel.copy(1, logits, 1);
			const { logSum } = kernel.stats(1, 0);
			if (!Number.isFinite(logSum)) throw notFiniteFailure();
			const own = kernel.row(1, 0);
			const token = sampler.sample(context, row);
			const scored = (one: number) => ({
				token: one,
				bytes: [...model.bytesOf(one)],
				logprob: (own[one] ?? Number.NaN) - logSum,
			});
			scores.push({ ...scored(token), top: likeliestTokens(own, alternatives).map(scored) });
			return token;
		},
		free: () => sampler.free(),
	};
}

/** Returns the `count` tokens with the highest logits, the highest first; equal ones in the order of their ids. */
export function likeliestTokens(logits: Float32Array, count: number): number[] {
	const best: number[] = [];
	if (count === 0) return best;
	let least = Number.NEGATIVE_INFINITY;
	for (let token = 0; token < logits.length; token += 1) {
		const logit = logits[token]!;
		if (best.length === count && !(logit > least)) continue;
		let at = best.length;
		while (at > 0 && logits[best[at - 1]!]! < logit) at -= 1;
		best.splice(at, 0, token);
		if (best.length > count) best.pop();
		least = logits[best.at(-1)!]!;
	}
	return best;
}
