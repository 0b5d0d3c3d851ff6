import { join } from 'node:path';
import type { Command } from 'commander';
import type { Gpu, GpuLayers } from '../../../models/contract/gpu.ts';
import type { KvType } from '../../../models/contract/load.ts';
import type { BenchSetting } from '../../../models/contract/native/tasks.ts';
import { type LocalScore, localScore, localScoreTests } from '../../../models/native/local-score.ts';
import { runNativeTask } from '../../../models/native/run-task.ts';
import { unpackTexts } from '../../comparison/bundled-texts.ts';
import { costOfCaches } from '../../comparison/cache-cost.ts';
import { type Fastest, findFastest } from '../../comparison/fastest-setting.ts';
import { watchConditions } from '../../comparison/watch-conditions.ts';
import type { CacheCost } from '../../contract/comparison/sweep.ts';
import { gpuConditions } from '../../library/gpu-settings.ts';
import { formatBytes } from '../../text/format-bytes.ts';
import { cacheTypeOf } from './cache-type-option.ts';
import { findModelPath } from './choose-model.ts';
import { type AddCommands, type CommandContext, examples, wholeNumber } from './command.ts';
import { exitCode } from './exit-codes.ts';
import { gpuLayersOption, gpuOption, gpuWarning } from './gpu-option.ts';
import { listOf, numberList } from './list-option.ts';
import { table } from './table.ts';
import { measuredThreads, type ThreadsOption, threadsOption } from './threads-option.ts';

interface BenchOptions {
	readonly prompt: readonly number[];
	readonly generate: readonly number[];
	readonly depth: readonly number[];
	readonly repetitions: number;
	readonly threads: readonly ThreadsOption[];
	readonly batch: readonly number[];
	readonly cacheType: readonly KvType[];
	readonly localscore: boolean;
	readonly gpu: Gpu;
	readonly gpuLayers: GpuLayers;
}

/** `assay bench <model>`: llama-bench's pp and tg, as it defines them. */
export const addBench: AddCommands = (program, execute) => {
	program
		.command('bench <model>')
		.description('measure a model’s speed on this computer, as llama-bench does')
		.option('--prompt <tokens,…>', 'lengths of the prompts; 0 for none', numberList(0, 131_072), [512])
		.option('--generate <tokens,…>', 'numbers of tokens to generate; 0 for none', numberList(0, 131_072), [128])
		.option('--depth <tokens,…>', 'tokens in the context before', numberList(0, 131_072), [0])
		.option('--repetitions <n>', 'times each is measured, after a warm-up', wholeNumber(1, 100), 5)
		.option('--threads <n|auto,…>', 'inference threads; auto tries them', listOf(threadsOption), ['auto'])
		.option('--batch <tokens,…>', 'most tokens of one decode', numberList(1, 16_384), [2048])
		.option('--cache-type <type,…>', 'types of the KV cache, and what quality each costs', listOf(cacheTypeOf), ['F16'])
		.addOption(gpuOption().default('auto'))
		.addOption(gpuLayersOption().default('auto'))
		.option('--localscore', 'LocalScore’s nine tests and its figure; takes minutes', false)
		.addHelpText(
			'after',
			examples(
				'bench SmolLM2',
				'bench model.gguf --prompt 512 --generate 128 --depth 0,2048',
				'bench model.gguf --threads 1,2,4 --batch 512,2048 --cache-type F16,Q8_0',
				'bench model.gguf --localscore --repetitions 1',
			),
		)
		.action((model: string, options: BenchOptions, command: Command) =>
			execute(command, (context) => bench(context, model, options)),
		);
};

async function bench(context: CommandContext, text: string, options: BenchOptions): Promise<number> {
	const { output, interrupt } = context;
	const { signal } = interrupt;
	const model = await findModelPath(context, text);
	const conditionsHere = await watchConditions();
	const gpu = { gpu: options.gpu, gpuLayers: options.gpuLayers };
	const settings = await settingsOf(context, model, options);
	const { result, peakResidentBytes } = await runNativeTask<'bench'>(
		{
			kind: 'bench',
			model,
			tests: testsOf(options),
			repetitions: options.repetitions,
			settings: [...settings],
			...gpu,
		},
		{
			signal,
			onProgress: (progress) => {
				if (progress.kind !== 'bench') return;
				const round = progress.repetition === 0 ? 'warm-up' : `${progress.repetition} of ${progress.repetitions}`;
				output.progress(`${progress.test}: ${round} (test ${progress.done + 1} of ${progress.tests})`);
			},
		},
	);
	const threads = Math.max(...settings.map((setting) => setting.threads));
	const cacheQuality = await qualityOfCaches(context, model, options.cacheType, threads);
	const conditions = { ...result.conditions, ...(await conditionsHere()) };
	const rows = result.results.map((each) => ({ ...each, threads: each.setting?.threads ?? 0 }));
	const fastest = findFastest(result.results);
	const score = options.localscore ? localScore(result.results) : null;
	output.result(
		{
			model: result.model,
			results: rows,
			fastest,
			loadMs: result.loadMs,
			peakResidentBytes,
			conditions,
			...(cacheQuality.length === 0 ? {} : { cacheQuality }),
			...(score === null ? {} : { localScore: score }),
		},
		[
			table(
				['TEST', 'THREADS', 'BATCH', 'CACHE', 'MEDIAN TOK/S', 'MEAN', 'SD', 'N'],
				rows.map(({ test, setting, tokensPerSecond: { median, mean, sd, samples } }) => [
					...[test, String(setting?.threads), String(setting?.batchSize), String(setting?.cacheType)],
					...[median.toFixed(2), mean.toFixed(2), sd.toFixed(2), String(samples.length)],
				]),
			),
			...fastest.map(fastestText),
			...cacheQuality.map(qualityText),
			...(score === null ? [] : [scoreText(score)]),
			'',
			`${result.model.description}, ${formatBytes(result.model.sizeBytes)} of weights; at most ${formatBytes(peakResidentBytes)} of memory`,
			`${conditions.processor}, ${conditions.cores} cores, load ${conditions.loadBefore.toFixed(1)} before; ${conditions.engine}${gpuText(conditions)}`,
			...(conditions.gpuFailure === undefined ? [] : [gpuWarning(conditions.gpuFailure)]),
			...(conditions.power === 'battery' ? ['warning: on battery, where processors are held back'] : []),
		].join('\n'),
	);
	return exitCode.done;
}

/** ", CUDA0: …, 31 layers" */
function gpuText(conditions: Parameters<typeof gpuConditions>[0]): string {
	const { gpu } = gpuConditions(conditions);
	return gpu === undefined ? '' : `; ${gpu}`;
}

function testsOf({ prompt, generate, depth, localscore }: BenchOptions) {
	if (localscore) return [...localScoreTests];
	return depth.flatMap((tokens) => [
		...prompt.filter(Boolean).map((promptTokens) => ({ promptTokens, generatedTokens: 0, depth: tokens })),
		...generate.filter(Boolean).map((generatedTokens) => ({ promptTokens: 0, generatedTokens, depth: tokens })),
	]);
}

/** Returns every combination of the given options. */
async function settingsOf(
	{ output, interrupt }: CommandContext,
	model: string,
	{ threads, batch, cacheType, gpu, gpuLayers }: BenchOptions,
): Promise<readonly BenchSetting[]> {
	const counts: number[] = [];
	for (const wanted of threads) {
		if (wanted === 'auto') output.progress('trying thread counts');
		counts.push(await measuredThreads(model, wanted, interrupt.signal, { gpu, gpuLayers }));
	}
	return [...new Set(counts)].flatMap((count) =>
		batch.flatMap((batchSize) => cacheType.map((type) => ({ threads: count, batchSize, cacheType: type }))),
	);
}

/** Measures quality on the prose that comes with Assay. */
async function qualityOfCaches(context: CommandContext, model: string, types: readonly KvType[], threads: number) {
	const text = unpackTexts(join(context.dataFolder, 'texts')).find(({ category }) => category === 'prose');
	if (text === undefined) return [];
	const { signal } = context.interrupt;
	const progress = (cacheType: KvType) => context.output.progress(`quality with a cache of ${cacheType}`);
	return costOfCaches(runNativeTask, { model, text: text.path, types, threads }, { signal, progress });
}

function qualityText({ cacheType, klDivergence, error, sameTop, tokens }: CacheCost): string {
	return `cache ${cacheType}: KL divergence ${klDivergence.toFixed(5)} ± ${error.toFixed(5)} from F16, same top token ${(100 * sameTop).toFixed(1)} % (${tokens} tokens)`;
}

function fastestText({ test, setting, faster, certain }: Fastest): string {
	const what = `${setting.threads} threads, batch ${setting.batchSize}, cache ${setting.cacheType}`;
	return `${test}: fastest with ${what} (${faster} % before the next, ${certain ? 'measurably' : 'which could be chance'})`;
}

function scoreText({ score, promptTokensPerSecond, generatedTokensPerSecond, firstTokenMs }: LocalScore): string {
	return (
		`LocalScore ${Math.round(score)}: 10 times the geometric mean of ${promptTokensPerSecond.toFixed(1)} prompt tok/s, ` +
		`${generatedTokensPerSecond.toFixed(1)} generated tok/s and 1,000 / ${firstTokenMs.toFixed(0)} ms to the first token, over nine tests`
	);
}
