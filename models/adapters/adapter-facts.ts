import { basename } from 'node:path';
import type { z } from 'zod';
import { Failure } from '../contract/failure.ts';
import { type Said, said } from '../contract/said.ts';
import { float32Type, type GgufHeader } from '../gguf/header.ts';
import { numberOf, textOf } from '../gguf/model-facts.ts';
import { readGguf } from '../gguf/read-gguf.ts';

/** What a LoRA adapter changes, from the header of its GGUF file. */
export interface AdapterFacts {
	readonly architecture: string;
	/** The largest of its pairs: each may have its own. */
	readonly rank: number;
	/** 0: the scale of every pair is 1. */
	readonly alpha: number;
	/** Kinds of weights that it changes, e.g. "attn_q"; sorted. */
	readonly modules: readonly string[];
	/** Name of the model that it was made for; null: not stated. */
	readonly baseName: string | null;
	/** The weights that it changes, by their names in the base. */
	readonly targets: ReadonlyMap<string, AdapterTarget>;
}

/** Shape of one pair: `B · A` has `inputs` columns and `outputs` rows. */
export interface AdapterTarget {
	readonly inputs: number;
	readonly outputs: number;
	readonly rank: number;
	/** More than one: of experts. */
	readonly matrices: number;
}

/** Explains why a file can't be used as a LoRA adapter of the model. */
export function adapterUnsuitable(path: string, reason: string | Said, detail?: string): Failure {
	return new Failure({
		code: 'adapter-unsuitable',
		message: said`The LoRA adapter ${basename(path)} can’t be used here: ${reason}.`,
		next: [
			said`Choose an adapter made for this model`,
			said`Convert it again with convert_lora_to_gguf.py of llama.cpp`,
			said`Load the model without the adapter`,
		],
		...(detail === undefined ? {} : { detail }),
	});
}

/** Parses an adapter_config.json. Throws Failure `adapter-unsuitable`, which names the first field that is wrong. */
export function parseAdapterConfig<Config>(schema: z.ZodType<Config>, folder: string, json: unknown): Config {
	const { data, error } = schema.safeParse(json);
	if (data !== undefined) return data;
	const field = error?.issues[0]?.path.join('.') ?? '';
	throw adapterUnsuitable(folder, said`its adapter_config.json is not that of a LoRA adapter (${field})`);
}

/** Types that the numbers of an adapter may have: those that convert_lora_to_gguf.py writes. */
const types: ReadonlySet<string> = new Set(['F32', 'F16', 'BF16', 'Q8_0']);

/** Returns the kind of a weight: its name without layer and ending, e.g. "attn_q" of "blk.3.attn_q.weight". */
export function moduleOf(name: string): string {
	return name.replace(/^blk\.\d+\./, '').replace(/\.weight$/, '');
}

/**
 * Reads the header of an adapter's file. Throws Failure `adapter-unsuitable` if it is no LoRA adapter or can't be right, and
 * what `readGguf` throws.
 */
export async function readAdapterFacts(path: string): Promise<AdapterFacts> {
	const { facts, header, problem } = await readGguf(path);
	if (problem !== null) throw problem;
	if (facts.kind !== 'adapter') throw adapterUnsuitable(path, said`it is a model, not an adapter`);
	const type = textOf(header, 'adapter.type');
	if (type !== 'lora') {
		throw adapterUnsuitable(path, said`it is an adapter of the kind “${type ?? 'unknown'}”, not LoRA`);
	}
	const targets = targetsOf(path, header);
	const rank = Math.max(...[...targets.values()].map((target) => target.rank));
	const type32 = header.valueTypes.get(alphaKey) ?? float32Type;
	const alpha = numberOf(header, alphaKey) ?? 0;
	// llama.cpp ends the process if the value has another type.
	if (type32 !== float32Type || !Number.isFinite(alpha)) {
		throw adapterUnsuitable(path, said`its alpha is not a number of the type F32`);
	}
	return {
		architecture: facts.architecture,
		rank,
		alpha,
		modules: [...new Set([...targets.keys()].map(moduleOf))].sort(),
		baseName: facts.lineage.baseModel,
		targets,
	};
}

const alphaKey = 'adapter.lora.alpha';

/** Returns what `B · A` of a pair is multiplied by, as in llama.cpp. */
export function pairScale(alpha: number, rank: number): number {
	return alpha === 0 ? 1 : alpha / rank;
}

/** Dimensions without those of 1 at the end, which some programs write and others don't. */
function trimmed(dimensions: readonly number[]): readonly number[] {
	return dimensions.slice(0, dimensions.findLastIndex((length) => length !== 1) + 1);
}

function targetsOf(path: string, { tensors }: GgufHeader): ReadonlyMap<string, AdapterTarget> {
	if (tensors.length === 0) throw adapterUnsuitable(path, said`it holds no weights`);
	const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]));
	const targets = new Map<string, AdapterTarget>();
	for (const { name, dimensions, type } of tensors) {
		const other = name.endsWith('.lora_a') ? name.replace(/a$/, 'b') : name.replace(/b$/, 'a');
		if (!/\.lora_[ab]$/.test(name) || !byName.has(other)) {
			throw adapterUnsuitable(path, said`the weights “${name}” have no pair`);
		}
		if (!types.has(type)) throw adapterUnsuitable(path, said`the weights “${name}” are of the type ${type}`);
		if (trimmed(dimensions).length > 3) throw adapterUnsuitable(path, said`the weights “${name}” are not a matrix`);
		if (name.endsWith('.lora_b')) continue;
		const target = name.replace(/\.lora_a$/, '');
		const ofB = byName.get(other)?.dimensions ?? [];
		const [inputs = 0, rank = 1, matrices = 1] = dimensions;
		const [rankOfB = 0, outputs = 1, matricesOfB = 1] = ofB;
		if (matrices !== matricesOfB) {
			throw adapterUnsuitable(path, said`the halves of “${target}” are ${matrices} and ${matricesOfB} matrices`);
		}
		// The embedding table is looked up, not multiplied: its first half is turned.
		const isTable = target === 'token_embd.weight';
		const shape = isTable
			? { inputs: outputs, outputs: rank, rank: inputs, matrices }
			: { inputs, outputs, rank, matrices };
		if (shape.rank !== rankOfB) {
			throw adapterUnsuitable(path, said`the two halves of “${target}” have the ranks ${shape.rank} and ${rankOfB}`);
		}
		const width = Math.min(shape.inputs, shape.outputs);
		if (shape.rank > width) {
			throw adapterUnsuitable(path, said`the rank of “${target}” is ${shape.rank}, above its width of ${width}`);
		}
		targets.set(target, shape);
	}
	return targets;
}

/** Returns why the adapter can't change a model with this header; null if it can. */
export function adapterObstacle(
	facts: Pick<AdapterFacts, 'architecture'> & {
		readonly targets: ReadonlyMap<string, Pick<AdapterTarget, 'inputs' | 'outputs'> & { readonly matrices?: number }>;
	},
	base: GgufHeader,
): Said | null {
	const architecture = textOf(base, 'general.architecture') ?? '';
	if (facts.architecture !== architecture) {
		return said`it was made for the architecture “${facts.architecture}”, the model is “${architecture}”`;
	}
	const shapes = new Map(base.tensors.map(({ name, dimensions }) => [name, dimensions]));
	// llama.cpp would use the changed table for the output too, the wrong way round, and end the process.
	if (facts.targets.has('token_embd.weight') && !shapes.has('output.weight')) {
		return said`it changes the table of tokens, which the model uses for its output too`;
	}
	for (const [name, { inputs, outputs, matrices = 1 }] of facts.targets) {
		const shape = shapes.get(name);
		if (shape === undefined) return said`it changes the weights “${name}”, which the model doesn’t have`;
		if (shape.length < 2) return said`it changes “${name}”, which is not a matrix`;
		const [width = 0, height = 1, count = 1, more = 1] = shape;
		if (width !== inputs || height !== outputs) {
			return said`its “${name}” has ${inputs} × ${outputs} weights, the model’s ${width} × ${height}`;
		}
		// llama.cpp compares only two dimensions, and ends the process when it computes.
		if (count !== matrices || more !== 1) {
			return said`its “${name}” is ${matrices} matrices, the model’s ${count * more}`;
		}
	}
	return null;
}
