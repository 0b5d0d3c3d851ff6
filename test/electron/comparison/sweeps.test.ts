import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sweepVerdict } from '../../../electron/comparison/sweep-verdict.ts';
import { createSweeps } from '../../../electron/comparison/sweeps.ts';
import type { SweepInput } from '../../../electron/contract/comparison/sweep.ts';
import { createLane } from '../../../electron/jobs/lane.ts';
import type { KvType } from '../../../models/contract/load.ts';
import type { BenchTask, BenchTestResult } from '../../../models/contract/native/tasks.ts';
import { rateSummary } from '../../../models/native/bench-rates.ts';
import { runNativeTask } from '../../../models/native/run-task.ts';
import { failureOf } from '../../support/failure.ts';
import { createTestLibrary } from '../../support/library.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { writeTinyGguf } from '../../support/tiny-gguf.ts';

function result(threads: number, cacheType: KvType, samples: readonly number[]): BenchTestResult {
	return {
		test: 'tg64',
		promptTokens: 0,
		generatedTokens: 64,
		depth: 0,
		promptMs: [],
		firstTokenMs: [],
		samplesMs: [],
		setting: { threads, batchSize: 512, cacheType },
		tokensPerSecond: rateSummary(samples),
	};
}

const cost = (cacheType: KvType, klDivergence: number) => ({
	cacheType,
	klDivergence,
	error: 0.0001,
	sameTop: 0.99,
	tokens: 1785,
});

describe('verdict', () => {
	const speeds = [
		result(1, 'F16', [50, 51, 49, 50, 50]),
		result(1, 'Q8_0', [49.9, 51.2, 48.9, 50.1, 49.8]),
		result(2, 'F16', [80, 82, 79, 81, 80]),
		result(2, 'Q8_0', [80.1, 81.8, 79.2, 80.9, 80.1]),
	];

	test('names each factor that makes a difference, and those without a measurable one', () => {
		const { verdict, choose } = sweepVerdict({ prompt: speeds, generation: speeds, caches: [cost('Q8_0', 0.0002)] });
		expect(choose).toEqual({ threads: 2, batchSize: null, cacheType: null });
		expect(verdict).toMatch(
			/^Measurably fastest: 2 threads \(6\d(\.\d)? % faster than 1 thread at generation\)\. No measurable difference/,
		);
		expect(verdict).toContain('between cache types (a cache of');
		expect(verdict).toContain('in 5 rounds.');
	});

	test('never recommends a cache that costs too much, and states the cost of a faster one', () => {
		const faster = speeds.map((one) =>
			one.setting?.cacheType === 'Q8_0'
				? { ...one, tokensPerSecond: rateSummary(one.tokensPerSecond.samples.map((value) => value * 1.5)) }
				: one,
		);
		const cheap = sweepVerdict({ prompt: faster, generation: faster, caches: [cost('Q8_0', 0.0002)] });
		expect(cheap.choose.cacheType).toBe('Q8_0');
		expect(cheap.verdict).toContain('for a divergence of 0.0002 from F16');
		const dear = sweepVerdict({ prompt: faster, generation: faster, caches: [cost('Q8_0', 0.4)] });
		expect(dear.choose).toMatchObject({ threads: 2, cacheType: null });
		expect(dear.verdict).toContain('A cache of Q8_0 changes answers too much to be recommended.');
	});

	test('says that a single combination has nothing to compare with', () => {
		const { verdict, choose } = sweepVerdict({
			prompt: speeds.slice(0, 1),
			generation: speeds.slice(0, 1),
			caches: [],
		});
		expect([verdict, choose.threads]).toEqual(['Only one combination was measured, so nothing can be compared.', null]);
	});

	test('on equal settings calls one faster in at most 5 % of cases', () => {
		let state = 11;
		const next = (): number => {
			state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
			return (state + 1) / 2 ** 32;
		};
		const noise = (): number => Math.sqrt(-2 * Math.log(next())) * Math.cos(2 * Math.PI * next());
		const equal = (): BenchTestResult[] =>
			[1, 2].flatMap((threads) =>
				(['F16', 'Q8_0'] as const).map((type) =>
					result(
						threads,
						type,
						Array.from({ length: 5 }, () => 100 + 2 * noise()),
					),
				),
			);
		const wrong = Array.from({ length: 400 }, () => {
			const { choose } = sweepVerdict({ prompt: equal(), generation: equal(), caches: [] });
			return choose.threads !== null || choose.cacheType !== null;
		}).filter(Boolean).length;
		expect(wrong / 400).toBeLessThan(0.05);
	});
});

describe('a sweep', () => {
	const small: Omit<SweepInput, 'id'> = {
		threads: [1],
		batchSizes: [32, 64],
		cacheTypes: ['F16', 'BF16'],
		repetitions: 3,
		localScore: false,
	};

	async function withModel(native: typeof runNativeTask = runNativeTask) {
		const one = createTestLibrary();
		const model = await one.library.files.add(writeTinyGguf(join(temporaryFolder(), 'tiny.F32.gguf')));
		const chat = { answering: false };
		const { database, events, jobs, clock } = one.seam;
		const lane = createLane();
		const sweeps = createSweeps({
			database,
			events,
			jobs,
			clock,
			lane,
			native,
			library: one.library,
			answering: () => chat.answering,
			textsFolder: join(one.folder, 'texts'),
		});
		const ended = async (id: string) => {
			await expect.poll(() => jobs.get(id).endedAt, { timeout: 60_000 }).not.toBeNull();
			return jobs.get(id);
		};
		return { one, model, sweeps, chat, lane, ended, events };
	}

	test('measures every combination and stores the results with their conditions', { timeout: 60_000 }, async () => {
		const { model, sweeps, ended } = await withModel();
		expect(sweeps.get(model.id)).toEqual({ sweep: null, job: null });
		const job = sweeps.start({ id: model.id, ...small, threads: [1, 1] });
		expect(sweeps.start({ id: model.id, ...small }).id).toBe(job.id);
		expect(await ended(job.id)).toMatchObject({ state: 'done', failure: null, kind: 'sweep' });
		const { sweep } = sweeps.get(model.id);
		expect(sweep?.rows.map(({ setting }) => `${setting.threads} ${setting.batchSize} ${setting.cacheType}`)).toEqual([
			...['1 32 F16', '1 32 BF16', '1 64 F16', '1 64 BF16'],
		]);
		for (const { prompt, generation } of sweep?.rows ?? []) {
			expect(prompt.samples.length + generation.samples.length).toBe(6);
			expect(Math.min(prompt.median, generation.median)).toBeGreaterThan(0);
		}
		expect(sweep?.caches).toMatchObject([{ cacheType: 'BF16', klDivergence: expect.any(Number) }]);
		expect(sweep?.verdict).not.toBe('');
		expect(sweep?.conditions).toMatchObject({
			engine: expect.stringContaining('llama.cpp'),
			cores: expect.any(Number),
		});
	});

	test('includes LocalScore on request, over its nine tests with the recommended threads', async () => {
		const tasks: BenchTask[] = [];
		const native = (async (task: BenchTask) => {
			tasks.push(task);
			const results = task.tests.flatMap((one) =>
				task.settings.map((setting) => ({
					...one,
					test: 'x',
					setting,
					promptMs: [1000],
					firstTokenMs: [1250],
					samplesMs: [3000],
					tokensPerSecond: rateSummary([10, 10.1, 9.9].map((value) => value * setting.threads)),
				})),
			);
			return { result: { results, conditions: { engine: 'llama.cpp' } }, peakResidentBytes: 0, cpuMs: 0 };
		}) as unknown as typeof runNativeTask;
		const { model, sweeps, ended } = await withModel(native);
		const input: SweepInput = { id: model.id, ...small, threads: [2, 1], cacheTypes: ['F16'], localScore: true };
		expect(await ended(sweeps.start(input).id)).toMatchObject({ state: 'done', failure: null });
		expect(tasks.map(({ tests, settings }) => `${tests.length} ${settings.length}`)).toEqual(['1 4', '1 2', '9 1']);
		expect(tasks[2]?.settings).toEqual([{ threads: 2, batchSize: 2048, cacheType: 'F16' }]);
		const { sweep } = sweeps.get(model.id);
		expect(sweep?.choose).toEqual({ threads: 2, batchSize: null, cacheType: null });
		expect(sweep?.localScore).toMatchObject({ tests: 9, repetitions: 1, threads: 2, firstTokenMs: 1250 });
		const { score, promptTokensPerSecond: p, generatedTokensPerSecond: g } = sweep!.localScore!;
		expect(score).toBeCloseTo(10 * Math.cbrt((p * g * 1000) / 1250));
	});

	test('waits for other measurements and for an answer, and yields to chat', async () => {
		const begun: AbortSignal[] = [];
		const never: typeof runNativeTask = (_task, options) => {
			const signal = options?.signal ?? AbortSignal.abort();
			begun.push(signal);
			return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
		};
		const { one, model, sweeps, chat, lane, events } = await withModel(never);
		let free = () => {};
		void lane(() => new Promise<void>((resolve) => (free = resolve)));
		chat.answering = true;
		const job = sweeps.start({ id: model.id, ...small });
		await new Promise((resolve) => setTimeout(resolve, 20));
		free();
		await new Promise((resolve) => setTimeout(resolve, 20));
		expect(begun).toHaveLength(0);
		chat.answering = false;
		const about = { conversationId: 1, generationId: '1', messageId: 1 };
		events.publish({ type: 'generation-ended', ...about } as never);
		await expect.poll(() => begun.length).toBe(1);
		chat.answering = true;
		events.publish({ type: 'generation-started', ...about } as never);
		expect(begun[0]?.aborted).toBe(true);
		chat.answering = false;
		events.publish({ type: 'generation-ended', ...about } as never);
		await expect.poll(() => begun.length).toBe(2);
		expect((await one.seam.jobs.cancel(job.id)).state).toBe('cancelled');
		expect(sweeps.get(model.id)).toEqual({ sweep: null, job: null });
	});

	test('with too many combinations or an unknown model is refused', async () => {
		const { model, sweeps } = await withModel();
		const many = { threads: [1, 2, 3, 4, 5, 6, 7, 8], batchSizes: [32, 64, 128, 256, 512] };
		expect((await failureOf(() => sweeps.start({ id: model.id, ...small, ...many }))).code).toBe(
			'too-many-combinations',
		);
		expect((await failureOf(() => sweeps.start({ id: 99, ...small }))).code).toBe('model-unknown');
		const { words, seconds } = sweeps.estimate({ id: model.id, ...small });
		expect(words).toMatch(/^About \d+ s, a guess from the size of the model\.$/);
		expect(sweeps.estimate({ id: model.id, ...small, localScore: true }).seconds).toBeGreaterThan(seconds);
	});

	test('offers choices that include the initial ones', async () => {
		const { sweeps } = await withModel();
		const { offered, chosen } = sweeps.choices();
		expect(offered.threads).toEqual(expect.arrayContaining(chosen.threads));
		expect(offered.cacheTypes).toEqual(expect.arrayContaining(chosen.cacheTypes));
	});
});
