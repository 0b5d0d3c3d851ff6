import type { Gpu, GpuLayers } from '../../../../../models/contract/gpu.ts';
import type { KvType, LoraAdapter } from '../../../../../models/contract/load.ts';
import {
	canAdapt,
	canDraft,
	hasRotaryPositions,
	longestContext,
	needsFlashAttention,
} from '../../../../../models/contract/load-limits.ts';
import type { ModelOptions } from '../../../../contract/model/own.ts';
import type { ModelFile } from '../../../../contract/model.ts';
import type { Client } from '../../../ownership/attach.ts';
import { UsageError } from '../../usage-error.ts';
import { chooseModel } from '../choose-model.ts';
import { gpuAbsence } from '../fit-model.ts';

type Auto<T> = T | 'auto';
type Switched = 'on' | 'off';

/** What commander reads for `assay models settings`; what is missing stays as it is. */
export interface SettingsOptions {
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
	readonly reset: boolean;
}

/** The settings after the change, and what else changed with it. */
export interface ChangedSettings {
	readonly options: ModelOptions;
	readonly notes: readonly string[];
}

/** Options without those that are left to each load. */
function withoutAutomatic(options: object): ModelOptions {
	return Object.fromEntries(
		Object.entries(options).filter(([, value]) => value !== undefined && value !== 'auto'),
	) as ModelOptions;
}

/** What was named, each under the name that the engine knows it by; undefined: automatic. */
function named(wanted: SettingsOptions): ModelOptions {
	const { context, threads, answers, batch, kv, flashAttention, map, lock, gpu, gpuLayers } = wanted;
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
			throw new UsageError(`${file.name} is no LoRA adapter for ${model.architecture} models`);
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
		`${file.name} can't guess for ${model.name}: it takes a ${model.architecture} model with at most a third of its parameters`,
	);
}

async function requireDevice(client: Client, gpu: Gpu | undefined): Promise<void> {
	if (gpu === undefined || gpu === 'auto' || gpu === 'cpu') return;
	const absence = gpuAbsence((await client.models.devices()).devices, gpu);
	if (absence !== null) throw new UsageError(`--gpu ${gpu} can't be used here: ${absence}`);
}

function requireContext(model: ModelFile, { contextSize, rope }: ModelOptions): void {
	const most = longestContext(model.contextLength, rope);
	if (typeof contextSize !== 'number' || most === null || contextSize <= most) return;
	throw new UsageError(`${model.name} takes a context of at most ${most} tokens, not ${contextSize}`);
}

/** A KV cache in blocks and flash attention that is off exclude each other: what was named last wins. */
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

/** The settings of a model after what was asked for. Throws UsageError for what it can't be loaded with. */
export async function changeSettings(
	client: Client,
	model: ModelFile,
	before: ModelOptions,
	wanted: SettingsOptions,
): Promise<ChangedSettings> {
	const kept = wanted.reset ? {} : before;
	await requireDevice(client, wanted.gpu);
	const options = withoutAutomatic({
		...kept,
		...named(wanted),
		...ropeOf(model, kept.rope, wanted),
		...(await adaptersOf(client, model, wanted.lora)),
		...(await draftingOf(client, model, wanted.draft)),
	});
	requireContext(model, options);
	return withoutContradiction(options, wanted);
}
