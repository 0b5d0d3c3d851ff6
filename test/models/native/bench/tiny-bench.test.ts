import { expect, test } from 'vitest';
import type { NativeProgress } from '../../../../models/contract/native.ts';
import { runNativeTask } from '../../../../models/native/run.ts';
import { workshop } from '../tiny.ts';

test('each test gives its repetitions, their rates and times, after a warm-up', async () => {
	const progress: NativeProgress[] = [];
	const { result } = await runNativeTask(
		{
			kind: 'bench',
			model: workshop().model('a.gguf'),
			tests: [
				{ promptTokens: 300, generatedTokens: 0, depth: 0 },
				{ promptTokens: 0, generatedTokens: 20, depth: 0 },
				{ promptTokens: 16, generatedTokens: 8, depth: 100 },
			],
			repetitions: 3,
			threads: 2,
			batchSize: 128,
			microBatchSize: 64,
			kvType: 'f32',
		},
		{ onProgress: (one) => progress.push(one) },
	);
	expect(result.results.map(({ test: name }) => name)).toEqual(['pp300', 'tg20', 'pp16+tg8 @ d100']);
	for (const { tokensPerSecond, samplesMs, promptTokens, generatedTokens } of result.results) {
		expect(samplesMs.length).toBe(3);
		expect(tokensPerSecond.samples).toEqual(samplesMs.map((ms) => (1000 * (promptTokens + generatedTokens)) / ms));
		expect(tokensPerSecond.median).toBeGreaterThan(0);
	}
	expect(progress.map((one) => (one.kind === 'bench' ? `${one.done}.${one.repetition}` : ''))).toEqual(
		[0, 1, 2].flatMap((done) => [0, 1, 2, 3].map((repetition) => `${done}.${repetition}`)),
	);
	expect(result.loadMs).toBeGreaterThan(0);
	expect(result.conditions.threads).toBe(2);
});
