import { cpus, loadavg, totalmem } from 'node:os';
import { type Command, Option } from 'commander';
import { runNativeTask } from '../../../../models/native/run.ts';
import { type AddCommands, type CommandContext, examples, wholeNumber } from '../command.ts';
import { exitCode } from '../exit-code.ts';
import { bytes, table } from '../table.ts';
import { numberList } from './list-option.ts';
import { modelPath } from './model-path.ts';
import { measuredThreads, type ThreadsOption, threadsOption } from './threads.ts';

const kvTypes = ['f16', 'q8_0', 'f32', 'bf16'] as const;

interface BenchOptions {
	readonly prompt: readonly number[];
	readonly generate: readonly number[];
	readonly depth: readonly number[];
	readonly repetitions: number;
	readonly threads: ThreadsOption;
	readonly batch: number;
	readonly kv: (typeof kvTypes)[number];
}

/** `assay bench <model>`: llama-bench's pp and tg, defined as it defines them. */
export const addBench: AddCommands = (program, execute) => {
	program
		.command('bench <model>')
		.description("measure a model's speed on this computer, as llama-bench does")
		.option('--prompt <tokens,…>', 'lengths of the prompts; 0 for none', numberList(0, 131_072), [512])
		.option('--generate <tokens,…>', 'numbers of tokens to generate; 0 for none', numberList(0, 131_072), [128])
		.option('--depth <tokens,…>', 'tokens in the context before', numberList(0, 131_072), [0])
		.option('--repetitions <n>', 'times each is measured, after a warm-up', wholeNumber(1, 100), 5)
		.option('--threads <n|auto>', 'inference threads; auto tries them', threadsOption, 'auto')
		.option('--batch <tokens>', 'most tokens of one decode', wholeNumber(1, 16_384), 2048)
		.addOption(new Option('--kv <type>', 'type of the KV cache').choices(kvTypes).default('f16'))
		.addHelpText('after', examples('bench SmolLM2', 'bench model.gguf --prompt 512 --generate 128 --depth 0,2048'))
		.action((model: string, options: BenchOptions, command: Command) =>
			execute(command, (context) => bench(context, model, options)),
		);
};

async function bench(context: CommandContext, text: string, options: BenchOptions): Promise<number> {
	const { output, interrupt } = context;
	const model = await modelPath(context, text);
	const loadBefore = loadavg()[0] ?? 0;
	output.progress('trying thread counts');
	const threads = await measuredThreads(model, options.threads, interrupt.signal);
	const tests = options.depth.flatMap((depth) => [
		...options.prompt.filter(Boolean).map((promptTokens) => ({ promptTokens, generatedTokens: 0, depth })),
		...options.generate.filter(Boolean).map((generatedTokens) => ({ promptTokens: 0, generatedTokens, depth })),
	]);
	const { result, peakResidentBytes } = await runNativeTask<'bench'>(
		{
			kind: 'bench',
			model,
			tests,
			repetitions: options.repetitions,
			threads,
			batchSize: options.batch,
			kvType: options.kv,
		},
		{
			signal: interrupt.signal,
			onProgress: (progress) => {
				if (progress.kind !== 'bench') return;
				const round = progress.repetition === 0 ? 'warm-up' : `${progress.repetition} of ${progress.repetitions}`;
				output.progress(`${progress.test}: ${round} (test ${progress.done + 1} of ${progress.tests})`);
			},
		},
	);
	const conditions = {
		...result.conditions,
		processor: cpus()[0]?.model.trim() ?? 'unknown',
		cores: cpus().length,
		memoryBytes: totalmem(),
		loadBefore,
		loadAfter: loadavg()[0] ?? 0,
	};
	const rows = result.results.map((each) => ({ ...each, threads }));
	const document = { model: result.model, results: rows, loadMs: result.loadMs, peakResidentBytes, conditions };
	const lines = [
		table(
			['TEST', 'MEDIAN TOK/S', 'MEAN', 'SD', 'THREADS'],
			rows.map(({ test, tokensPerSecond: { median, mean, sd } }) => [
				test,
				median.toFixed(2),
				mean.toFixed(2),
				sd.toFixed(2),
				String(threads),
			]),
		),
		'',
		`${result.model.description}, ${bytes(result.model.sizeBytes)} of weights; at most ${bytes(peakResidentBytes)} of memory`,
		`${conditions.processor}, ${conditions.cores} cores, load ${loadBefore.toFixed(1)} before; ${conditions.engine}`,
	];
	output.result(document, lines.join('\n'));
	return exitCode.done;
}
