import { setTimeout } from 'node:timers/promises';
import type {
	BenchResult,
	BenchSetting,
	BenchTask,
	BenchTestResult,
	NativeProgressOf,
} from '../contract/native/tasks.ts';
import { rateSummary, testName } from './bench-rates.ts';
import { checkCacheTypes } from './cache-type.ts';
import { conditionsOf } from './conditions.ts';
import { NativeContext } from './context.ts';
import { chooseOffload } from './gpu-offload.ts';
import type { NativeLibrary } from './libllama/open-library.ts';
import { NativeModel } from './model.ts';

type Test = BenchTask['tests'][number];

const sequence = [0];

/** Time until the threads of the previous setting sleep (libllama/threadpool.ts), ms. */
const settleMs = 50;

/** Does llama-bench's work on one context: random tokens, no sampling, only the last logits (tools/llama-bench). */
class Runner {
	readonly #context: NativeContext;
	readonly #model: NativeModel;
	readonly #random: () => number;
	#position = 0;

	constructor(context: NativeContext) {
		this.#context = context;
		this.#model = context.model;
		// Any fixed sequence works: speed doesn't depend on the tokens.
		let state = 42;
		this.#random = () => {
			state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
			return (state >>> 8) % this.#model.facts.vocabularySize;
		};
	}

	restart(): void {
		this.#context.clear(false);
		this.#position = 0;
	}

	async prompt(tokens: number): Promise<void> {
		for (let index = 0; index < tokens; index += 1) {
			const first = index === 0 && this.#model.startToken !== null;
			const full = this.#context.length + 1 === this.#context.batchSize || index === tokens - 1;
			this.#context.add(first ? (this.#model.startToken ?? 0) : this.#random(), this.#position, sequence, full);
			this.#position += 1;
			if (full) await this.#context.decode();
		}
		this.#context.synchronize();
	}

	/** Generates tokens and returns the value of `passed` after the first one. */
	async generate(tokens: number, passed: () => number = () => 0): Promise<number> {
		let token = this.#model.startToken ?? this.#random();
		let first = 0;
		for (let index = 0; index < tokens; index += 1) {
			this.#context.add(token, this.#position, sequence, true);
			this.#position += 1;
			this.#context.decodeNow();
			this.#context.synchronize();
			if (index === 0) first = passed();
			token = this.#random();
			// Keeps the process responsive; a turn of the event loop costs microseconds, a token milliseconds.
			if (index % 16 === 15) await new Promise(setImmediate);
		}
		return first;
	}

	/** Fills the context with `depth` tokens, from `saved` if they were computed before. */
	async deepen(depth: number, saved: Uint8Array | null): Promise<Uint8Array | null> {
		if (depth === 0) return null;
		if (saved !== null && this.#context.restore(0, saved)) {
			this.#position = depth;
			return saved;
		}
		await this.prompt(depth);
		return this.#context.save(0);
	}
}

/** Wall-clock times of one repetition, ms. */
interface Timed {
	readonly promptMs: number;
	/** null: generates nothing. */
	readonly firstTokenMs: number | null;
	readonly ms: number;
}

/** One test with one setting, in its own context. */
class Trial {
	readonly setting: BenchSetting;
	readonly #test: Test;
	readonly #context: NativeContext;
	readonly #runner: Runner;
	readonly timed: Timed[] = [];
	#saved: Uint8Array | null = null;

	/** Throws Failure `cache-type-unsuitable`. */
	constructor(model: NativeModel, microBatchSize: number, test: Test, setting: BenchSetting) {
		const { threads, batchSize, cacheType } = setting;
		const cache = { keyType: cacheType, valueType: cacheType };
		checkCacheTypes(model, cache);
		const contextSize = test.promptTokens + test.generatedTokens + test.depth;
		this.setting = setting;
		this.#test = test;
		this.#context = new NativeContext(model, { contextSize, batchSize, microBatchSize, threads, ...cache });
		this.#runner = new Runner(this.#context);
	}

	async warmUp(): Promise<void> {
		const { promptTokens, generatedTokens } = this.#test;
		this.#runner.restart();
		if (promptTokens > 0) await this.#runner.prompt(promptTokens);
		this.#runner.restart();
		if (generatedTokens > 0) await this.#runner.generate(1);
	}

	/** Runs one repetition. Returns tokens per second. */
	async repeat(): Promise<number> {
		const { promptTokens, generatedTokens, depth } = this.#test;
		const runner = this.#runner;
		runner.restart();
		this.#saved = await runner.deepen(depth, this.#saved);
		const started = process.hrtime.bigint();
		const passed = (): number => Number(process.hrtime.bigint() - started) / 1e6;
		if (promptTokens > 0) await runner.prompt(promptTokens);
		const promptMs = passed();
		const firstTokenMs = generatedTokens > 0 ? await runner.generate(generatedTokens, passed) : null;
		const ms = passed();
		this.timed.push({ promptMs, firstTokenMs, ms });
		return this.#rate(ms);
	}

	#rate(ms: number): number {
		return (1000 * (this.#test.promptTokens + this.#test.generatedTokens)) / ms;
	}

	result(): BenchTestResult {
		return {
			test: testName(this.#test),
			...this.#test,
			setting: this.setting,
			promptMs: this.timed.map(({ promptMs }) => promptMs),
			firstTokenMs: this.timed.flatMap(({ firstTokenMs }) => (firstTokenMs === null ? [] : [firstTokenMs])),
			tokensPerSecond: rateSummary(this.timed.map(({ ms }) => this.#rate(ms))),
			samplesMs: this.timed.map(({ ms }) => ms),
		};
	}

	free(): void {
		this.#context.free();
	}
}

/** Runs one test with every setting, in rounds, every other round in reverse order. */
async function runTest(
	model: NativeModel,
	task: BenchTask,
	test: Test,
	report: (repetition: number, rate: number | null) => void,
	signal: AbortSignal | undefined,
): Promise<BenchTestResult[]> {
	const trials: Trial[] = [];
	try {
		for (const setting of task.settings) trials.push(new Trial(model, task.microBatchSize, test, setting));
		report(0, null);
		for (const trial of trials) await trial.warmUp();
		for (let repetition = 1; repetition <= task.repetitions; repetition += 1) {
			for (const trial of repetition % 2 === 1 ? trials : trials.toReversed()) {
				signal?.throwIfAborted();
				if (trials.length > 1) await setTimeout(settleMs);
				report(repetition, await trial.repeat());
			}
		}
		return trials.map((trial) => trial.result());
	} finally {
		for (const trial of trials) trial.free();
	}
}

/** Runs llama-bench's pp and tg at depths, with its warm-up and repetitions. Checks `signal` between repetitions. */
export async function bench(
	library: NativeLibrary,
	task: BenchTask,
	onProgress: (progress: NativeProgressOf<'bench'>) => void,
	signal?: AbortSignal,
): Promise<BenchResult> {
	const started = performance.now();
	const { layers } = await chooseOffload(library, task.model, {
		gpuLayers: task.gpuLayers,
		contextSize: Math.max(...task.tests.map((test) => test.promptTokens + test.generatedTokens + test.depth)),
		batchSize: task.microBatchSize,
	});
	const { adapters } = task;
	const model = await NativeModel.load(library, task.model, { checkTensors: false, gpuLayers: layers, adapters });
	const loadMs = performance.now() - started;
	const results: BenchTestResult[] = [];
	for (const [done, test] of task.tests.entries()) {
		if (test.promptTokens + test.generatedTokens === 0) continue;
		const base = { test: testName(test), tests: task.tests.length, done, repetitions: task.repetitions };
		const report = (repetition: number, tokensPerSecond: number | null): void =>
			onProgress({ ...base, repetition, tokensPerSecond });
		results.push(...(await runTest(model, task, test, report, signal)));
	}
	const threads = Math.max(...task.settings.map((setting) => setting.threads));
	return { results, model: model.facts, loadMs, conditions: conditionsOf(library, threads, model.gpuLayers) };
}
