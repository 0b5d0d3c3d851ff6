import { availableParallelism } from 'node:os';
import { Failure } from '../../models/contract/failure.ts';
import type { KvType } from '../../models/contract/load.ts';
import type { BenchSetting, BenchTask, BenchTestResult } from '../../models/contract/native/tasks.ts';
import { type SaidFacts, said, spoken } from '../../models/contract/said.ts';
import { localScore, localScoreTests } from '../../models/native/local-score.ts';
import type { runNativeTask } from '../../models/native/run-task.ts';
import { threadCounts } from '../../models/worker/thread-choice.ts';
import type { Sweep, SweepChoices, SweepInput } from '../contract/comparison/sweep.ts';
import type { Job } from '../contract/jobs/schema.ts';
import type { ModelFile } from '../contract/library/schema.ts';
import type { WritableDatabase } from '../database/database.ts';
import type { JobControl, Jobs } from '../jobs/jobs.ts';
import type { Lane } from '../jobs/lane.ts';
import { type ChatActivity, runWhileChatIdle } from '../jobs/yield-to-chat.ts';
import { gpuConditions, gpuOptions } from '../library/gpu-settings.ts';
import { requireMeasurable } from '../library/measuring-obstacle.ts';
import type { ModelLibrary } from '../library/model-service.ts';
import { readModelSetting, writeModelSetting } from '../library/store/model-settings.ts';
import { formatDuration } from '../text/duration-words.ts';
import { unpackTexts } from './bundled-texts.ts';
import { cacheChunks, costOfCaches } from './cache-cost.ts';
import { readShare, usualMsPerByte } from './step-durations.ts';
import { sweepVerdict } from './sweep-verdict.ts';
import { watchConditions } from './watch-conditions.ts';

export interface SweepContext extends ChatActivity {
	readonly database: WritableDatabase;
	readonly library: Pick<ModelLibrary, 'modelFile' | 'unloadAll' | 'options' | 'measuringObstacle'>;
	readonly jobs: Jobs;
	/** The queue that lets one measurement run at a time. */
	readonly lane: Lane;
	/** Folder for the texts that come with Assay. */
	readonly textsFolder: string;
	readonly native: typeof runNativeTask;
	/** Milliseconds since 1970. */
	readonly clock: () => number;
}

/** Each combination has its own context, and all are in memory at once. */
const mostCombinations = 64;

/** Finds the settings that make a model fastest on this computer. */
export interface Sweeps {
	choices(): SweepChoices;
	/** Throws Failure `model-unknown`, as do all methods below. */
	estimate(input: SweepInput): { seconds: number; words: string; said?: SaidFacts[] };
	/** Joins a sweep of the model that is already running. Throws Failure `too-many-combinations`. */
	start(input: SweepInput): Job;
	get(modelFileId: number): { sweep: Sweep | null; job: Job | null };
}

/** Each setting once, the largest thread count first, in the order in which a load tries them. */
function settingsOf({ threads, cacheTypes }: SweepInput, batchSizes: readonly number[]): BenchSetting[] {
	return threads.flatMap((count) =>
		batchSizes.flatMap((batchSize) => cacheTypes.map((cacheType) => ({ threads: count, batchSize, cacheType }))),
	);
}

async function measureSweep(
	context: SweepContext,
	file: ModelFile,
	input: SweepInput,
	control: JobControl,
): Promise<void> {
	const { native, library, database, clock } = context;
	const extent = sweepExtent(input);
	const conditionsHere = await watchConditions();
	const gpu = gpuOptions(library.options(file.id));
	let before = 0;
	/** Measures one part with the computer to itself; a chat answer makes it start over. */
	async function part<T>(work: number, run: (signal: AbortSignal, share: (done: number) => void) => Promise<T>) {
		const share = (done: number): void => control.progress(before + Math.min(1, done) * work, extent.total);
		const result = await runWhileChatIdle(context, control.signal, async (signal) => {
			// A model left in memory would count as used memory, and its threads could wake.
			await library.unloadAll();
			share(0);
			return run(signal, share);
		});
		before += work;
		return result;
	}
	const bench = (work: number, task: Pick<BenchTask, 'tests' | 'settings' | 'repetitions' | 'microBatchSize'>) =>
		part(work, async (signal, share) => {
			const steps = task.tests.length * (1 + task.repetitions * task.settings.length);
			let done = 0;
			const onProgress = (): void => {
				share(done / steps);
				done += 1;
			};
			return (await native<'bench'>({ kind: 'bench', model: file.path, ...gpu, ...task }, { signal, onProgress }))
				.result;
		});

	const { promptTokens, generatedTokens } = sweepTests(input);
	const { repetitions } = input;
	// As in chat: the input of one call is decoded as one piece.
	const microBatchSize = Math.max(...input.batchSizes);
	const prompt = await bench(extent.prompt, {
		tests: [{ promptTokens, generatedTokens: 0, depth: 0 }],
		settings: settingsOf(input, input.batchSizes),
		repetitions,
		microBatchSize,
	});
	const generation = await bench(extent.generation, {
		tests: [{ promptTokens: 0, generatedTokens, depth: 0 }],
		settings: settingsOf(input, input.batchSizes.slice(0, 1)),
		repetitions,
		microBatchSize,
	});
	const threads = Math.max(...input.threads);
	const types: readonly KvType[] = input.cacheTypes.filter((type) => type !== 'F16');
	const text = unpackTexts(context.textsFolder).find(({ category }) => category === 'prose');
	const caches =
		text === undefined || types.length === 0
			? []
			: await part(extent.caches, (signal, share) =>
					costOfCaches(
						native,
						{ model: file.path, text: text.path, types, threads },
						{
							signal,
							progress: (type, chunk) => share((types.indexOf(type) + chunk / cacheChunks) / types.length),
						},
					),
				);
	const found = sweepVerdict({ prompt: prompt.results, generation: generation.results, caches });
	const scoreThreads = found.choose.threads ?? threads;
	const scored = input.localScore
		? await bench(extent.score, {
				tests: [...localScoreTests],
				repetitions: 1,
				microBatchSize: 512,
				settings: [{ threads: scoreThreads, batchSize: 2048, cacheType: 'F16' }],
			})
		: null;
	const sweep: Sweep = {
		measuredAt: clock(),
		promptTokens,
		generatedTokens,
		caches,
		...found,
		rows: rowsOf(prompt.results, generation.results),
		localScore: scored === null ? null : { ...localScore(scored.results), threads: scoreThreads },
		conditions: { engine: prompt.conditions.engine, ...gpuConditions(prompt.conditions), ...(await conditionsHere()) },
	};
	control.signal.throwIfAborted();
	writeModelSetting(database, file.id, 'sweep', sweep, clock());
}

function rowsOf(prompt: readonly BenchTestResult[], generation: readonly BenchTestResult[]): Sweep['rows'] {
	return prompt.flatMap(({ setting, tokensPerSecond }) => {
		const other = generation.find(
			(one) => one.setting?.threads === setting?.threads && one.setting?.cacheType === setting?.cacheType,
		);
		return setting === null || other === undefined
			? []
			: [{ setting, prompt: tokensPerSecond, generation: other.tokensPerSecond }];
	});
}

/** Creates the sweeps; `jobs` holds those that are running. */
export function createSweeps(context: SweepContext): Sweeps {
	const { library, jobs, database } = context;
	const running = new Map<number, string>();
	/** Running or failed. */
	const jobOf = (id: number): Job | null => {
		const jobId = running.get(id);
		const job = jobs.list().find((one) => one.id === jobId);
		return job === undefined || job.state === 'done' || job.state === 'cancelled' ? null : job;
	};
	return {
		choices() {
			const cores = availableParallelism();
			const counts = threadCounts(cores);
			const few =
				cores <= 8 ? Array.from({ length: cores }, (_, index) => index + 1) : counts.toSorted((a, b) => a - b);
			return {
				offered: { threads: few, batchSizes: [128, 256, 512, 1024, 2048], cacheTypes: ['F16', 'Q8_0', 'Q5_1', 'Q4_0'] },
				chosen: {
					threads: counts.slice(0, 3).toSorted((a, b) => a - b),
					batchSizes: [512],
					cacheTypes: ['F16', 'Q8_0'],
					repetitions: 5,
					localScore: false,
				},
			};
		},
		estimate(input) {
			const model = library.modelFile(input.id);
			const seconds = estimateSweepSeconds(input, model);
			const duration = formatDuration(seconds);
			return spoken({
				seconds,
				words:
					model.tokensPerSecond === null
						? said`About ${duration}, a guess from the size of the model.`
						: said`About ${duration}, learned from its speed on this computer.`,
			});
		},
		start(input) {
			const file = library.modelFile(input.id);
			requireMeasurable(library, [file.id]);
			const goesOn = jobOf(file.id);
			if (goesOn !== null && goesOn.endedAt === null) return goesOn;
			const unique: SweepInput = {
				...input,
				threads: [...new Set(input.threads)],
				batchSizes: [...new Set(input.batchSizes)],
				cacheTypes: [...new Set(input.cacheTypes)],
			};
			const combinations = unique.threads.length * unique.batchSizes.length * unique.cacheTypes.length;
			if (combinations > mostCombinations) {
				throw new Failure({
					code: 'too-many-combinations',
					message: said`At most ${mostCombinations} combinations can be measured at once, and these are ${combinations}.`,
					next: [said`Choose fewer numbers of threads, batch sizes or cache types`],
				});
			}
			const job = jobs.start({
				kind: 'sweep',
				title: said`Settings of ${file.name}`,
				unit: 'tokens',
				lane: 'sweep',
				work: (control) =>
					context.lane(() => measureSweep(context, file, unique, control), said`a test of load settings`),
			});
			running.set(file.id, job.id);
			return job;
		},
		get(modelFileId) {
			const { id } = library.modelFile(modelFileId);
			return { sweep: readModelSetting(database, id, 'sweep'), job: jobOf(id) };
		},
	};
}

/** Tokens of a chunk of text; each is read twice: with the cache type and with F16. */
const chunkTokens = 2 * 512;

/** Tokens that each combination reads (at least one whole batch) and generates. */
function sweepTests({ batchSizes }: SweepInput): Pick<Sweep, 'promptTokens' | 'generatedTokens'> {
	return { promptTokens: Math.max(512, ...batchSizes), generatedTokens: 64 };
}

/** The work of a sweep, in generated tokens. */
function sweepExtent(input: SweepInput) {
	const { threads, batchSizes, cacheTypes, repetitions, localScore } = input;
	const { promptTokens, generatedTokens } = sweepTests(input);
	const pairs = threads.length * cacheTypes.length;
	// The warm-up prompt is as long as the measured prompt.
	const prompt = pairs * batchSizes.length * (repetitions + 1) * promptTokens * readShare;
	const generation = pairs * repetitions * generatedTokens;
	const chunk = chunkTokens * readShare;
	const caches = cacheTypes.filter((type) => type !== 'F16').length * cacheChunks * chunk;
	const scores = localScoreTests.map((one) => 2 * one.promptTokens * readShare + one.generatedTokens);
	const score = localScore ? scores.reduce((sum, value) => sum + value, 0) : 0;
	return { prompt, generation, caches, chunk, score, total: prompt + generation + caches + score };
}

/** Estimates the duration in seconds from the model's earlier speed on this computer. */
function estimateSweepSeconds(input: SweepInput, model: { tokensPerSecond: number | null; sizeBytes: number }): number {
	const perSecond = model.tokensPerSecond ?? 1000 / (model.sizeBytes * usualMsPerByte);
	return sweepExtent(input).total / perSecond;
}
