import { basename } from 'node:path';
import { Failure } from '../contract/failure.ts';
import { type Said, said } from '../contract/said.ts';
import type { GgufHeader } from '../gguf/header.ts';
import { numberOf, textOf } from '../gguf/model-facts.ts';
import { readGguf } from '../gguf/read-gguf.ts';

/** What a LoRA adapter changes, from the header of its GGUF file. */
export interface AdapterFacts {
	readonly architecture: string;
	/** The largest of its pairs: each may have its own. */
	readonly rank: number;
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
}

/** Explains why a file can't be used as a LoRA adapter of the model. */
export function adapterUnsuitable(path: string, reason: string | Said, detail?: string): Failure {
	return new Failure({
		code: 'adapter-unsuitable',
		message: said`The LoRA adapter ${basename(path)} can't be used here: ${reason}.`,
		next: [
			said`Choose an adapter made for this model`,
			said`Convert it again with convert_lora_to_gguf.py of llama.cpp`,
			said`Load the model without the adapter`,
		],
		...(detail === undefined ? {} : { detail }),
	});
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
	const alpha = numberOf(header, 'adapter.lora.alpha') ?? 0;
	// llama.cpp takes 0 to mean "as the rank": a scale of 1.
	if (!Number.isFinite(alpha)) throw adapterUnsuitable(path, said`its alpha is not a number`);
	return {
		architecture: facts.architecture,
		rank,
		alpha: alpha === 0 ? rank : alpha,
		modules: [...new Set([...targets.keys()].map(moduleOf))].sort(),
		baseName: facts.lineage.baseModel,
		targets,
	};
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
		if (dimensions.length > 3) throw adapterUnsuitable(path, said`the weights “${name}” are not a matrix`);
		if (name.endsWith('.lora_b')) continue;
		const target = name.replace(/\.lora_a$/, '');
		const [inputs = 0, rank = 1] = dimensions;
		const [rankOfB = 0, outputs = 1] = byName.get(other)?.dimensions ?? [];
		// The embedding table is looked up, not multiplied: its first half is turned.
		const isTable = target === 'token_embd.weight';
		const shape = isTable ? { inputs: outputs, outputs: rank, rank: inputs } : { inputs, outputs, rank };
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
		readonly targets: ReadonlyMap<string, Pick<AdapterTarget, 'inputs' | 'outputs'>>;
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
	for (const [name, { inputs, outputs }] of facts.targets) {
		const shape = shapes.get(name);
		if (shape === undefined) return said`it changes the weights “${name}”, which the model doesn't have`;
		const [width = 0, height = 1] = shape;
		if (width !== inputs || height !== outputs) {
			return said`its “${name}” has ${inputs} × ${outputs} weights, the model's ${width} × ${height}`;
		}
	}
	return null;
}
