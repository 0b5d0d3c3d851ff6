import { text as readAll } from 'node:stream/consumers';
import type { Command } from 'commander';
import type { Gpu, GpuLayers } from '../../../models/contract/gpu.ts';
import { defaultLoadOptions } from '../../../models/contract/load.ts';
import { createModelRuntime, createNodeLauncher } from '../../../models/runtime/runtime.ts';
import { vectorOf } from '../../../models/vectors.ts';
import { gpuOptions } from '../../library/gpu-settings.ts';
import { findModelPath } from './choose-model.ts';
import { type AddCommands, type CommandContext, examples } from './command.ts';
import { exitCode, UsageError } from './exit-codes.ts';
import { gpuLayersOption, gpuOption } from './gpu-option.ts';
import { type ThreadsOption, threadsOption } from './threads-option.ts';

interface EmbedOptions {
	readonly threads: ThreadsOption;
	readonly gpu?: Gpu;
	readonly gpuLayers?: GpuLayers;
}

/** `assay embed <model>`: the vectors of texts. */
export const addEmbed: AddCommands = (program, execute) => {
	program
		.command('embed <model> [text...]')
		.description('turn texts into vectors of length 1 with an embedding model')
		.option('--threads <n|auto>', 'threads', threadsOption, 'auto')
		.addOption(gpuOption())
		.addOption(gpuLayersOption())
		.addHelpText('after', '\nEach argument is a text; without one, each line of standard input is.\n')
		.addHelpText(
			'after',
			examples('embed all-MiniLM-L6-v2 "A man is eating." "A woman reads."', 'embed model.gguf --json < lines.txt'),
		)
		.action((model: string, texts: string[], options: EmbedOptions, command: Command) =>
			execute(command, (context) => embed(context, model, texts, options)),
		);
};

async function textsOf({ streams: { stdin } }: CommandContext, given: readonly string[]): Promise<readonly string[]> {
	if (given.length > 0) return given;
	if (stdin.isTTY === true) throw new UsageError('the text is missing: assay embed <model> "<text>"');
	const lines = (await readAll(stdin)).replace(/\r?\n$/, '').split(/\r?\n/);
	if (lines.length === 1 && lines[0] === '') throw new UsageError('the input has no texts');
	return lines;
}

async function embed(
	context: CommandContext,
	named: string,
	given: readonly string[],
	{ threads, ...device }: EmbedOptions,
): Promise<number> {
	const { output, interrupt } = context;
	const inputs = [...(await textsOf(context, given))];
	const path = await findModelPath(context, named);
	const runtime = createModelRuntime({ launcher: createNodeLauncher(), log: output.log });
	try {
		const options = { ...defaultLoadOptions, threads, ...gpuOptions(device) };
		const engine = await runtime.load({ key: path, path, options }, { signal: interrupt.signal });
		const { vectors, dimensions, tokens } = await engine.embed({ inputs });
		const numbers = vectors.map((vector) => [...vectorOf(vector)]);
		const pooling = engine.capabilities().embedding?.pooling ?? null;
		output.result(
			{ model: path, dimensions, pooling, embeddings: numbers, tokens },
			numbers.map((vector) => JSON.stringify(vector)).join('\n'),
		);
		return exitCode.done;
	} finally {
		await runtime.close();
	}
}
