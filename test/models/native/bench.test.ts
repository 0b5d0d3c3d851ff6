import { expect, test } from 'vitest';
import type { NativeProgress } from '../../../models/contract/native/tasks.ts';
import { runNativeTask } from '../../../models/native/run-task.ts';
import { workshop } from './tiny.ts';

test('each test returns its repetitions with rates and times, after a warm-up', async () => {
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
			settings: [{ threads: 1, batchSize: 128, cacheType: 'F32' }],
			microBatchSize: 64,
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
	expect(result.conditions.threads).toBe(1);
});

test('several settings run in turn, every other round in reverse, and each result names its setting', async () => {
	const rates: number[] = [];
	const settings = [
		{ threads: 1, batchSize: 64, cacheType: 'F16' },
		{ threads: 1, batchSize: 32, cacheType: 'BF16' },
	] as const;
	const { result } = await runNativeTask<'bench'>(
		{
			kind: 'bench',
			model: workshop().model('a.gguf'),
			settings: [...settings],
			repetitions: 3,
			tests: [{ promptTokens: 64, generatedTokens: 8, depth: 16 }],
		},
		{ onProgress: (one) => one.kind === 'bench' && one.tokensPerSecond !== null && rates.push(one.tokensPerSecond) },
	);
	expect(result.results.map(({ setting }) => setting)).toEqual(settings);
	const [a, b] = result.results.map(({ tokensPerSecond }) => tokensPerSecond.samples);
	expect(rates).toEqual([a?.[0], b?.[0], b?.[1], a?.[1], a?.[2], b?.[2]]);
	for (const { promptMs, firstTokenMs, samplesMs } of result.results) {
		for (const [index, ms] of samplesMs.entries()) {
			expect(promptMs[index]).toBeGreaterThan(0);
			expect(firstTokenMs[index]).toBeGreaterThan(promptMs[index] ?? 0);
			expect(firstTokenMs[index]).toBeLessThan(ms);
		}
	}
	expect(result.conditions.threads).toBe(1);
});
