import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import type { Gpu, GpuLayers } from '../../../models/contract/gpu.ts';
import type { KvType, LoraAdapter } from '../../../models/contract/load.ts';
import type { PerplexityResult } from '../../../models/contract/native/tasks.ts';
import { runNativeTask } from '../../../models/native/run-task.ts';
import { fitsSideBySide } from '../../library/fit-side-by-side.ts';
import { formatBytes } from '../../text/format-bytes.ts';
import { adapterFilesNamed, adapterHelp, repeated } from './adapter-option.ts';
import { cacheTypeOption } from './cache-type-option.ts';
import { findModelPath } from './choose-model.ts';
import { type AddCommands, type CommandContext, examples, wholeNumber } from './command.ts';
import { exitCode, UsageError } from './exit-codes.ts';
import { deviceLines, gpuLayersOption, gpuOption } from './gpu-option.ts';
import { collect } from './list-option.ts';
import { table } from './table.ts';
import { batchThreads, type ThreadsOption, threadsOption } from './threads-option.ts';

const stores = ['auto', 'always', 'never'] as const;
const roundings = ['exact', 'llama-perplexity'] as const;

interface PerplexityOptions {
	readonly text: readonly string[];
	readonly reference?: string;
	readonly adapter?: readonly string[];
	readonly context: number;
	readonly chunks?: number;
	readonly threads: ThreadsOption;
	readonly rounding: (typeof roundings)[number];
	readonly store: (typeof stores)[number];
	readonly cacheType: KvType;
	readonly gpu: Gpu;
	readonly gpuLayers: GpuLayers;
}

/** `assay perplexity <model>`: like llama-perplexity, alone or side by side with a reference. */
export const addPerplexity: AddCommands = (program, execute) => {
	program
		.command('perplexity <model>')
		.description('measure how well a model predicts a text, and how far it is from a reference')
		.option('--text <file>', 'the text; several are measured one after the other', collect, [])
		.option('--reference <model>', 'also its KL divergence from this model, best an unquantised one')
		.option('--adapter <name[=scale]>', adapterHelp, repeated)
		.option('--context <tokens>', 'length of a chunk', wholeNumber(16, 131_072), 512)
		.option('--chunks <n>', 'only the first so many', wholeNumber(1))
		.option('--threads <n|auto>', 'threads', threadsOption, 'auto')
		.addOption(
			new Option('--rounding <how>', 'of the reference; llama-perplexity: 16 bits, as its base file has it')
				.choices(roundings)
				.default('exact'),
		)
		.addOption(
			new Option('--store <when>', 'two passes that keep only one model in memory; the KL divergence is estimated then')
				.choices(stores)
				.default('auto'),
		)
		.addOption(cacheTypeOption())
		.addOption(gpuOption().default('cpu'))
		.addOption(gpuLayersOption().default('auto'))
		.addHelpText(
			'after',
			examples(
				'perplexity SmolLM2 --text wiki.test.raw',
				'perplexity model.Q4_K_M.gguf --reference model.Q8_0.gguf --text notes.txt',
				'perplexity SmolLM2 --reference SmolLM2 --cache-type Q8_0 --text notes.txt',
				'perplexity SmolLM2 --reference SmolLM2 --adapter json --text notes.txt',
			),
		)
		.action((model: string, options: PerplexityOptions, command: Command) =>
			execute(command, (context) => perplexity(context, model, options)),
		);
};

async function perplexity(context: CommandContext, text: string, options: PerplexityOptions): Promise<number> {
	const { output } = context;
	if (options.text.length === 0) throw new UsageError('a text is missing: --text <file>');
	const model = await findModelPath(context, text);
	const reference = options.reference === undefined ? null : await findModelPath(context, options.reference);
	const adapters = await adapterFilesNamed(context, options.adapter);
	const results: { text: string; result: PerplexityResult }[] = [];
	for (const file of options.text) {
		const result = await measure(context, options, { model, adapters, reference, text: resolve(file) });
		for (const { message } of result.warnings) output.note(message);
		results.push({ text: file, result });
	}
	const [only] = results;
	const document = results.length === 1 && only !== undefined ? shown(only) : { texts: results.map(shown) };
	output.result(document, results.map(inWords).join('\n\n'));
	return exitCode.done;
}

/** Returns where to store the reference's distributions for this run; null if both models are in memory. */
async function storeFor(
	{ dataFolder }: CommandContext,
	options: PerplexityOptions,
	model: string,
	reference: string,
): Promise<string | null> {
	const wanted =
		options.store === 'always' ||
		(options.store === 'auto' &&
			options.rounding === 'exact' &&
			!(await fitsSideBySide([reference, model], options.context)));
	if (!wanted) return null;
	// Not in the system's temporary folder, which may itself be in memory.
	const cache = join(dataFolder, 'cache');
	await mkdir(cache, { recursive: true });
	return mkdtemp(join(cache, 'perplexity-'));
}

interface MeasuredFiles {
	readonly model: string;
	/** On the model, not on the reference. */
	readonly adapters: LoraAdapter[];
	readonly reference: string | null;
	readonly text: string;
}

async function measure(
	context: CommandContext,
	options: PerplexityOptions,
	files: MeasuredFiles,
): Promise<PerplexityResult> {
	const folder = files.reference === null ? null : await storeFor(context, options, files.model, files.reference);
	try {
		return await measureWith(context, options, files, folder);
	} finally {
		if (folder !== null) await rm(folder, { recursive: true, force: true });
	}
}

async function measureWith(
	{ output, interrupt }: CommandContext,
	options: PerplexityOptions,
	files: MeasuredFiles,
	folder: string | null,
): Promise<PerplexityResult> {
	const { result } = await runNativeTask<'perplexity'>(
		{
			kind: 'perplexity',
			...files,
			contextSize: options.context,
			chunks: options.chunks ?? null,
			threads: batchThreads(options.threads),
			rounding: options.rounding,
			cacheType: options.cacheType,
			gpu: options.gpu,
			gpuLayers: options.gpuLayers,
			store: folder === null ? null : { path: join(folder, 'reference.store'), keep: false },
		},
		{
			signal: interrupt.signal,
			onProgress: (progress) => {
				if (progress.kind !== 'perplexity') return;
				const left = Math.ceil(progress.remainingMs / 1000);
				output.progress(
					`chunk ${progress.chunk} of ${progress.chunks}, perplexity ${progress.perplexity.toFixed(4)}, ${left} s left`,
				);
			},
		},
	);
	return result;
}

/** Returns the JSON document, with the number of chunks in place of the list of chunks. */
function shown({ text, result: { chunks, ...rest } }: { text: string; result: PerplexityResult }): object {
	return { text, ...rest, chunks: chunks.length, byChunk: chunks };
}

function inWords({ text, result }: { text: string; result: PerplexityResult }): string {
	const { reference } = result;
	const rows = [
		['perplexity', `${result.perplexity.toFixed(4)} ± ${result.perplexityError.toFixed(5)}`],
		['tokens', `${result.tokens} in ${result.chunks.length} chunks of ${result.contextSize}`],
	];
	if (reference !== null) {
		const { klDivergence: kld, deltaP } = reference;
		const { approximation } = result;
		const about = approximation === null ? '' : '≈ ';
		const estimated = approximation === null ? '' : `, estimated from a store of ${formatBytes(approximation.bytes)}`;
		rows.push(
			['reference', `${reference.perplexity.toFixed(4)} ± ${reference.perplexityError.toFixed(5)}`],
			['ratio', `${reference.ratio.toFixed(6)} ± ${reference.ratioError.toFixed(6)}`],
			['KL divergence', `${about}${kld.mean.toFixed(6)} ± ${kld.error.toFixed(6)} nats${estimated}`],
			['  median, 90 %, 99 %, 99.9 %', [kld.median, kld.p90, kld.p99, kld.p999].map((v) => v.toFixed(5)).join(', ')],
			['same top token', `${(100 * reference.sameTop).toFixed(2)} ± ${(100 * reference.sameTopError).toFixed(2)} %`],
			['Δp mean, RMS', `${(100 * deltaP.mean).toFixed(3)} %, ${(100 * deltaP.rms).toFixed(3)} %`],
		);
	}
	return [text, table(['', ''], rows).trim(), ...deviceLines(result.conditions)].join('\n');
}
