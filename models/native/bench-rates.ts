import { median } from '../median.ts';

/** Returns llama-bench's name for a test. */
export function testName(test: { promptTokens: number; generatedTokens: number; depth: number }): string {
	const parts = [];
	if (test.promptTokens > 0) parts.push(`pp${test.promptTokens}`);
	if (test.generatedTokens > 0) parts.push(`tg${test.generatedTokens}`);
	return test.depth > 0 ? `${parts.join('+')} @ d${test.depth}` : parts.join('+');
}

/**
 * Returns the mean and sample standard deviation of rates as llama-bench computes them (mean of rates, not of times),
 * and the median.
 */
export function rateSummary(samples: readonly number[]): {
	median: number;
	mean: number;
	sd: number;
	samples: number[];
} {
	const n = samples.length;
	const mean = samples.reduce((sum, value) => sum + value, 0) / n;
	const squares = samples.reduce((sum, value) => sum + (value - mean) ** 2, 0);
	return {
		median: median(samples),
		mean,
		sd: n > 1 ? Math.sqrt(squares / (n - 1)) : 0,
		samples: [...samples],
	};
}
