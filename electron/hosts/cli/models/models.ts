import { resolve } from 'node:path';
import type { Command } from 'commander';
import { engineLabels } from '../../../../models/contract/engine-names.ts';
import { Failure } from '../../../../models/contract/failure.ts';
import { starterModelId } from '../../../../models/download/catalogue.ts';
import { groupModels } from '../../../contract/library/model-groups.ts';
import type { ModelFile } from '../../../contract/library/schema.ts';
import { formatBytes } from '../../../text/format-bytes.ts';
import type { Client } from '../../transport/rpc-client.ts';
import { knownModel } from '../choose-model.ts';
import { type AddCommands, type CommandContext, type Execute, examples } from '../command.ts';
import { engineWarning } from '../engine-warning.ts';
import { exitCode } from '../exit-codes.ts';
import { gpuLayersOption, gpuOption } from '../gpu-option.ts';
import type { Output } from '../output.ts';
import { counted } from '../table.ts';
import { withApplication } from '../with-application.ts';
import { type FitOptions, fitModel } from './fit.ts';
import { inspectModel } from './inspect.ts';
import { modelRow, modelTable } from './model-table.ts';
import { pullModel } from './pull.ts';
import { type ScanOptions, scanModels } from './scan.ts';
import { type SearchOptions, searchModels } from './search.ts';
import { addSettings } from './settings.ts';
import { addTemplate } from './template.ts';

/** Loads a model once. Throws the Failure of a load that failed. */
async function tryLoading(context: CommandContext, text: string, safe: boolean): Promise<number> {
	const { model, state } = await withApplication(context, async (client) => {
		const chosen = await knownModel(client, text);
		return { model: chosen, state: await client.models.load({ id: chosen.id, safe }) };
	});
	if (state.state !== 'loaded') {
		throw new Failure({
			code: 'load-cancelled',
			message: `Loading ${model.name} was cancelled.`,
			next: ['Try again'],
		});
	}
	const { contextSize, threads, loadMs, engineBuild, engine = 'c-api', engineFailure } = state.capabilities;
	if (engineFailure !== undefined) context.output.note(engineWarning(engineFailure));
	context.output.result(
		{ model: model.name, contextSize, threads, loadMs, residentBytes: state.residentBytes, engine, engineBuild },
		`${model.name} ${model.quantization} works: context of ${contextSize} tokens, ${counted(threads, 'thread')}, ${formatBytes(state.residentBytes)} of memory, ${engineLabels[engine]}`,
	);
	return exitCode.done;
}

export const addModels: AddCommands = (program, execute) => {
	const models = program.command('models').description('list, download, add and inspect models');
	models
		.command('list')
		.description('list models with their files; * marks the default, ! a file that is missing or damaged')
		.addHelpText('after', examples('models list', 'models list --json'))
		.action((_options, command: Command) => execute(command, listModels));
	models
		.command('add <path>')
		.description('add a GGUF file; it stays where it is')
		.addHelpText('after', examples('models add ~/Downloads/model.Q4_K_M.gguf'))
		.action((path: string, _options, command: Command) =>
			withModels(execute, command, async (client) => [await client.models.add({ path: resolve(path) })], 'Added'),
		);
	models
		.command('scan [folder...]')
		.description('add every GGUF file in these folders; without a folder, scan those added before')
		.option('--apps', 'also scan the folders of LM Studio, Jan, Ollama, llama.cpp and Hugging Face', false)
		.addHelpText('after', examples('models scan ~/models', 'models scan --apps --json'))
		.action((folders: string[], options: ScanOptions, command: Command) =>
			execute(command, (context) => scanModels(context, folders, options)),
		);
	models
		.command('fit <model>')
		.description('estimate how much memory a model needs here, and what would reduce it')
		.option('--context <tokens>', 'context size')
		.option('--kv <type>', 'type of the KV cache, e.g. Q8_0')
		.option('--no-flash-attention', 'without flash attention')
		.addOption(gpuOption())
		.addOption(gpuLayersOption())
		.addHelpText('after', examples('models fit SmolLM2', 'models fit model.gguf --context 32768 --kv Q8_0 --json'))
		.action((text: string, options: FitOptions, command: Command) =>
			execute(command, (context) => fitModel(context, text, options)),
		);
	addSettings(models, execute);
	addTemplate(models, execute);
	models
		.command('search [text]')
		.description('search the model hub; owner/name lists the files of that repository, no text a short list')
		.option('--sort <by>', 'downloads, likes, updated or trending', 'downloads')
		.option('--limit <n>', 'most results', '20')
		.addHelpText(
			'after',
			examples(
				'models search',
				'models search "qwen 1.5b instruct"',
				'models search Qwen/Qwen2.5-1.5B-Instruct-GGUF --json',
			),
		)
		.action((text: string | undefined, options: SearchOptions, command: Command) =>
			execute(command, (context) => searchModels(context, text ?? '', options)),
		);
	models
		.command('pull <model>')
		.description('download a model: an id of the short list, or owner/name on the hub with :file or :quantisation')
		.addHelpText(
			'after',
			examples(
				`models pull ${starterModelId}`,
				'models pull Qwen/Qwen2.5-1.5B-Instruct-GGUF',
				'models pull Qwen/Qwen2.5-1.5B-Instruct-GGUF:Q5_K_M',
			),
		)
		.action((id: string, _options, command: Command) => execute(command, (context) => pullModel(context, id)));
	models
		.command('try <model>')
		.description('load a model once and report the result; required after a load that crashed')
		.option('--safe', 'use the settings that are least likely to crash', false)
		.addHelpText('after', examples('models try SmolLM2', 'models try SmolLM2 --safe'))
		.action((text: string, { safe }: { safe: boolean }, command: Command) =>
			execute(command, (context) => tryLoading(context, text, safe)),
		);
	models
		.command('inspect <path>')
		.description('show what a GGUF file contains, without adding it')
		.addHelpText('after', examples('models inspect model.gguf', 'models inspect model.gguf --json'))
		.action((path: string, _options, command: Command) => execute(command, (context) => inspectModel(context, path)));
	models
		.command('rename <model> [name]')
		.description('name a model, with all its files; without a name, each file has its own name again')
		.addHelpText('after', examples('models rename SmolLM2 "Pocket model"', 'models rename "Pocket model"'))
		.action((text: string, name: string | undefined, _options, command: Command) =>
			withModels(execute, command, (client) => renameModel(client, text, name ?? null), 'Renamed to'),
		);
	models
		.command('remove <model>')
		.description('remove a file from the library; it stays on the disk')
		.option('--delete-file', 'also delete the file, if Assay downloaded or quantised it', false)
		.addHelpText('after', examples('models remove SmolLM2', 'models remove 3 --delete-file'))
		.action((text: string, { deleteFile }: { deleteFile: boolean }, command: Command) =>
			execute(command, (context) => removeModel(context, text, deleteFile)),
		);
	models
		.command('default <model>')
		.description('use a model for new conversations')
		.addHelpText('after', examples('models default SmolLM2'))
		.action((text: string, _options, command: Command) =>
			withModels(
				execute,
				command,
				async (client) => [await client.models.setDefault({ id: (await knownModel(client, text)).id })],
				'Default is now',
			),
		);
};

/** Names every file of the model that `text` refers to: one of its files, or the model itself. */
async function renameModel(client: Client, text: string, name: string | null): Promise<readonly ModelFile[]> {
	const { models: files } = await client.models.list();
	const usable = files.filter(({ problem }) => problem === null);
	const groups = groupModels(usable);
	const named = groups.filter((group) => group.name.toLowerCase() === text.trim().toLowerCase());
	const file = named.length === 1 ? named[0]?.files[0] : await knownModel(client, text);
	const group = groups.find((one) => one.files.some(({ id }) => id === file?.id));
	const renamed = group?.files ?? (file === undefined ? [] : [file]);
	const { models } = await client.models.rename({ names: renamed.map(({ id }) => ({ id, name })) });
	return models;
}

async function listModels(context: CommandContext): Promise<number> {
	const { models, files } = await withApplication(context, async (client) => ({
		...(await client.models.list()),
		...(await client.comparisons.figures()),
	}));
	printModels(
		context.output,
		models,
		models.length > 0
			? modelTable(models, files)
			: `No models yet. Download the starter model: assay models pull ${starterModelId}`,
	);
	return exitCode.done;
}

function withModels(
	execute: Execute,
	command: Command,
	change: (client: Client) => Promise<readonly ModelFile[]>,
	said: string,
): Promise<void> {
	return execute(command, async (context) => {
		const models = await withApplication(context, change);
		printModels(
			context.output,
			models,
			models.map(({ name, quantization, path }) => `${said} ${name} ${quantization} (${path})`).join('\n'),
		);
		return exitCode.done;
	});
}

async function removeModel(context: CommandContext, text: string, deleteFile: boolean): Promise<number> {
	const { model, freedBytes } = await withApplication(context, async (client) => {
		const chosen = await knownModel(client, text);
		return { model: chosen, ...(await client.models.remove({ id: chosen.id, deleteFile })) };
	});
	const freed =
		freedBytes > 0 ? `and deleted its file (${formatBytes(freedBytes)})` : `; the file stays at ${model.path}`;
	context.output.result({ models: [modelRow(model)], freedBytes }, `Removed ${model.name} ${freed}`.replace(' ;', ';'));
	return exitCode.done;
}

function printModels(output: Output, models: readonly ModelFile[], text: string): void {
	output.result({ models: models.map(modelRow) }, text);
}
