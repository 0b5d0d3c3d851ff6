import { expect, test } from 'vitest';
import { findFastest } from '../../../electron/comparison/fastest-setting.ts';
import type { BenchTestResult } from '../../../models/contract/native/tasks.ts';
import { rateSummary } from '../../../models/native/bench-rates.ts';

function result(threads: number, samples: readonly number[], name = 'tg128'): BenchTestResult {
	return {
		test: name,
		promptTokens: 0,
		generatedTokens: 128,
		depth: 0,
		promptMs: [],
		firstTokenMs: [],
		samplesMs: [],
		setting: { threads, batchSize: 2048, cacheType: 'F16' },
		tokensPerSecond: rateSummary(samples),
	};
}

test('the fastest setting of each test is named with its certainty', () => {
	const slow = [50, 51, 49, 50, 50];
	expect(
		findFastest([
			result(1, slow),
			result(2, [80, 82, 79, 81, 80]),
			result(1, [200, 202, 201, 199, 200], 'pp512'),
			result(2, [199, 203, 200, 201, 198], 'pp512'),
		]),
	).toMatchObject([
		{ test: 'tg128', setting: { threads: 2 }, faster: 60, certain: true },
		{ test: 'pp512', setting: { threads: 1 }, certain: false },
	]);
	expect(findFastest([result(1, slow)])).toEqual([]);
	expect(findFastest([result(1, [50]), result(2, [90])])).toMatchObject([{ certain: false }]);
});

test('among equal settings, at most 5 % of cases call one measurably faster', () => {
	let state = 7;
	const noise = (): number => {
		const next = () => {
			state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
			return (state + 1) / 2 ** 32;
		};
		return Math.sqrt(-2 * Math.log(next())) * Math.cos(2 * Math.PI * next());
	};
	const wrong = Array.from({ length: 600 }, () => {
		const results = [1, 2, 3, 4].map((threads) =>
			result(
				threads,
				Array.from({ length: 5 }, () => 100 + 2 * noise()),
			),
		);
		return findFastest(results)[0]?.certain === true;
	}).filter(Boolean).length;
	expect(wrong / 600).toBeLessThan(0.05);
});
