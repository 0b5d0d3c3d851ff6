import { expect, test } from 'vitest';
import type { BenchTestResult } from '../../../models/contract/native/tasks.ts';
import { localScore, localScoreTests } from '../../../models/native/local-score.ts';

/** Simulates a computer with fixed speeds for prompts and generation, whatever the length, in tokens per second. */
function steady(prompt: number, generation: number): BenchTestResult[] {
	return localScoreTests.map((test) => {
		const promptMs = (1000 * test.promptTokens) / prompt;
		const rate = { median: 0, mean: 0, sd: 0, samples: [0] };
		return {
			test: '',
			...test,
			setting: null,
			tokensPerSecond: rate,
			promptMs: [promptMs],
			firstTokenMs: [promptMs + 1000 / generation],
			samplesMs: [promptMs + (1000 * test.generatedTokens) / generation],
		};
	});
}

test('the nine tests are LocalScore’s', () => {
	expect(localScoreTests.map(({ promptTokens, generatedTokens }) => `${promptTokens}+${generatedTokens}`)).toEqual(
		'1024+16 4096+256 2048+256 2048+768 1024+1024 1280+3072 384+1152 64+1024 16+1536'.split(' '),
	);
});

test('the score is ten times the geometric mean of prompt speed, generation speed and first tokens per second', () => {
	const result = localScore(steady(1000, 50));
	// (1024 + 4096 + 2048 + 2048 + 1024 + 1280 + 384 + 64 + 16) / 9 tokens at 1 ms, plus one token of 20 ms.
	const first = 11_984 / 9 + 20;
	expect(result.promptTokensPerSecond).toBeCloseTo(1000, 9);
	expect(result.generatedTokensPerSecond).toBeCloseTo(50, 9);
	expect(result.firstTokenMs).toBeCloseTo(first, 9);
	expect(result.score).toBeCloseTo(10 * Math.cbrt((1000 * 50 * 1000) / first), 9);
	expect(result).toMatchObject({ tests: 9, repetitions: 1 });
});
