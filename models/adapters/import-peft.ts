import { readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { Failure } from '../contract/failure.ts';
import type { GgufFacts } from '../contract/gguf.ts';
import { type Said, said } from '../contract/said.ts';
import { withModelFile } from '../gguf/read-gguf.ts';
import { type AdapterContent, type AdapterPair, checkFinite } from './adapter-content.ts';
import { adapterUnsuitable, parseAdapterConfig } from './adapter-facts.ts';
import { isMlxConfig, readMlx } from './import-mlx.ts';
import { ggufNameOf, headsOf, knownArchitectures, peftArchitecture, permuteRows } from './peft-names.ts';
import { readSafeTensor, readSafeTensors, type SafeTensor } from './safetensors.ts';

const mostConfigBytes = 1_000_000;

const alphaSchema = z.number().positive().max(1e6);

/** What decides how the numbers of the file are meant. */
const configSchema = z.object({
	peft_type: z.string(),
	r: z.int().min(1).max(65_536),
	lora_alpha: alphaSchema,
	use_rslora: z.boolean().nullish(),
	use_dora: z.boolean().nullish(),
	fan_in_fan_out: z.boolean().nullish(),
	bias: z.string().nullish(),
	lora_bias: z.boolean().nullish(),
	modules_to_save: z.array(z.string()).nullish(),
	trainable_token_indices: z.unknown().optional(),
	init_lora_weights: z.union([z.boolean(), z.string()]).nullish(),
	alpha_pattern: z.record(z.string(), alphaSchema).nullish(),
	base_model_name_or_path: z.string().nullish(),
});

type Config = z.infer<typeof configSchema>;

/** An adapter of PEFT or MLX-LM whose configuration was read. */
export interface PeftAdapter {
	/** The safetensors file. */
	readonly path: string;
	readonly config: Config;
	/** The configuration as it is. */
	readonly text: string;
	readonly tensors: readonly SafeTensor[];
	/** Whether rows are columns, as MLX-LM writes them. */
	readonly isTransposed: boolean;
}

/** Starts of training that change the base too: the adapter alone is not what was trained. */
const baseChanging = /^(pissa|olora|loftq|corda)/i;

/** Returns why the adapter is more, or other, than pairs of matrices; null if it is not. */
function obstacleOf(config: Config): Said | null {
	const saved = config.modules_to_save ?? [];
	if (config.peft_type.toUpperCase() !== 'LORA')
		return said`it is an adapter of the kind “${config.peft_type}”, not LoRA`;
	if (config.use_dora === true) return said`it was trained with DoRA, which llama.cpp can’t apply`;
	if (saved.length > 0) return said`it replaces whole weights (modules_to_save: ${saved.slice(0, 5).join(', ')})`;
	if (config.lora_bias === true || (config.bias ?? 'none') !== 'none') return said`it changes biases too`;
	if (config.fan_in_fan_out === true) return said`its weights are transposed (fan_in_fan_out)`;
	if (config.trainable_token_indices != null) return said`it changes single tokens (trainable_token_indices)`;
	if (typeof config.init_lora_weights === 'string' && baseChanging.test(config.init_lora_weights)) {
		return said`it was trained with ${config.init_lora_weights}, which changes the model itself`;
	}
	return null;
}

/**
 * Reads the configuration and the list of weights of a PEFT folder, or one of MLX-LM. Throws Failure `adapter-unsuitable`,
 * `safetensors-damaged`, and those of files that can't be read.
 */
export async function readPeft(folder: string): Promise<PeftAdapter> {
	const configPath = join(folder, 'adapter_config.json');
	const size = (await stat(configPath).catch(() => null))?.size ?? null;
	if (size === null) throw adapterUnsuitable(folder, said`it has no adapter_config.json`);
	if (size > mostConfigBytes) throw adapterUnsuitable(folder, said`its adapter_config.json is far too large`);
	const text = await readFile(configPath, 'utf8');
	let json: unknown;
	try {
		json = JSON.parse(text);
	} catch {
		throw adapterUnsuitable(folder, said`its adapter_config.json is not JSON`);
	}
	if (isMlxConfig(json)) return { ...(await readMlx(folder, json)), text, isTransposed: true };
	const config = parseAdapterConfig(configSchema, folder, json);
	const obstacle = obstacleOf(config);
	if (obstacle !== null) throw adapterUnsuitable(folder, obstacle);
	const path = join(folder, 'adapter_model.safetensors');
	const pickled = (await stat(join(folder, 'adapter_model.bin')).catch(() => null)) !== null;
	if (pickled && (await stat(path).catch(() => null)) === null) {
		throw adapterUnsuitable(
			folder,
			said`its weights are in adapter_model.bin, which can run programs; save them as safetensors`,
		);
	}
	return { path, config, text, tensors: await readSafeTensors(path), isTransposed: false };
}

const suffix = /\.lora_(A|B)(?:\.[\w-]+)?\.weight$/;
const tableSuffix = /\.lora_embedding_(A|B)(?:\.[\w-]+)?$/;

/** Pairs the tensors by their module. */
function modulesOf({ path, tensors }: PeftAdapter): ReadonlyMap<string, { A?: SafeTensor; B?: SafeTensor }> {
	const modules = new Map<string, { A?: SafeTensor; B?: SafeTensor }>();
	for (const tensor of tensors) {
		if (tableSuffix.test(tensor.name)) throw adapterUnsuitable(path, said`it changes the table of tokens`);
		const half = suffix.exec(tensor.name)?.[1] as 'A' | 'B' | undefined;
		if (half === undefined) {
			throw adapterUnsuitable(path, said`it holds “${tensor.name.slice(0, 200)}”, which is not half of a LoRA pair`);
		}
		const module = tensor.name.replace(suffix, '');
		modules.set(module, { ...modules.get(module), [half]: tensor });
	}
	if (modules.size === 0) throw adapterUnsuitable(path, said`it holds no weights`);
	return modules;
}

/** Returns the alpha of a module: its own by the ending of its name, or that of all. */
function alphaOf({ config: { alpha_pattern: own, lora_alpha: usual }, path }: PeftAdapter, module: string): number {
	for (const [key, alpha] of Object.entries(own ?? {})) {
		if (!/^[\w.]+$/.test(key))
			throw adapterUnsuitable(path, said`its alpha_pattern “${key.slice(0, 100)}” is not a plain name`);
		if (module === key || module.endsWith(`.${key}`)) return alpha;
	}
	return usual;
}

/** Turns a matrix of rows of `width` numbers into one of its columns. */
function transpose(values: Float32Array, width: number): Float32Array {
	const height = values.length / width;
	return values.map((_, index) => values[(index % height) * width + Math.floor(index / height)] ?? 0);
}

/** The adapter can't be converted for this base, and perhaps for another. */
export class BaseObstacle extends Failure {
	readonly reason: Said;

	constructor(reason: Said) {
		super({ code: 'adapter-unsuitable', message: reason, next: [] });
		this.reason = reason;
	}
}

/**
 * Converts a PEFT adapter for a base: names, and the order of rows, are those of its GGUF file. One alpha stands for the
 * scales of all weights; where a weight's differs (rank, alpha_pattern, rsLoRA), its B is scaled. Throws `BaseObstacle`,
 * and Failure `adapter-unsuitable` if no base could be meant.
 */
export async function convertPeft(
	adapter: PeftAdapter,
	base: Pick<GgufFacts, 'architecture' | 'headCount' | 'headCountKv'>,
): Promise<AdapterContent> {
	const { path, config, isTransposed } = adapter;
	const known = peftArchitecture(base.architecture);
	if (known === null) {
		throw new BaseObstacle(
			said`Assay can’t convert adapters of the architecture “${base.architecture}”, only of ${knownArchitectures.join(', ')}`,
		);
	}
	const heads = { query: base.headCount ?? 0, key: base.headCountKv ?? base.headCount ?? 0 };
	const pairs: AdapterPair[] = [];
	let alpha: number | null = null;
	await withModelFile(path, async (handle) => {
		for (const [module, { A, B }] of modulesOf(adapter)) {
			const target = ggufNameOf(known, module);
			if (target === null) {
				throw new BaseObstacle(said`it changes “${module.slice(0, 200)}”, which Assay doesn’t know`);
			}
			if (A === undefined || B === undefined) throw adapterUnsuitable(path, said`the weights “${module}” have no pair`);
			const [rank = 0, inputs = 0] = isTransposed ? A.shape.toReversed() : A.shape;
			const [outputs = 0, rankOfB = 0] = isTransposed ? B.shape.toReversed() : B.shape;
			if (A.shape.length !== 2 || B.shape.length !== 2 || rank !== rankOfB) {
				throw adapterUnsuitable(path, said`the two halves of “${module}” don’t fit each other`);
			}
			const width = Math.min(inputs, outputs);
			if (rank < 1 || rank > width) {
				throw adapterUnsuitable(path, said`the rank of “${module}” is ${rank}, above its width of ${width}`);
			}
			const read = async (tensor: SafeTensor): Promise<Float32Array> => {
				const values = await readSafeTensor(handle, tensor);
				return isTransposed ? transpose(values, tensor.shape[1] ?? 0) : values;
			};
			const a = await read(A);
			let b = await read(B);
			checkFinite(path, module, a, b);
			const scale = alphaOf(adapter, module) / (config.use_rslora === true ? Math.sqrt(rank) : rank);
			alpha ??= scale * rank;
			const factor = scale / (alpha / rank);
			if (Math.abs(factor - 1) > 1e-9) {
				b = b.map((value) => value * factor);
				checkFinite(path, module, b);
			}
			const ownHeads = headsOf(known, target, heads);
			if (ownHeads !== null) {
				if (ownHeads < 1 || outputs % (2 * ownHeads) !== 0) {
					throw new BaseObstacle(said`“${module}” has ${outputs} rows, which ${ownHeads} heads can’t share`);
				}
				b = permuteRows(b, outputs, ownHeads);
			}
			pairs.push({ target, inputs, outputs, rank, a, b });
		}
	});
	const name = config.base_model_name_or_path ?? '';
	return {
		architecture: base.architecture,
		alpha: alpha ?? config.lora_alpha,
		baseName: name === '' ? null : basename(name).slice(0, 100),
		pairs,
	};
}
