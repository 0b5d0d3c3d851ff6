import { text as readAll } from 'node:stream/consumers';
import type { Command } from 'commander';
import type { Gpu, GpuLayers } from '../../../models/contract/gpu.ts';
import { usualPageTokens } from '../../contract/writing/defaults.ts';
import type { ContinuationResult, ContinuationUpdate } from '../../contract/writing/schema.ts';
import { gpuOptions } from '../../library/gpu-settings.ts';
import type { Client } from '../transport/rpc-client.ts';
import { chooseModel } from './choose-model.ts';
import { type AddCommands, type CommandContext, examples, wholeNumber } from './command.ts';
import { exitCode, UsageError } from './exit-codes.ts';
import { gpuLayersOption, gpuOption } from './gpu-option.ts';
import { collect } from './list-option.ts';
import type { Output, Streams } from './output.ts';
import { givenSampling, type SamplingOptions, samplingOptions } from './sampling-options.ts';
import { withApplication } from './with-application.ts';

interface CompleteOptions extends SamplingOptions {
	readonly model?: string;
	readonly context?: number;
	readonly threads?: number;
	readonly gpu?: Gpu;
	readonly gpuLayers?: GpuLayers;
	readonly stop?: readonly string[];
	readonly echo: boolean;
}

export const addComplete: AddCommands = (program, execute) => {
	const command = program
		.command('complete')
		.argument('[text...]', 'text to continue; - means standard input, as does no text')
		.description('let a model continue a text as it is, without a chat template; nothing is saved')
		.option('--model <model>', 'name in the library, or path of a GGUF, which is added to it');
	for (const option of samplingOptions()) command.addOption(option);
	command
		.option('--stop <text>', 'end before this text; give the option once for each text', collect)
		.option('--context <n>', 'context size in tokens', wholeNumber(128))
		.option('--threads <n>', 'inference threads; measured if omitted', wholeNumber(1, 256))
		.addOption(gpuOption())
		.addOption(gpuLayersOption())
		.option('--echo', 'print the text before its continuation', false)
		.addHelpText('after', `\nIt writes at most ${usualPageTokens} tokens unless you give --max-tokens.\n`)
		.addHelpText(
			'after',
			examples(
				'complete "Once upon a time" --model gemma-3-270m',
				'complete "The capital of France is" --max-tokens 5 --temperature 0',
				'complete --json --seed 7 "Dear" | jq -r .text',
				'complete - --stop "\\n\\n" < draft.txt',
			),
		)
		.action((words: string[], options: CompleteOptions, command: Command) =>
			execute(command, (context) => complete(context, words, options)),
		);
};

async function textToContinue({ stdin }: Streams, words: readonly string[]): Promise<string> {
	if (words.length === 0 && stdin.isTTY) {
		throw new UsageError('the text is missing: assay complete "<text>"');
	}
	const piped = words.length === 0 || words.includes('-') ? await readAll(stdin) : '';
	const text = words.length === 0 ? piped : words.map((word) => (word === '-' ? piped : word)).join(' ');
	// A pipe or an editor ends the last line; the model would start a new one.
	return piped === '' ? text : text.replace(/\r?\n$/, '');
}

async function complete(context: CommandContext, words: readonly string[], options: CompleteOptions): Promise<number> {
	const { output, interrupt } = context;
	const text = await textToContinue(context.streams, words);
	return withApplication(context, async (client) => {
		const { model, context: contextSize, threads, stop } = options;
		const started = performance.now();
		const { continuationId } = await client.writing.continueText({
			text,
			...(model === undefined ? {} : { modelFileId: (await chooseModel(client, model)).id }),
			sampling: { ...givenSampling(options), ...(stop === undefined ? {} : { stop: stop.map(withLineBreaks) }) },
			...(contextSize === undefined ? {} : { contextSize }),
			...(threads === undefined ? {} : { threads }),
			...gpuOptions(options),
		});
		const end = await follow(client, continuationId, { output, interrupt, echo: options.echo ? text : '' });
		const { failure, ...result } = end.result;
		const document = documentOf(end.text, result, performance.now() - started);
		if (failure !== null) {
			output.failure(failure, document);
			return exitCode.failed;
		}
		output.note(noteOf(result));
		if (output.json) output.result(document, '');
		return result.stopReason === 'stopped' ? interrupt.exitCode : exitCode.done;
	});
}

/** Lets a shell pass line breaks in a stop text. */
function withLineBreaks(text: string): string {
	return text.replaceAll('\\n', '\n').replaceAll('\\t', '\t');
}

type Result = Omit<ContinuationResult, 'failure'>;

/** Document that `assay complete --json` prints. */
function documentOf(text: string, result: Result, totalMs: number): object {
	const { promptTokens, cachedTokens, completionTokens, leftOutTokens, ttftMs, tokensPerSecond } = result;
	return {
		text,
		stopReason: result.stopReason,
		usage: { promptTokens, cachedTokens, completionTokens, leftOutTokens },
		timing: { ttftMs, tokensPerSecond, totalMs },
		model: result.modelName,
		engine: result.engineBuild,
		seed: result.sampling.seed,
	};
}

function noteOf({ modelName, completionTokens, tokensPerSecond, stopReason, leftOutTokens }: Result): string {
	return [
		modelName,
		`${completionTokens} tokens`,
		...(tokensPerSecond === null ? [] : [`${tokensPerSecond.toFixed(1)} tokens/s`]),
		...(leftOutTokens === 0 ? [] : [`the first ${leftOutTokens} tokens of the text did not fit`]),
		...(stopReason === null || stopReason === 'end' ? [] : [stopReason]),
	].join(' · ');
}

type End = Extract<ContinuationUpdate, { type: 'end' }>;

/** Prints the text as it arrives; an interrupt stops it. */
async function follow(
	client: Client,
	continuationId: number,
	{ output, interrupt, echo }: Pick<CommandContext, 'output' | 'interrupt'> & { readonly echo: string },
): Promise<End> {
	const stop = () => void client.writing.stop({ continuationId }).catch(() => {});
	if (interrupt.signal.aborted) stop();
	interrupt.signal.addEventListener('abort', stop);
	try {
		output.stream(echo);
		return await print(await client.writing.follow({ continuationId }), output);
	} finally {
		interrupt.signal.removeEventListener('abort', stop);
	}
}

async function print(updates: AsyncIterable<ContinuationUpdate>, output: Output): Promise<End> {
	let shown = 0;
	function showUpTo(text: string): void {
		output.stream(text.slice(shown));
		shown = Math.max(shown, text.length);
	}
	for await (const update of updates) {
		switch (update.type) {
			case 'snapshot':
				showUpTo(update.text);
				break;
			case 'loading': {
				const { modelName, stage, fraction } = update;
				const share = fraction === null ? '' : `, ${Math.round(fraction * 100)} %`;
				output.progress(
					stage === 'queued' ? `waiting for other answers of ${modelName}` : `loading ${modelName}${share}`,
				);
				break;
			}
			case 'prompt':
				output.progress(`reading the text, ${Math.round((100 * update.processed) / Math.max(1, update.total))} %`);
				break;
			case 'tokens':
				output.stream(update.text);
				shown += update.text.length;
				break;
			case 'end':
				showUpTo(update.text);
				if (shown > 0 && !update.text.endsWith('\n')) output.stream('\n');
				output.progress(null);
				return update;
		}
	}
	throw new Error('the updates of the text ended before it did');
}
