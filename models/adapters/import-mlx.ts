import { basename, join } from 'node:path';
import { z } from 'zod';
import { said } from '../contract/said.ts';
import { adapterUnsuitable, parseAdapterConfig } from './adapter-facts.ts';
import { readSafeTensors, type SafeTensor } from './safetensors.ts';

/** MLX-LM’s adapter_config.json. Its `scale` equals alpha divided by the rank. */
const configSchema = z.object({
	fine_tune_type: z.string().default('lora'),
	model: z.string().nullish(),
	lora_parameters: z.object({ rank: z.int().min(1).max(65_536), scale: z.number().positive().max(1e6) }),
});

/** The weights of MLX-LM’s adapters. */
const weightsName = 'adapters.safetensors';

/** Whether an adapter_config.json is MLX-LM’s, which has the same name as PEFT’s. */
export function isMlxConfig(json: unknown): boolean {
	return typeof json === 'object' && json !== null && 'lora_parameters' in json && !('peft_type' in json);
}

/** Reads an adapter of MLX-LM, named and scaled as by PEFT. Throws as `readPeft` does. */
export async function readMlx(
	folder: string,
	json: unknown,
): Promise<{
	readonly path: string;
	readonly config: { peft_type: string; r: number; lora_alpha: number; base_model_name_or_path: string | null };
	readonly tensors: readonly SafeTensor[];
}> {
	const { fine_tune_type: kind, model, lora_parameters: lora } = parseAdapterConfig(configSchema, folder, json);
	if (kind === 'dora') throw adapterUnsuitable(folder, said`it was trained with DoRA, which llama.cpp can’t apply`);
	if (kind !== 'lora') throw adapterUnsuitable(folder, said`it is an adapter of the kind “${kind}”, not LoRA`);
	const path = join(folder, weightsName);
	const tensors = await readSafeTensors(path);
	return {
		path,
		config: {
			peft_type: 'LORA',
			r: lora.rank,
			lora_alpha: lora.scale * lora.rank,
			base_model_name_or_path: model == null ? null : basename(model),
		},
		tensors: tensors.map((tensor) => ({ ...tensor, name: tensor.name.replace(/\.lora_([ab])$/, named) })),
	};
}

const named = (_: string, half: string): string => `.lora_${half.toUpperCase()}.weight`;
