import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Gpu, GpuLayers } from '../../../../models/contract/gpu.ts';
import { kvTypeSchema } from '../../../../models/contract/load.ts';
import type { Fit, FitChange } from '../../../contract/library/fit.ts';
import type { ComputeDevice } from '../../../contract/library/schema.ts';
import { resolveModel } from '../../../library/resolve-model.ts';
import type { Client } from '../../transport/rpc-client.ts';
import { knownModel } from '../choose-model.ts';
import type { CommandContext } from '../command.ts';
import { exitCode, UsageError } from '../exit-codes.ts';
import { table } from '../table.ts';
import { withApplication } from '../with-application.ts';

export interface FitOptions {
	readonly context?: string;
	readonly kv?: string;
	readonly flashAttention: boolean;
	readonly gpu?: Gpu;
	readonly gpuLayers?: GpuLayers;
}

const verdicts = { fits: 'fits', tight: 'is tight', 'wont-fit': 'does not fit' } as const;

function changeOf({ context, kv, flashAttention, gpu, gpuLayers }: FitOptions): FitChange {
	const contextSize = Number(context);
	if (context !== undefined && !(Number.isInteger(contextSize) && contextSize >= 128)) {
		throw new UsageError(`--context takes a number of tokens, at least 128, not "${context}"`);
	}
	const type = kvTypeSchema.safeParse(kv?.toUpperCase());
	if (kv !== undefined && !type.success) {
		throw new UsageError(`--kv takes ${kvTypeSchema.options.join(', ')}, not "${kv}"`);
	}
	return {
		...(context === undefined ? {} : { contextSize }),
		...(type.data === undefined ? {} : { keyType: type.data, valueType: type.data }),
		...(flashAttention ? {} : { flashAttention: 'off' as const }),
		...(gpu === undefined ? {} : { gpu, gpuLayers: 'auto' as const }),
		...(gpuLayers === undefined ? {} : { gpuLayers }),
	};
}

/** Estimates a model of the library by name, or any file by its path, without adding it. */
async function fitOf(client: Client, text: string, change: FitChange): Promise<{ name: string; fit: Fit }> {
	const { models } = await client.models.list();
	const known = resolveModel(models, text);
	if (!known && existsSync(text)) {
		return { name: text, fit: await client.models.fitFile({ path: resolve(text), change }) };
	}
	const model = known || (await knownModel(client, text));
	return { name: `${model.name} ${model.quantization}`, fit: await client.models.fit({ id: model.id, change }) };
}

/** Returns why the requested GPU can't be used; null if it can, or none was requested. */
export function gpuAbsence(devices: readonly ComputeDevice[], gpu: Gpu | undefined): string | null {
	if (gpu === undefined || gpu === 'auto' || gpu === 'cpu') return null;
	const own = devices.filter(({ kind }) => kind === gpu);
	if (own.some(({ absent }) => absent === undefined)) return null;
	return own[0]?.absent ?? 'This computer has none.';
}

/** "on the GPU: 12 of 29 layers, 2.10 GB of 3.60 GB free there" */
function gpuLine({ gpu, vramBytes }: Fit): string[] {
	if (gpu === null) return [];
	const memory =
		gpu.freeBytes === null
			? 'shares the memory of the processor'
			: `${gigabytes(vramBytes)} of ${gigabytes(gpu.freeBytes)} free there`;
	return [`on the GPU: ${gpu.layers} of ${gpu.most} layers, ${memory}`];
}

const gigabytes = (value: number): string => `${(value / 1e9).toFixed(2)} GB`;

/** `assay models fit <model>`: how much of this computer's memory it takes, and what would free some. */
export async function fitModel(context: CommandContext, text: string, options: FitOptions): Promise<number> {
	const change = changeOf(options);
	const { name, fit, absence } = await withApplication(context, async (client) => {
		// Until the engine has reported its devices, an estimate counts only the processor.
		const { devices } = options.gpu === 'cpu' ? { devices: [] } : await client.models.devices();
		return { ...(await fitOf(client, text, change)), absence: gpuAbsence(devices, options.gpu) };
	});
	const { contextSize, keyType, valueType } = fit.options;
	const rows = [
		...fit.parts.map(({ kind, bytes, where }) => [where === 'vram' ? `${kind} (GPU)` : kind, gigabytes(bytes)]),
		['reserved for other programs', gigabytes(fit.headroomBytes)],
		['total', gigabytes(fit.sumBytes)],
	];
	const cache = keyType === valueType ? keyType : `${keyType} and ${valueType}`;
	const spare = fit.spareBytes < 0 ? `${gigabytes(-fit.spareBytes)} short` : `${gigabytes(fit.spareBytes)} to spare`;
	const levers = fit.levers.map(({ change: lever, freesBytes, verdict }) => {
		const what =
			typeof lever.contextSize === 'number' ? `--context ${lever.contextSize}` : `--kv ${lever.keyType ?? 'F16'}`;
		return `  ${what} frees ${gigabytes(freesBytes)}, then it ${verdicts[verdict]}`;
	});
	const lines = [
		`${name} ${verdicts[fit.verdict]}: ${gigabytes(fit.sumBytes)} of ${gigabytes(fit.freeBytes)} free, ${spare}`,
		`with a context of ${contextSize} tokens and a KV cache of ${cache}`,
		...gpuLine(fit),
		'',
		table(['PART', 'MEMORY'], rows),
		...(levers.length > 0 ? ['', ...levers] : []),
		...(fit.last === null
			? []
			: [
					'',
					`last load: estimated ${gigabytes(fit.last.predictedBytes)}, measured ${gigabytes(fit.last.measuredBytes)}`,
				]),
	];
	if (absence !== null) lines.push('', `warning: this estimate counts the processor alone. ${absence}`);
	context.output.result({ model: name, fit, ...(absence === null ? {} : { gpuAbsent: absence }) }, lines.join('\n'));
	return exitCode.done;
}
