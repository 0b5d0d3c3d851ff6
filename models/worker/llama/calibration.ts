import { defaultSampling } from '../../contract/default-sampling.ts';
import type { ThreadTrial } from '../../contract/load.ts';
import type { NativeModel } from '../../native/model.ts';
import { createSampler } from '../../native/sampler.ts';
import type { NativeSequence } from '../../native/sequence.ts';
import { tryThreads } from './thread-choice.ts';

/** Some tokens to measure with: any will do. */
export function someTokens(model: NativeModel): number[] {
	const sentence = 'The quick brown fox jumps over the lazy dog and runs away from all the others.';
	const text = model.tokenize(Buffer.from(sentence), false);
	return Array.from({ length: 64 }, (_, index) => text[index % text.length] ?? 0);
}

/**
 * What a token of a prompt takes, ms. Few tokens are enough to know that a model is slow; on others attention is
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

/** false when the model's results are no numbers: llama.cpp loads such weights unless it is told to check them all. */
export async function givesNumbers(sequence: NativeSequence, token: number): Promise<boolean> {
	await sequence.predict(token);
	return sequence.context.logits(1).every((logit) => Number.isFinite(logit));
}

/** Tries the counts on tokens that are sampled as in an answer, so that the speeds can be compared with an answer's. */
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
