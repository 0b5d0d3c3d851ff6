import type { Implementer } from '../../../../electron/api/implementer.ts';
import { sweepVerdict } from '../../../../electron/comparison/sweep-verdict.ts';
import type { Sweep, SweepInput } from '../../../../electron/contract/comparison/sweep.ts';
import type { Job } from '../../../../electron/contract/jobs/schema.ts';
import type { BenchSetting, BenchTestResult } from '../../../../models/contract/native/tasks.ts';
import { rateSummary } from '../../../../models/native/bench-rates.ts';
import { buildJob } from '../../fixtures/job.ts';
import type { FakeApplication } from '../fake-application.ts';

/** Settings sweeps of the fake; it measures nothing. */
export interface FakeSweeps {
	last: Sweep | null;
	job: Job | null;
}

const speedOf = ({ threads, cacheType }: BenchSetting, base: number): number =>
	base * (threads === 1 ? 0.58 : 1) * (cacheType === 'F16' ? 1 : 0.998);

function measured(setting: BenchSetting, base: number, test: string): BenchTestResult {
	const noise = [0.99, 1.01, 1, 1.004, 0.996];
	// Varies the noise between settings, as in reality.
	if (setting.cacheType !== 'F16') noise.reverse();
	const samples = noise.map((share) => speedOf(setting, base) * share);
	return {
		test,
		promptTokens: 0,
		generatedTokens: 64,
		depth: 0,
		promptMs: [],
		firstTokenMs: [],
		samplesMs: [],
		setting,
		tokensPerSecond: rateSummary(samples),
	};
}

/** A sweep of the starter model on two cores; the verdict is computed by the real code. */
export function fakeSweep(changes: Partial<Sweep> = {}): Sweep {
	const settings = [1, 2].flatMap((threads) =>
		(['F16', 'Q8_0'] as const).map((cacheType) => ({ threads, batchSize: 512, cacheType })),
	);
	const prompt = settings.map((setting) => measured(setting, 410, 'pp512'));
	const generation = settings.map((setting) => measured(setting, 62, 'tg64'));
	const caches = [{ cacheType: 'Q8_0' as const, klDivergence: 0.00021, error: 0.00003, sameTop: 0.994, tokens: 1785 }];
	return {
		measuredAt: Date.UTC(2026, 10, 24, 16, 5),
		promptTokens: 512,
		generatedTokens: 64,
		caches,
		rows: settings.map((setting, index) => ({
			setting,
			prompt: prompt[index]!.tokensPerSecond,
			generation: generation[index]!.tokensPerSecond,
		})),
		...sweepVerdict({ prompt, generation, caches }),
		localScore: {
			score: 181.4,
			promptTokensPerSecond: 402.2,
			generatedTokensPerSecond: 55.1,
			firstTokenMs: 3712,
			tests: 9,
			repetitions: 1,
			threads: 2,
		},
		conditions: {
			engine: 'llama.cpp v0.4.0',
			processor: 'AMD EPYC',
			cores: 2,
			memoryBytes: 16_000_000_000,
			loadBefore: 0.2,
			loadAfter: 1.9,
			power: 'mains',
			clockMegahertz: 2600,
		},
		...changes,
	};
}

export function fakeSweepJob(changes: Partial<Job> = {}): Job {
	return buildJob({
		kind: 'sweep',
		title: 'Settings of SmolLM2 135M Instruct',
		unit: 'tokens',
		done: 1200,
		total: 3000,
		rate: 60,
		secondsLeft: 30,
		...changes,
	});
}

export function sweepHandlers({ data }: FakeApplication, { sweeps }: Implementer) {
	const chosen: Omit<SweepInput, 'id'> = {
		threads: [1, 2],
		batchSizes: [512],
		cacheTypes: ['F16', 'Q8_0'],
		repetitions: 5,
		localScore: false,
	};
	return {
		choices: sweeps.choices.handler(() => ({
			offered: {
				threads: [1, 2],
				batchSizes: [128, 256, 512, 1024, 2048],
				cacheTypes: ['F16' as const, 'Q8_0' as const, 'Q5_1' as const, 'Q4_0' as const],
			},
			chosen,
		})),
		estimate: sweeps.estimate.handler(() => ({
			seconds: 76,
			words: 'About 76 s, learned from its speed on this computer.',
		})),
		start: sweeps.start.handler(() => fakeSweepJob()),
		get: sweeps.get.handler(() => ({ sweep: data.sweeps.last, job: data.sweeps.job })),
	};
}
