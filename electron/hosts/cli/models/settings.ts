import { type Command, InvalidArgumentError, Option } from 'commander';
import { engineLabels, engineSpeeds, nodeLlamaCppLimits } from '../../../../models/contract/engine-names.ts';
import type { Gpu, GpuLayers } from '../../../../models/contract/gpu.ts';
import { type KvType, kvTypes, type LoraAdapter } from '../../../../models/contract/load.ts';
import {
	canAdapt,
	canDraft,
	hasRotaryPositions,
	longestContext,
	maxParallelAnswers,
	needsFlashAttention,
	ropeLimits,
} from '../../../../models/contract/load-limits.ts';
import type { ModelFile, ModelOptions } from '../../../contract/library/schema.ts';
import type { Client } from '../../transport/rpc-client.ts';
import { cacheTypeOf } from '../cache-type-option.ts';
import { chooseModel, knownModel } from '../choose-model.ts';
import { type AddCommands, type CommandContext, examples, numberBetween, wholeNumber } from '../command.ts';
import { exitCode, UsageError } from '../exit-codes.ts';
import { gpuLayersOption, gpuOption } from '../gpu-option.ts';
import { collect, listOf } from '../list-option.ts';
import { table } from '../table.ts';
import { withApplication } from '../with-application.ts';
import { gpuAbsence } from './fit.ts';

type Auto<T> = T | 'auto';
type Switched = 'on' | 'off';

/** Options that commander reads for `assay models settings`; missing ones stay unchanged. */
interface SettingsOptions {
	readonly context?: Auto<number>;
	readonly threads?: Auto<number>;
	readonly answers?: Auto<number>;
	readonly batch?: Auto<number>;
	readonly kv?: Auto<{ readonly keyType: KvType; readonly valueType: KvType }>;
	readonly flashAttention?: Auto<Switched>;
	readonly map?: Switched;
	readonly lock?: Switched;
	readonly ropeScale?: Auto<number>;
	readonly ropeBase?: Auto<number>;
	readonly gpu?: Gpu;
	readonly gpuLayers?: GpuLayers;
	readonly lora?: readonly string[];
	readonly draft?: string;
	readonly engine?: NonNullable<ModelOptions['engine']>;
	readonly reset: boolean;
}

/** The settings after the change, and which others changed with them. */
export interface ChangedSettings {
	readonly options: ModelOptions;
	readonly notes: readonly string[];
}

/** Drops options that are decided at each load. */
function withoutAutomatic(options: object): ModelOptions {
	return Object.fromEntries(
		Object.entries(options).filter(([, value]) => value !== undefined && value !== 'auto'),
	) as ModelOptions;
}

/** Returns the given options under the engine's names; undefined means automatic. */
function optionsNamed(wanted: SettingsOptions): ModelOptions {
	const { context, threads, answers, batch, kv, flashAttention, map, lock, gpu, gpuLayers, engine } = wanted;
	return {
		...(context === undefined ? {} : { contextSize: context }),
		...(threads === undefined ? {} : { threads }),
		...(answers === undefined ? {} : { parallelAnswers: answers }),
		...(batch === undefined ? {} : { batchSize: batch === 'auto' ? undefined : batch }),
		...(kv === undefined ? {} : kv === 'auto' ? { keyType: undefined, valueType: undefined } : kv),
		...(flashAttention === undefined ? {} : { flashAttention }),
		...(map === undefined ? {} : { mapWeights: map === 'off' ? false : undefined }),
		...(lock === undefined ? {} : { lockMemory: lock === 'on' ? true : undefined }),
		...(gpu === undefined ? {} : { gpu, gpuLayers: undefined }),
		...(gpuLayers === undefined ? {} : { gpuLayers }),
		...(engine === undefined ? {} : { engine }),
	};
}

function ropeOf(model: ModelFile, before: ModelOptions['rope'], { ropeScale, ropeBase }: SettingsOptions) {
	if (ropeScale === undefined && ropeBase === undefined) return {};
	if (!hasRotaryPositions(model.architecture)) {
		throw new UsageError(
			`${model.architecture} models have no rotary positions: leave --rope-scale and --rope-base out`,
		);
	}
	const rope = withoutAutomatic({
		...before,
		...(ropeScale === undefined ? {} : { frequencyScale: ropeScale }),
		...(ropeBase === undefined ? {} : { frequencyBase: ropeBase }),
	});
	return { rope: Object.keys(rope).length === 0 ? undefined : rope };
}

async function adaptersOf(client: Client, model: ModelFile, lora: readonly string[] | undefined) {
	if (lora === undefined) return {};
	if (lora.length === 1 && lora[0] === 'none') return { adapters: undefined };
	const adapters: LoraAdapter[] = [];
	for (const text of lora) {
		const { name = text, scale } = /^(?<name>.+):(?<scale>-?\d+(?:\.\d+)?)$/.exec(text)?.groups ?? {};
		const file = await chooseModel(client, name);
		if (!canAdapt(model, file))
			throw new UsageError(`${file.name} is not a LoRA adapter for ${model.architecture} models`);
		if (adapters.some(({ path }) => path === file.path)) throw new UsageError(`${file.name} is named twice`);
		const factor = Number(scale ?? 1);
		if (factor < 0 || factor > 2) throw new UsageError(`the scale of ${file.name} must be from 0 to 2, not ${factor}`);
		adapters.push({ path: file.path, scale: factor });
	}
	if (adapters.length > 8) throw new UsageError('at most 8 adapters can be stacked');
	return { adapters };
}

async function draftingOf(client: Client, model: ModelFile, draft: string | undefined) {
	if (draft === undefined) return {};
	if (draft === 'off') return { drafting: undefined };
	if (draft === 'lookup') return { drafting: 'lookup' as const };
	const file = await chooseModel(client, draft);
	if (canDraft(model, file)) return { drafting: { path: file.path } };
	throw new UsageError(
		`${file.name} can’t be the draft model of ${model.name}: that takes a ${model.architecture} model with at most a third of its parameters`,
	);
}

async function requireDevice(client: Client, gpu: Gpu | undefined): Promise<void> {
	if (gpu === undefined || gpu === 'auto' || gpu === 'cpu') return;
	const absence = gpuAbsence((await client.models.devices()).devices, gpu);
	if (absence !== null) throw new UsageError(`--gpu ${gpu} can’t be used here: ${absence}`);
}

function requireContext(model: ModelFile, { contextSize, rope }: ModelOptions): void {
	const most = longestContext(model.contextLength, rope);
	if (typeof contextSize !== 'number' || most === null || contextSize <= most) return;
	throw new UsageError(`${model.name} takes a context of at most ${most} tokens, not ${contextSize}`);
}

/** A quantised KV cache and disabled flash attention exclude each other: the option given last wins. */
function withoutContradiction(options: ModelOptions, wanted: SettingsOptions): ChangedSettings {
	const { keyType, valueType, flashAttention, ...rest } = options;
	const blocks = needsFlashAttention(valueType);
	if (!blocks || flashAttention !== 'off') return { options, notes: [] };
	const cache = typeof wanted.kv === 'object';
	if (cache && wanted.flashAttention === 'off') {
		throw new UsageError(`a KV cache of ${valueType} needs flash attention: leave --flash-attention off out`);
	}
	return cache
		? {
				options: withoutAutomatic({ ...rest, keyType, valueType }),
				notes: [`Flash attention is automatic again: a KV cache of ${valueType} needs it.`],
			}
		: {
				options: { ...rest, flashAttention },
				notes: [`The KV cache is F16 again: one of ${valueType} needs flash attention.`],
			};
}

/** Applies the given options to a model's settings. Throws UsageError for settings that it can't be loaded with. */
async function changeSettings(
	client: Client,
	model: ModelFile,
	before: ModelOptions,
	wanted: SettingsOptions,
): Promise<ChangedSettings> {
	const kept = wanted.reset ? {} : before;
	await requireDevice(client, wanted.gpu);
	const options = withoutAutomatic({
		...kept,
		...optionsNamed(wanted),
		...ropeOf(model, kept.rope, wanted),
		...(await adaptersOf(client, model, wanted.lora)),
		...(await draftingOf(client, model, wanted.draft)),
	});
	requireContext(model, options);
	return withoutContradiction(options, wanted);
}

const onOff = (on: boolean): string => (on ? 'on' : 'off');

function nameOf(files: readonly ModelFile[], path: string): string {
	return files.find((file) => file.path === path)?.name ?? path;
}

function cacheWords({ keyType = 'F16', valueType = keyType }: ModelOptions): string {
	return keyType === valueType ? keyType : `${keyType} for keys, ${valueType} for values`;
}

function draftingWords({ drafting = 'off' }: ModelOptions, files: readonly ModelFile[]): string {
	if (typeof drafting === 'object') return `with ${nameOf(files, drafting.path)}`;
	return drafting === 'lookup' ? 'prompt lookup' : 'off';
}

/** Formats every setting with its value, in the words of the app; * marks those that were set. */
function settingsTable(options: ModelOptions, files: readonly ModelFile[]): string {
	const { rope = {}, adapters = [] } = options;
	const own = (...values: unknown[]): string => (values.some((value) => value !== undefined) ? '*' : '');
	const rows: readonly (readonly [string, string, string])[] = [
		[own(options.gpu), 'runs on', options.gpu ?? 'automatic'],
		[own(options.gpuLayers), 'layers on the GPU', String(options.gpuLayers ?? 'automatic: as many as fit')],
		[
			own(options.contextSize),
			'context size, tokens',
			String(options.contextSize ?? 'automatic: up to 8192, less where memory is short'),
		],
		[own(options.keyType, options.valueType), 'KV cache', cacheWords(options)],
		[own(options.flashAttention), 'flash attention', options.flashAttention ?? 'automatic'],
		[own(options.threads), 'threads', String(options.threads ?? 'automatic')],
		[own(options.parallelAnswers), 'parallel answers', String(options.parallelAnswers ?? 'up to 8')],
		[own(options.batchSize), 'batch size, tokens', String(options.batchSize ?? 512)],
		[own(options.mapWeights), 'memory-map the weights', onOff(options.mapWeights ?? true)],
		[own(options.lockMemory), 'lock the weights in memory', onOff(options.lockMemory ?? false)],
		[own(rope.frequencyScale), 'frequency scale (RoPE)', String(rope.frequencyScale ?? 'the file’s')],
		[own(rope.frequencyBase), 'base frequency (RoPE)', String(rope.frequencyBase ?? 'the file’s')],
		[own(options.engine), 'engine', options.engine ?? 'automatic: llama.cpp’s C API where it can be used'],
		[own(options.drafting), 'speculative decoding', draftingWords(options, files)],
		[
			own(options.adapters),
			'LoRA adapters',
			adapters.map(({ path, scale }) => `${nameOf(files, path)} at ${scale}`).join(', ') || 'none',
		],
	];
	return table(['', 'SETTING', 'VALUE'], rows);
}

/** Says what node-llama-cpp does not do, and how fast each engine was here. */
function engineRemarks(speeds: ReturnType<typeof engineSpeeds>): readonly string[] {
	const measured = speeds.map(
		({ name, tokensPerSecond }) => `${engineLabels[name]} ${tokensPerSecond.toFixed(1)} tokens/s`,
	);
	return [
		...nodeLlamaCppLimits.map(({ reason }) => reason),
		...(measured.length === 0 ? [] : [`Measured here: ${measured.join(', ')}.`]),
	];
}

/** Parses a value with `read`, or the word for a value decided at each load. */
function orAuto<T>(read: (text: string) => T): (text: string) => T | 'auto' {
	return (text) => (text === 'auto' ? text : read(text));
}

/** "Q8_0" for both halves of the cache, or "Q8_0,Q4_0" for keys and values. */
function cacheTypes(text: string): SettingsOptions['kv'] {
	const [keyType, valueType = keyType, ...more] = listOf(cacheTypeOf)(text);
	if (keyType === undefined || valueType === undefined || more.length > 0) {
		throw new InvalidArgumentError('It must be a type, or that of the keys and that of the values.');
	}
	return { keyType, valueType };
}

const switched = (flags: string, what: string): Option => new Option(flags, what).choices(['on', 'off']);

/** `assay models settings <model>`: how the model is loaded here. */
export const addSettings: AddCommands = (models, execute) => {
	const { scale, base } = ropeLimits;
	models
		.command('settings <model>')
		.description('show or change how a model is loaded; auto lets each load decide')
		.option('--context <tokens|auto>', 'context size', orAuto(wholeNumber(128)))
		.option('--threads <n|auto>', 'inference threads', orAuto(wholeNumber(1, 256)))
		.option('--answers <n|auto>', 'parallel answers', orAuto(wholeNumber(1, maxParallelAnswers)))
		.option('--batch <tokens|auto>', 'prompt tokens per batch', orAuto(wholeNumber(32, 4096)))
		.option('--kv <type|auto>', `type of the KV cache, or keys,values: ${kvTypes.join(', ')}`, orAuto(cacheTypes))
		.addOption(
			new Option('--flash-attention <when>', 'required by a quantised KV cache').choices(['auto', 'on', 'off']),
		)
		.addOption(switched('--map <on|off>', 'memory-map the weights, or copy them into memory'))
		.addOption(switched('--lock <on|off>', 'never swap the weights out'))
		.option(
			'--rope-scale <n|auto>',
			'RoPE frequency scale; 0.5 doubles the context',
			orAuto(numberBetween(scale.min, scale.max)),
		)
		.option('--rope-base <n|auto>', 'RoPE base frequency', orAuto(numberBetween(base.min, base.max)))
		.addOption(gpuOption())
		.addOption(gpuLayersOption())
		.option(
			'--lora <adapter[:scale]>',
			'LoRA adapter, replaces those before; repeat for several, none for no adapter',
			collect,
		)
		.option('--draft <model>', 'speculative decoding with a smaller model, with lookup (prompt lookup), or off')
		.addOption(new Option('--engine <engine>', 'engine that answers').choices(['auto', 'node-llama-cpp']))
		.option('--reset', 'reset all settings to automatic before applying the other options', false)
		.addHelpText(
			'after',
			examples(
				'models settings SmolLM2',
				'models settings SmolLM2 --context 4096 --kv Q8_0 --threads 2',
				'models settings SmolLM2 --lora poems.gguf:0.8 --draft lookup',
				'models settings SmolLM2 --engine node-llama-cpp',
				'models settings SmolLM2 --reset --json',
			),
		)
		.action((text: string, options: SettingsOptions, command: Command) =>
			execute(command, (context) => settings(context, text, options)),
		);
};

async function settings(context: CommandContext, text: string, wanted: SettingsOptions): Promise<number> {
	const { model, options, reload, files, notes, speeds } = await withApplication(context, async (client) => {
		const chosen = await knownModel(client, text);
		if (chosen.kind !== 'model') throw new UsageError(`${chosen.name} can’t be loaded by itself`);
		const { options: before } = await client.models.options({ id: chosen.id });
		const { options: after, notes: changes } = await changeSettings(client, chosen, before, wanted);
		const answer = isSame(before, after)
			? { options: before, reload: false }
			: await client.models.setOptions({ id: chosen.id, options: after });
		const { loads } = await client.models.history({ id: chosen.id });
		const { models } = await client.models.list();
		return { model: chosen, ...answer, notes: changes, files: models, speeds: engineSpeeds(loads) };
	});
	const { id, name } = model;
	const remarks = [
		...(options.engine === 'node-llama-cpp' ? engineRemarks(speeds) : []),
		...notes,
		...(reload ? ['The model is loaded with the previous settings; the next load uses these.'] : []),
	];
	context.output.result(
		{ model: { id, name }, options, reload, notes },
		[settingsTable(options, files), ...remarks].join('\n'),
	);
	return exitCode.done;
}

const isSame = (a: ModelOptions, b: ModelOptions): boolean => JSON.stringify(a) === JSON.stringify(b);
