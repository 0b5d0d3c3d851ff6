import { defaultSampling } from '../../contract/default-sampling.ts';
import type { ThreadTrial } from '../../contract/load.ts';
import type { NativeModel } from '../../native/model.ts';
import { createSampler } from '../../native/sampler.ts';
import type { NativeSequence } from '../../native/sequence.ts';
import { tryThreads } from '../thread-choice.ts';

/** Returns arbitrary tokens to measure with. */
export function someTokens(model: NativeModel): number[] {
	const sentence = 'The quick brown fox jumps over the lazy dog and runs away from all the others.';
	const text = model.tokenize(Buffer.from(sentence), false);
	return Array.from({ length: 64 }, (_, index) => text[index % text.length] ?? 0);
}

/**
 * Measures the time per prompt token, ms. A few tokens show that a model is slow; for other models, attention is
 * measured as it works on long prompts.
 */
export async function timeTokens(sequence: NativeSequence, tokens: readonly number[]): Promise<number> {
	const time = async (some: readonly number[]): Promise<number> => {
		const from = performance.now();
		await sequence.append(some);
		return (performance.now() - from) / some.length;
	};
	const few = tokens.slice(0, 16);
	const fewMs = Math.min(await time(few), await time(few));
	return fewMs > 10 ? fewMs : await time(tokens);
}

/**
 * Returns false if the model's results are not numbers: llama.cpp loads such weights unless told to check all of them.
 */
export async function givesNumbers(sequence: NativeSequence, token: number): Promise<boolean> {
	await sequence.predict(token);
	return sequence.context.logits(1).every((logit) => Number.isFinite(logit));
}

/** Measures thread counts on tokens sampled as in an answer, so that the speeds are comparable with an answer's. */
export async function measureThreads(
	sequence: NativeSequence,
	first: number,
	counts: readonly number[],
	setThreads: (threads: number) => void,
): Promise<ThreadTrial[]> {
	if (counts.length === 1) return [{ threads: counts[0]!, tokensPerSecond: 0 }];
	const sampler = createSampler(sequence.context.model, { ...defaultSampling, seed: 1 });
	try {
		let token = await sequence.next(first, sampler);
		return await tryThreads(counts, setThreads, async () => {
			token = await sequence.next(token, sampler);
		});
	} finally {
		sampler.free();
	}
}
