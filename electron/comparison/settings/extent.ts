import { localScoreTests } from '../../../models/native/bench/local-score.ts';
import type { Sweep, SweepInput } from '../../contract/comparison/sweep.ts';
import { readShare, usualMsPerByte } from '../pace/token.ts';
import { cacheChunks } from './here.ts';

/** Tokens of a chunk of text, each read twice: with the cache and with F16. */
const chunkTokens = 2 * 512;

/** Tokens that each combination reads, at least one whole batch, and writes. */
export function sweepTests({ batchSizes }: SweepInput): Pick<Sweep, 'promptTokens' | 'generatedTokens'> {
	return { promptTokens: Math.max(512, ...batchSizes), generatedTokens: 64 };
}

/** How much there is to do, in tokens written. */
export function sweepExtent(input: SweepInput) {
	const { threads, batchSizes, cacheTypes, repetitions, localScore } = input;
	const { promptTokens, generatedTokens } = sweepTests(input);
	const pairs = threads.length * cacheTypes.length;
	// A warm-up of the prompt is as long as the prompt itself.
	const prompt = pairs * batchSizes.length * (repetitions + 1) * promptTokens * readShare;
	const generation = pairs * repetitions * generatedTokens;
	const chunk = chunkTokens * readShare;
	const caches = cacheTypes.filter((type) => type !== 'F16').length * cacheChunks * chunk;
	const scores = localScoreTests.map((one) => 2 * one.promptTokens * readShare + one.generatedTokens);
	const score = localScore ? scores.reduce((sum, value) => sum + value, 0) : 0;
	return { prompt, generation, caches, chunk, score, total: prompt + generation + caches + score };
}

/** Seconds that it takes, from how fast the model was here before. */
export function estimateSweepSeconds(
	input: SweepInput,
	model: { tokensPerSecond: number | null; sizeBytes: number },
): number {
	const perSecond = model.tokensPerSecond ?? 1000 / (model.sizeBytes * usualMsPerByte);
	return sweepExtent(input).total / perSecond;
}
