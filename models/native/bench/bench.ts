import type { BenchResult, BenchTask, BenchTestResult, NativeProgressOf } from '../../contract/native.ts';
import { conditionsOf } from '../conditions.ts';
import { NativeContext } from '../context.ts';
import type { NativeLibrary } from '../library/open.ts';
import { NativeModel } from '../model.ts';
import { rateSummary, testName } from './rates.ts';

type Test = BenchTask['tests'][number];

/** ggml_type of the cache types offered. */
const kvTypes = { f32: 'F32', f16: 'F16', q8_0: 'Q8_0', bf16: 'BF16' } as const;

const sequence = [0];

/** llama-bench's work on one context: random tokens, no sampling, only the last logits (tools/llama-bench). */
class Runner {
	readonly #context: NativeContext;
	readonly #model: NativeModel;
	readonly #random: () => number;
	#position = 0;

	constructor(context: NativeContext) {
		this.#context = context;
		this.#model = context.model;
		// Any fixed sequence does: speed doesn't depend on which tokens they are.
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

	async generate(tokens: number): Promise<void> {
		let token = this.#model.startToken ?? this.#random();
		for (let index = 0; index < tokens; index += 1) {
			this.#context.add(token, this.#position, sequence, true);
			this.#position += 1;
			this.#context.decodeNow();
			this.#context.synchronize();
			token = this.#random();
			// The process stays answerable; a turn of the event loop costs a few microseconds of a token's milliseconds.
			if (index % 16 === 15) await new Promise(setImmediate);
		}
	}

	/** Puts a context of `depth` tokens in place, from `saved` where it was computed before. */
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

async function runTest(
	model: NativeModel,
	task: BenchTask,
	test: Test,
	report: (repetition: number, rate: number | null) => void,
	signal: AbortSignal | undefined,
): Promise<BenchTestResult> {
	const tokens = test.promptTokens + test.generatedTokens;
	const context = new NativeContext(model, {
		contextSize: tokens + test.depth,
		batchSize: task.batchSize,
		microBatchSize: task.microBatchSize,
		threads: task.threads,
		keyType: kvTypes[task.kvType],
		valueType: kvTypes[task.kvType],
	});
	try {
		const runner = new Runner(context);
		report(0, null);
		runner.restart();
		if (test.promptTokens > 0) await runner.prompt(test.promptTokens);
		runner.restart();
		if (test.generatedTokens > 0) await runner.generate(1);
		const samplesMs: number[] = [];
		let saved: Uint8Array | null = null;
		for (let repetition = 1; repetition <= task.repetitions; repetition += 1) {
			signal?.throwIfAborted();
			runner.restart();
			saved = await runner.deepen(test.depth, saved);
			const started = process.hrtime.bigint();
			if (test.promptTokens > 0) await runner.prompt(test.promptTokens);
			if (test.generatedTokens > 0) await runner.generate(test.generatedTokens);
			const ms = Number(process.hrtime.bigint() - started) / 1e6;
			samplesMs.push(ms);
			report(repetition, (1000 * tokens) / ms);
		}
		return {
			test: testName(test),
			...test,
			tokensPerSecond: rateSummary(samplesMs.map((ms) => (1000 * tokens) / ms)),
			samplesMs,
		};
	} finally {
		context.free();
	}
}

/** llama-bench's pp and tg, at depths, with its warm-up and repetitions. Checks `signal` between repetitions. */
export async function bench(
	library: NativeLibrary,
	task: BenchTask,
	onProgress: (progress: NativeProgressOf<'bench'>) => void,
	signal?: AbortSignal,
): Promise<BenchResult> {
	const started = performance.now();
	const model = await NativeModel.load(library, task.model, false);
	const loadMs = performance.now() - started;
	const results: BenchTestResult[] = [];
	for (const [done, test] of task.tests.entries()) {
		if (test.promptTokens + test.generatedTokens === 0) continue;
		const base = { test: testName(test), tests: task.tests.length, done, repetitions: task.repetitions };
		const report = (repetition: number, tokensPerSecond: number | null): void =>
			onProgress({ ...base, repetition, tokensPerSecond });
		results.push(await runTest(model, task, test, report, signal));
	}
	return { results, model: model.facts, loadMs, conditions: conditionsOf(library, task.threads) };
}
