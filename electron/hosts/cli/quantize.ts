import { mkdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Command } from 'commander';
import type { QuantizeFallback, QuantizeType } from '../../../models/contract/native/tasks.ts';
import { outputName, quantizeTypeOf } from '../../../models/native/quantize/quantize-types.ts';
import { runNativeTask } from '../../../models/native/run-task.ts';
import { ensureImatrix, resolveImatrix } from '../../library/importance-matrix.ts';
import { removeEmptyFolder } from '../../library/quantized-files.ts';
import { formatBytes } from '../../text/format-bytes.ts';
import { findModelPath } from './choose-model.ts';
import { type AddCommands, type CommandContext, examples } from './command.ts';
import { exitCode, UsageError } from './exit-codes.ts';
import { table } from './table.ts';
import { batchThreads, type ThreadsOption, threadsOption } from './threads-option.ts';
import { withApplication } from './with-application.ts';

interface QuantizeOptions {
	readonly type: string;
	readonly out?: string;
	readonly imatrix?: string;
	readonly imatrixText?: string;
	readonly requantize: boolean;
	readonly overwrite: boolean;
	readonly add: boolean;
	readonly threads: ThreadsOption;
}

/** `assay quantize <in>`: llama.cpp's quantisation, to several types at once. */
export const addQuantize: AddCommands = (program, execute) => {
	program
		.command('quantize <in>')
		.description('quantise a model: write smaller files of it')
		.requiredOption('--type <type,…>', 'for example Q4_K_M,Q5_K_M,Q8_0')
		.option('--out <folder>', 'output folder; by default that of the source')
		.option('--imatrix <file>', 'importance matrix, as written by llama-imatrix or Assay')
		.option(
			'--imatrix-text <file>',
			'text to compute an importance matrix from first; the matrix is kept with the results',
		)
		.option('--requantize', 'allow a source that is already quantised, at a loss of quality', false)
		.option('--overwrite', 'replace existing files', false)
		.option('--no-add', 'don’t add the results to the library')
		.option('--threads <n|auto>', 'threads', threadsOption, 'auto')
		.addHelpText(
			'after',
			examples(
				'quantize model.F16.gguf --type Q4_K_M,Q8_0 --out ~/models',
				'quantize model.F16.gguf --type IQ3_M --imatrix-text notes.txt',
			),
		)
		.action((input: string, options: QuantizeOptions, command: Command) =>
			execute(command, (context) => quantize(context, input, options)),
		);
};

function typesOf(text: string): QuantizeType[] {
	return text.split(',').map((name) => {
		const type = quantizeTypeOf(name.trim());
		if (type !== null) return type;
		throw new UsageError(`unknown type "${name.trim()}"; try Q4_K_M, Q5_K_M, Q6_K or Q8_0`);
	});
}

async function quantize(context: CommandContext, text: string, options: QuantizeOptions): Promise<number> {
	const types = typesOf(options.type);
	const input = await findModelPath(context, text);
	const folder = options.out === undefined ? dirname(input) : resolve(options.out);
	const created = await mkdir(folder, { recursive: true });
	try {
		return await quantizeInto(folder, context, input, types, options);
	} finally {
		if (created !== undefined) await removeEmptyFolder(folder);
	}
}

async function quantizeInto(
	folder: string,
	context: CommandContext,
	input: string,
	types: readonly QuantizeType[],
	options: QuantizeOptions,
): Promise<number> {
	const { output, interrupt } = context;
	const asked = { imatrix: options.imatrix, imatrixText: options.imatrixText };
	const matrix = await resolveImatrix(folder, {
		imatrix: asked.imatrix === undefined ? null : resolve(asked.imatrix),
		imatrixText: asked.imatrixText === undefined ? null : resolve(asked.imatrixText),
	});
	const threads = batchThreads(options.threads);
	if (matrix !== null) {
		await ensureImatrix(
			runNativeTask,
			matrix,
			{ model: input, threads },
			{
				signal: interrupt.signal,
				progress: (chunk, chunks) => output.progress(`importance matrix: chunk ${chunk} of ${chunks}`),
			},
		);
	}
	const { result } = await runNativeTask<'quantize'>(
		{
			kind: 'quantize',
			input,
			outputs: types.map((type) => ({ type, path: join(folder, outputName(input, type)) })),
			imatrix: matrix?.matrix ?? null,
			allowRequantize: options.requantize,
			overwrite: options.overwrite,
			threads,
		},
		{
			signal: interrupt.signal,
			onProgress: (progress) => {
				if (progress.kind !== 'quantize') return;
				const stage = progress.stage === 'hash' ? 'hash' : `${progress.done} of ${progress.total} tensors`;
				output.progress(`${progress.type} (${progress.output + 1} of ${progress.outputs}): ${stage}`);
			},
		},
	);
	for (const warning of result.warnings) output.note(warning.message);
	if (options.add) {
		await withApplication(context, async (client) => {
			for (const { path } of result.outputs) await client.models.add({ path });
		});
	}
	const lines = [
		table(
			['TYPE', 'SIZE', 'BITS PER WEIGHT', 'FALLBACKS', 'PATH'],
			result.outputs.map((each) => [
				each.type,
				formatBytes(each.sizeBytes),
				each.bitsPerWeight.toFixed(2),
				String(each.fallbacks.length),
				each.path,
			]),
		),
		...result.outputs.flatMap(({ type, fallbacks }) => fallbackLines(type, fallbacks)),
		...result.warnings.map(({ message }) => `warning: ${message}`),
	];
	output.result(result, lines.join('\n'));
	return exitCode.done;
}

/** Reports tensors with the same fallback in one line; --json names each tensor. */
export function fallbackLines(type: string, fallbacks: readonly QuantizeFallback[]): string[] {
	const alike = Map.groupBy(fallbacks, ({ from, to, reason }) => `${to} instead of ${from}: ${reason}`);
	return [...alike].map(([words, some]) =>
		some.length === 1 ? `${type}: ${some[0]?.tensor} is ${words}` : `${type}: ${some.length} tensors are ${words}`,
	);
}
