import { resolve } from 'node:path';
import type { Command } from 'commander';
import { type MergeType, mergeTypes } from '../../../models/contract/adapter.ts';
import { Failure } from '../../../models/contract/failure.ts';
import { quantizeTypeOf } from '../../../models/native/quantize/quantize-types.ts';
import type { Adapter } from '../../contract/adapters/schema.ts';
import type { ModelFile } from '../../contract/library/schema.ts';
import { resolveAdapterName } from '../../library/adapters/adapters.ts';
import { formatBytes } from '../../text/format-bytes.ts';
import type { Client } from '../transport/rpc-client.ts';
import { adaptersNamed, repeated } from './adapter-option.ts';
import { knownModel } from './choose-model.ts';
import { type AddCommands, type CommandContext, examples } from './command.ts';
import { exitCode, UsageError } from './exit-codes.ts';
import { followJob } from './follow-job.ts';
import { oneLine, table } from './table.ts';
import { withApplication } from './with-application.ts';

interface ImportOptions {
	readonly base?: string;
	readonly name?: string;
	readonly licence?: string;
}

interface MergeOptions {
	readonly adapter: readonly string[];
	readonly type: string;
	readonly quantise?: string;
	readonly out?: string;
}

/** `assay adapters …`: small files that change how a model answers. */
export const addAdapters: AddCommands = (program, execute) => {
	const adapters = program.command('adapters').description('list, import, merge, export and remove LoRA adapters');
	adapters
		.command('list')
		.description('list adapters with their models and those that use them; ! marks a missing or changed file')
		.addHelpText('after', examples('adapters list', 'adapters list --json'))
		.action((_options, command: Command) => execute(command, listAdapters));
	adapters
		.command('import <path>')
		.description('add a copy of an adapter: a GGUF file, or a folder of PEFT or MLX-LM, which is converted')
		.option('--base <model>', 'the model that it was made for; by default it is found by the shape of its weights')
		.option('--name <name>', 'its name in the library')
		.option('--licence <note>', 'a note on its licence')
		.addHelpText(
			'after',
			examples('adapters import lora.gguf', 'adapters import ./checkpoint-200 --base SmolLM2 --name json'),
		)
		.action((path: string, options: ImportOptions, command: Command) =>
			execute(command, (context) => importAdapter(context, path, options)),
		);
	adapters
		.command('merge <model>')
		.description('merge adapters into the weights of a model, and add the result to the library')
		.requiredOption('--adapter <adapter[=scale]>', 'adapter, by id or name; repeat for several', repeated)
		.option('--type <type>', `precision of the new file: ${mergeTypes.join(', ')}`, 'F16')
		.option('--quantise <type,…>', 'then quantise it, for example to Q4_K_M')
		.option('--out <file>', 'path of the new file; by default in the data folder')
		.addHelpText(
			'after',
			examples(
				'adapters merge SmolLM2 --adapter json',
				'adapters merge SmolLM2 --adapter json=0.5 --type F32 --quantise Q8_0',
			),
		)
		.action((model: string, options: MergeOptions, command: Command) =>
			execute(command, (context) => mergeAdapters(context, model, options)),
		);
	adapters
		.command('export <adapter> <path>')
		.description('write an adapter to a file for llama.cpp, or to a folder for PEFT')
		.option('--format <format>', 'gguf or peft', 'gguf')
		.addHelpText('after', examples('adapters export json json.gguf', 'adapters export json ./json-peft --format peft'))
		.action((name: string, path: string, options: { readonly format: string }, command: Command) =>
			execute(command, (context) => exportAdapter(context, name, path, options.format)),
		);
	adapters
		.command('rename <adapter> <name>')
		.description('give an adapter another name')
		.addHelpText('after', examples('adapters rename 3 json'))
		.action((name: string, to: string, _options, command: Command) =>
			execute(command, (context) => renameAdapter(context, name, to)),
		);
	adapters
		.command('remove <adapter>')
		.description('take an adapter out of the library and delete its file, if Assay wrote it')
		.addHelpText('after', examples('adapters remove json'))
		.action((name: string, _options, command: Command) => execute(command, (context) => removeAdapter(context, name)));
};

const named = async (client: Client, name: string): Promise<Adapter> =>
	resolveAdapterName((await client.adapters.list()).adapters, name);

/** `files`: the library's models, to name those that use an adapter. */
function adapterTable(adapters: readonly Adapter[], files: readonly ModelFile[] = []): string {
	const uses = adapters.map(({ usedBy }) => usersOf(usedBy, files));
	// The last column stands only if there is something in it.
	const inUse = uses.some((text) => text !== '');
	return table(
		['ID', 'NAME', 'MODEL', 'RANK', 'SIZE', 'FROM', ...(inUse ? ['IN USE BY'] : [])],
		adapters.map(({ id, name, base, rank, sizeBytes, origin, problem }, index) => [
			String(id),
			`${oneLine(name, 40)}${problem === null ? '' : ' !'}`,
			`${base.name} ${base.quantization}`.trim(),
			String(rank),
			formatBytes(sizeBytes),
			origin,
			...(inUse ? [uses[index] ?? ''] : []),
		]),
	);
}

/** "SmolLM2 135M Instruct Q4_K_M, scale 0.5": the models whose answers use an adapter. */
function usersOf(usedBy: Adapter['usedBy'], files: readonly ModelFile[]): string {
	const names = usedBy.flatMap(({ modelFileId, scale }) => {
		const file = files.find(({ id }) => id === modelFileId);
		if (file === undefined) return [];
		return [`${file.name} ${file.quantization}`.trim() + (scale === 1 ? '' : `, scale ${scale}`)];
	});
	return names.join('; ');
}

async function listAdapters(context: CommandContext): Promise<number> {
	const [{ adapters }, { models }] = await withApplication(context, (client) =>
		Promise.all([client.adapters.list(), client.models.list()]),
	);
	const none = 'No adapters yet. Import one: assay adapters import <file>; train one: assay train sft <config.yaml>';
	const problems = adapters.flatMap(({ problem }) => (problem === null ? [] : [`! ${problem.message}`]));
	context.output.result(
		{ adapters },
		adapters.length === 0 ? none : [adapterTable(adapters, models), ...problems].join('\n'),
	);
	return exitCode.done;
}

async function importAdapter(
	context: CommandContext,
	path: string,
	{ base, name, licence }: ImportOptions,
): Promise<number> {
	const adapter = await withApplication(context, async (client) =>
		client.adapters.import({
			path: resolve(path),
			...(base === undefined ? {} : { modelFileId: (await knownModel(client, base)).id }),
			...(name === undefined ? {} : { name }),
			...(licence === undefined ? {} : { licenceNote: licence }),
		}),
	);
	context.output.result({ adapter }, adapterTable([adapter]));
	return exitCode.done;
}

function mergeTypeOf(text: string): MergeType {
	const found = mergeTypes.find((type) => type === text.toUpperCase());
	if (found !== undefined) return found;
	throw new UsageError(`unknown type "${text}"; choose ${mergeTypes.join(', ')}, and --quantise for a smaller file`);
}

async function mergeAdapters(context: CommandContext, model: string, options: MergeOptions): Promise<number> {
	const type = mergeTypeOf(options.type);
	const quantise = (options.quantise?.split(',') ?? []).map((text) => {
		const found = quantizeTypeOf(text.trim());
		if (found !== null) return found;
		throw new UsageError(`unknown type "${text.trim()}"; try Q4_K_M, Q5_K_M, Q6_K or Q8_0`);
	});
	const file = await withApplication(context, async (client) => {
		const base = await knownModel(client, model);
		if (!/^(F32|F16|BF16)$/.test(base.quantization)) {
			context.output.note(
				`${base.name} is ${base.quantization}: its quantisation error stays in the merged file, and quantising that file adds more`,
			);
		}
		const adapters = (await adaptersNamed(client, options.adapter)) ?? [];
		if (adapters.length === 0) throw new UsageError('name at least one adapter to merge');
		const path = options.out === undefined ? {} : { path: resolve(options.out) };
		const started = await client.adapters.merge({ ...path, modelFileId: base.id, adapters, type, quantise });
		if ((await followJob(client, started.job, 'merging', context)) === null) return null;
		for (const job of (await client.jobs.list()).jobs) {
			if (job.kind === 'quantise' && job.endedAt === null) await followJob(client, job, 'quantising', context);
		}
		return (await client.models.list()).models.find((one) => one.path === started.path) ?? null;
	});
	if (context.interrupt.signal.aborted) return exitCode.interrupted;
	if (file === null) {
		throw new Failure({
			code: 'merge-failed',
			message: 'The merged model is not in the library.',
			next: ['Try again'],
		});
	}
	context.output.result(
		{ model: file },
		`${file.name} ${file.quantization}, ${formatBytes(file.sizeBytes)}: ${file.path}`,
	);
	return exitCode.done;
}

async function exportAdapter(context: CommandContext, name: string, path: string, format: string): Promise<number> {
	if (format !== 'gguf' && format !== 'peft') throw new UsageError('--format is gguf or peft');
	const written = await withApplication(context, async (client) => {
		const { id } = await named(client, name);
		return client.adapters.export({ id, format, path: resolve(path) });
	});
	context.output.result(written, `${written.path}, ${formatBytes(written.bytes)}`);
	return exitCode.done;
}

async function renameAdapter(context: CommandContext, name: string, to: string): Promise<number> {
	const adapter = await withApplication(context, async (client) =>
		client.adapters.change({ id: (await named(client, name)).id, name: to }),
	);
	context.output.result({ adapter }, adapterTable([adapter]));
	return exitCode.done;
}

async function removeAdapter(context: CommandContext, name: string): Promise<number> {
	const { adapter, freedBytes } = await withApplication(context, async (client) => {
		const found = await named(client, name);
		return { adapter: found, ...(await client.adapters.remove({ id: found.id })) };
	});
	context.output.result(
		{ adapter, freedBytes },
		`${adapter.name} is no longer in the library; ${formatBytes(freedBytes)} freed`,
	);
	return exitCode.done;
}
