import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { z } from 'zod';
import { Failure } from '../../../models/contract/failure.ts';
import type { Gpu, GpuLayers } from '../../../models/contract/gpu.ts';
import { runNativeTask } from '../../../models/native/run-task.ts';
import { unreadableReason } from '../../../models/unreadable-reason.ts';
import { adapterFilesNamed, adapterHelp, repeated } from './adapter-option.ts';
import { findModelPath } from './choose-model.ts';
import { type AddCommands, type CommandContext, examples } from './command.ts';
import { exitCode } from './exit-codes.ts';
import { deviceLines, gpuLayersOption, gpuOption } from './gpu-option.ts';
import { batchThreads, type ThreadsOption, threadsOption } from './threads-option.ts';

const requestSchema = z.object({ context: z.string(), continuations: z.array(z.string()).min(1) });

interface LikelihoodOptions {
	readonly input: string;
	readonly startToken: boolean;
	readonly parseSpecial: boolean;
	readonly adapter?: readonly string[];
	readonly threads: ThreadsOption;
	readonly gpu: Gpu;
	readonly gpuLayers: GpuLayers;
}

/** `assay loglikelihood <model>`: one line of JSON out for each line in. */
export const addLoglikelihood: AddCommands = (program, execute) => {
	program
		.command('loglikelihood <model>')
		.description('how likely a model finds each continuation of a context, as lm-evaluation-harness asks')
		.requiredOption('--input <file>', 'lines of {"context": "…", "continuations": ["…"]}')
		.option('--start-token', 'put the tokenizer’s start token before every context', false)
		.option('--parse-special', 'the contexts are rendered templates: special tokens in them count', false)
		.option('--adapter <name[=scale]>', adapterHelp, repeated)
		.option('--threads <n|auto>', 'threads', threadsOption, 'auto')
		.addOption(gpuOption().default('cpu'))
		.addOption(gpuLayersOption().default('auto'))
		.addHelpText(
			'after',
			examples(
				'loglikelihood SmolLM2 --input questions.jsonl',
				'loglikelihood SmolLM2 --adapter json=0.5 --input questions.jsonl',
			),
		)
		.action((model: string, options: LikelihoodOptions, command: Command) =>
			execute(command, (context) => loglikelihood(context, model, options)),
		);
};

/** Throws Failure `input-line-invalid`, which names the line. */
export function readRequests(text: string): z.infer<typeof requestSchema>[] {
	return text
		.split('\n')
		.map((line, index) => ({ line: line.replace(/\r$/, ''), number: index + 1 }))
		.filter(({ line }) => line.trim() !== '')
		.map(({ line, number }) => {
			let value: unknown;
			try {
				value = JSON.parse(line);
			} catch (error) {
				throw invalidLine(number, String(error));
			}
			const { data, error } = requestSchema.safeParse(value);
			if (data === undefined) throw invalidLine(number, z.prettifyError(error));
			return data;
		});
}

function invalidLine(number: number, why: string): Failure {
	return new Failure({
		code: 'input-line-invalid',
		message: `Line ${number} of the input is no request`,
		next: ['Write each line as {"context": "…", "continuations": ["…", "…"]}'],
		detail: why,
	});
}

async function readInput(path: string): Promise<string> {
	try {
		return await readFile(path, 'utf8');
	} catch (error) {
		throw new Failure(
			{
				code: 'input-unreadable',
				message: `${path} can’t be read: ${unreadableReason(error)}`,
				next: ['Check the path and the permissions of the file'],
			},
			{ cause: error },
		);
	}
}

async function loglikelihood(context: CommandContext, text: string, options: LikelihoodOptions): Promise<number> {
	const { output, interrupt } = context;
	const requests = readRequests(await readInput(options.input));
	if (requests.length === 0) {
		throw new Failure({
			code: 'input-empty',
			message: `${options.input} has no requests`,
			next: ['Write one {"context": "…", "continuations": ["…"]} a line'],
		});
	}
	const model = await findModelPath(context, text);
	const adapters = await adapterFilesNamed(context, options.adapter);
	const { result } = await runNativeTask<'loglikelihood'>(
		{
			kind: 'loglikelihood',
			model,
			...(adapters.length === 0 ? {} : { adapters }),
			requests,
			startToken: options.startToken,
			parseSpecial: options.parseSpecial,
			threads: batchThreads(options.threads),
			gpu: options.gpu,
			gpuLayers: options.gpuLayers,
		},
		{
			signal: interrupt.signal,
			onProgress: (progress) => {
				if (progress.kind !== 'loglikelihood') return;
				output.progress(`${progress.done} of ${progress.total}, ${Math.ceil(progress.remainingMs / 1000)} s left`);
			},
		},
	);
	for (const line of deviceLines(result.conditions)) output.note(line);
	const lines = result.rows.map(({ index, logLikelihoods, greedy, tokens }) =>
		JSON.stringify({ index, logLikelihoods, greedy, tokens }),
	);
	output.result(result, lines.join('\n'));
	return exitCode.done;
}
