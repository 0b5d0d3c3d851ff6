import type { LlamaContextSequence, LlamaModel, Token } from 'node-llama-cpp';
import type { ThreadTrial } from '../../contract/load.ts';
import { tryThreads } from './threads/trials.ts';

/** Some tokens to measure with: any will do. */
export function someTokens(model: LlamaModel): Token[] {
	const text = model.tokenize('The quick brown fox jumps over the lazy dog and runs away from all the others.');
	return Array.from({ length: 64 }, (_, index) => text[index % text.length]!);
}

/**
 * What a token of a prompt takes, ms. Few tokens are enough to know that a model is slow; on others attention is
 * measured as it works on long prompts.
 */
export async function timeTokens(sequence: LlamaContextSequence, tokens: Token[]): Promise<number> {
	const time = async (some: Token[]): Promise<number> => {
		const from = performance.now();
		await sequence.evaluateWithoutGeneratingNewTokens(some);
		return (performance.now() - from) / some.length;
	};
	const few = tokens.slice(0, 16);
	const fewMs = Math.min(await time(few), await time(few));
	return fewMs > 10 ? fewMs : await time(tokens);
}

/** false when the model's results are no numbers: llama.cpp loads such weights unless it is told to check them all. */
export async function givesNumbers(sequence: LlamaContextSequence, tokens: Token[]): Promise<boolean> {
	const answer = sequence.evaluateWithMetadata(tokens, { confidence: true }, { temperature: 0, yieldEogToken: true });
	const { value } = await answer.next();
	await answer.return();
	return value !== undefined && Number.isFinite(value.confidence);
}

/** Tries the counts on tokens that are sampled as in an answer, so that the speeds can be compared with an answer's. */
export async function measureThreads(
	sequence: LlamaContextSequence,
	tokens: Token[],
	counts: readonly number[],
	setThreads: (threads: number) => void,
): Promise<ThreadTrial[]> {
	if (counts.length === 1) return [{ threads: counts[0]!, tokensPerSecond: 0 }];
	const answer = sequence.evaluate(tokens.slice(0, 1), { temperature: 0.7, seed: 1, yieldEogToken: true });
	await answer.next();
	const trials = await tryThreads(counts, setThreads, async () => {
		await answer.next();
	});
	await answer.return();
	return trials;
}
