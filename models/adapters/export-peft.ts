import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Failure } from '../contract/failure.ts';
import type { GgufFacts } from '../contract/gguf.ts';
import type { ExportAdapterTask } from '../contract/native/tasks.ts';
import { said } from '../contract/said.ts';
import { requireDiskSpace } from '../disk-space.ts';
import { readGgufFacts } from '../gguf/read-gguf.ts';
import { checkOutput, partPath } from '../native/output-file.ts';
import { type AdapterContent, readAdapter } from './adapter-content.ts';
import { headsOf, peftArchitecture, peftNameOf, permuteRows } from './peft-names.ts';
import { writeSafeTensors } from './safetensors.ts';

function notInPeft(what: string): Failure {
	return new Failure({
		code: 'adapter-not-for-peft',
		message: said`This adapter can’t be written for PEFT: Assay doesn’t know PEFT’s name of “${what}”.`,
		next: [said`Export it as GGUF`],
	});
}

/** Writes an adapter of the library for PEFT. Throws what `exportPeft` and `readAdapter` throw, and `disk-full`. */
export async function exportAdapter({
	adapter,
	base,
	baseName,
	output,
}: ExportAdapterTask): Promise<{ bytes: number }> {
	await checkOutput(output, adapter);
	const content = await readAdapter(adapter);
	const bytes = content.pairs.reduce((sum, { a, b }) => sum + a.byteLength + b.byteLength, 0);
	await requireDiskSpace(dirname(output), bytes);
	await exportPeft(output, content, await readGgufFacts(base), baseName);
	return { bytes };
}

/**
 * Writes an adapter as PEFT reads it, into a folder that does not exist yet: adapter_config.json and
 * adapter_model.safetensors. Whole or not at all. Throws Failure `adapter-not-for-peft`, `output-exists`.
 */
async function exportPeft(
	folder: string,
	{ architecture, alpha, pairs }: AdapterContent,
	base: Pick<GgufFacts, 'headCount' | 'headCountKv'>,
	baseName: string,
): Promise<void> {
	const known = peftArchitecture(architecture);
	if (known === null) throw notInPeft(architecture);
	const heads = { query: base.headCount ?? 0, key: base.headCountKv ?? base.headCount ?? 0 };
	const modules: { readonly name: string; readonly rank: number }[] = [];
	const tensors = pairs.flatMap(({ target, inputs, outputs, rank, a, b }) => {
		const name = peftNameOf(known, target);
		if (name === null) throw notInPeft(target);
		modules.push({ name, rank });
		const own = headsOf(known, target, heads);
		const rows = own === null ? b : permuteRows(b, outputs, own, true);
		return [
			{ name: `base_model.model.${name}.lora_A.weight`, shape: [rank, inputs], data: a },
			{ name: `base_model.model.${name}.lora_B.weight`, shape: [outputs, rank], data: rows },
		];
	});
	const rank = Math.max(...modules.map((module) => module.rank));
	const others = modules.filter((module) => module.rank !== rank);
	const ranks = Object.fromEntries(others.map((one) => [one.name, one.rank]));
	const config = {
		peft_type: 'LORA',
		task_type: 'CAUSAL_LM',
		base_model_name_or_path: baseName,
		inference_mode: true,
		r: rank,
		// 0 means a scale of 1 for every pair.
		lora_alpha: alpha === 0 ? rank : alpha,
		lora_dropout: 0,
		bias: 'none',
		fan_in_fan_out: false,
		use_rslora: false,
		use_dora: false,
		modules_to_save: null,
		target_modules: [...new Set(modules.map(({ name }) => name.split('.').at(-1) ?? name))].sort(),
		// The scale of a weight is alpha / rank, so another rank has the same alpha.
		...(others.length === 0 ? {} : { rank_pattern: ranks }),
		...(others.length === 0 || alpha !== 0 ? {} : { alpha_pattern: ranks }),
	};
	const part = partPath(folder);
	await rm(part, { recursive: true, force: true });
	try {
		await mkdir(part);
		await writeSafeTensors(join(part, 'adapter_model.safetensors'), tensors, { format: 'pt' });
		await writeFile(join(part, 'adapter_config.json'), `${JSON.stringify(config, null, 2)}\n`);
		await rename(part, folder);
	} catch (error) {
		await rm(part, { recursive: true, force: true });
		throw error;
	}
}
