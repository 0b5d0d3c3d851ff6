import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { kvTypeSchema } from '../../../../models/contract/load.ts';
import type { Fit, FitChange } from '../../../contract/model/fit.ts';
import { resolveModel } from '../../../library/resolve-model.ts';
import type { Client } from '../../ownership/attach.ts';
import type { CommandContext } from '../command.ts';
import { exitCode } from '../exit-code.ts';
import { withApplication } from '../session.ts';
import { table } from '../table.ts';
import { UsageError } from '../usage-error.ts';
import { knownModel } from './choose-model.ts';

export interface FitOptions {
	readonly context?: string;
	readonly kv?: string;
	readonly flashAttention: boolean;
}

const verdicts = { fits: 'fits', tight: 'is tight', 'wont-fit': 'will not fit' } as const;

function changeOf({ context, kv, flashAttention }: FitOptions): FitChange {
	const contextSize = Number(context);
	if (context !== undefined && !(Number.isInteger(contextSize) && contextSize >= 128)) {
		throw new UsageError(`--context takes a number of tokens from 128 on, not "${context}"`);
	}
	const type = kvTypeSchema.safeParse(kv?.toUpperCase());
	if (kv !== undefined && !type.success) {
		throw new UsageError(`--kv takes ${kvTypeSchema.options.join(', ')}, not "${kv}"`);
	}
	return {
		...(context === undefined ? {} : { contextSize }),
		...(type.data === undefined ? {} : { keyType: type.data, valueType: type.data }),
		...(flashAttention ? {} : { flashAttention: 'off' as const }),
	};
}

/** A model of the library by name, or any file by its path, which is not added. */
async function fitOf(client: Client, text: string, change: FitChange): Promise<{ name: string; fit: Fit }> {
	const { models } = await client.models.list();
	const known = resolveModel(models, text);
	if (!known && existsSync(text)) {
		return { name: text, fit: await client.models.fitFile({ path: resolve(text), change }) };
	}
	const model = known || (await knownModel(client, text));
	return { name: `${model.name} ${model.quantization}`, fit: await client.models.fit({ id: model.id, change }) };
}

const gigabytes = (value: number): string => `${(value / 1e9).toFixed(2)} GB`;

/** `assay models fit <model>`: what it will take of this computer's memory, and what would free some. */
export async function fitModel(context: CommandContext, text: string, options: FitOptions): Promise<number> {
	const change = changeOf(options);
	const { name, fit } = await withApplication(context, (client) => fitOf(client, text, change));
	const { contextSize, keyType, valueType } = fit.options;
	const rows = [
		...fit.parts.map(({ kind, bytes, where }) => [where === 'vram' ? `${kind} (GPU)` : kind, gigabytes(bytes)]),
		['kept free', gigabytes(fit.headroomBytes)],
		['sum', gigabytes(fit.sumBytes)],
	];
	const cache = keyType === valueType ? keyType : `${keyType} and ${valueType}`;
	const spare =
		fit.spareBytes < 0 ? `${gigabytes(-fit.spareBytes)} are missing` : `${gigabytes(fit.spareBytes)} to spare`;
	const levers = fit.levers.map(({ change: lever, freesBytes, verdict }) => {
		const what =
			typeof lever.contextSize === 'number' ? `--context ${lever.contextSize}` : `--kv ${lever.keyType ?? 'F16'}`;
		return `  ${what} frees ${gigabytes(freesBytes)} and ${verdicts[verdict]}`;
	});
	const lines = [
		`${name} ${verdicts[fit.verdict]}: ${gigabytes(fit.sumBytes)} of ${gigabytes(fit.freeBytes)} free, ${spare}`,
		`with a context of ${contextSize} tokens and a KV cache of ${cache}`,
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
	context.output.result({ model: name, fit }, lines.join('\n'));
	return exitCode.done;
}
