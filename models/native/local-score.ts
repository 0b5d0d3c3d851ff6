import type { BenchTestResult } from '../contract/native/tasks.ts';

/** Prompt and generated tokens of LocalScore's nine tests (localscore/, Mozilla's llamafile). */
export const localScoreTests = [
	[1024, 16],
	[4096, 256],
	[2048, 256],
	[2048, 768],
	[1024, 1024],
	[1280, 3072],
	[384, 1152],
	[64, 1024],
	[16, 1536],
].map(([promptTokens = 0, generatedTokens = 0]) => ({ promptTokens, generatedTokens, depth: 0 }));

export interface LocalScore {
	readonly score: number;
	/** Means over the tests of their means over repetitions. */
	readonly promptTokensPerSecond: number;
	readonly generatedTokensPerSecond: number;
	readonly firstTokenMs: number;
	readonly tests: number;
	readonly repetitions: number;
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/**
 * Computes LocalScore = 10 (P G 1000/T)^(1/3), with P prompt and G generated tokens per second, T milliseconds to the
 * first token, each the plain mean over the tests. Comparable only over all nine tests.
 */
export function localScore(results: readonly BenchTestResult[]): LocalScore {
	const prompt = mean(
		results.map(({ promptTokens, promptMs }) => mean(promptMs.map((ms) => (1000 * promptTokens) / ms))),
	);
	const generated = mean(
		results.map(({ generatedTokens, promptMs, samplesMs }) =>
			mean(samplesMs.map((ms, index) => (1000 * generatedTokens) / (ms - (promptMs[index] ?? 0)))),
		),
	);
	const first = mean(results.map(({ firstTokenMs }) => mean(firstTokenMs)));
	return {
		score: 10 * Math.cbrt((prompt * generated * 1000) / first),
		promptTokensPerSecond: prompt,
		generatedTokensPerSecond: generated,
		firstTokenMs: first,
		tests: results.length,
		repetitions: results[0]?.samplesMs.length ?? 0,
	};
}
