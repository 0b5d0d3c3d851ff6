import type { QuantizeType } from '../contract/native/tasks.ts';
import type { GgufHeader, GgufTensor } from './header.ts';
import { countOf, textOf } from './model-facts.ts';
import { tensorTypes } from './tensor-types.ts';

/**
 * Predicts the file that quantising a model gives, from the names and shapes of its tensors: the choices of
 * llama.cpp v0.4.0 in src/llama-quant.cpp, line by line. A test compares every type with llama.cpp's own dry run.
 */

type Category =
	| 'token_embd'
	| 'attn_q'
	| 'attn_v'
	| 'attn_k'
	| 'attn_qkv'
	| 'attn_kv_b'
	| 'attn_output'
	| 'ffn_up'
	| 'ffn_gate'
	| 'ffn_down'
	| 'output'
	| 'other';

const tables: ReadonlySet<string> = new Set(['token_embd.weight', 'per_layer_token_embd.weight']);

/** In llama.cpp's order: the first part that a name contains decides. */
const parts: readonly (readonly [string, Category])[] = [
	['attn_qkv.weight', 'attn_qkv'],
	['attn_kv_b.weight', 'attn_kv_b'],
	['attn_v.weight', 'attn_v'],
	['attn_k.weight', 'attn_k'],
	['attn_q.weight', 'attn_q'],
	['attn_output.weight', 'attn_output'],
	['ffn_up', 'ffn_up'],
	['ffn_gate', 'ffn_gate'],
	['ffn_down', 'ffn_down'],
];

function categoryOf(name: string): Category {
	if (name === 'output.weight') return 'output';
	if (tables.has(name)) return 'token_embd';
	return parts.find(([part]) => name.includes(part))?.[1] ?? 'other';
}

/** Parts of the names of tensors that are never quantised: small, or too sensitive. */
const kept: readonly string[] = [
	...['_norm.weight', 'ffn_gate_inp.weight', 'ffn_gate_tid2eid.weight', 'altup', 'laurel', 'per_layer_model_proj'],
	...['ssm_conv1d', 'shortconv.conv.weight', 'indexer.k_proj.weight', 'indexer.q_proj.weight'],
	...['time_mix_first.weight', 'time_mix_w0.weight', 'time_mix_w1.weight', 'time_mix_w2.weight'],
	...['time_mix_v0.weight', 'time_mix_v1.weight', 'time_mix_v2.weight', 'time_mix_a0.weight', 'time_mix_a1.weight'],
	...['time_mix_a2.weight', 'time_mix_g1.weight', 'time_mix_g2.weight', 'time_mix_decay_w1.weight'],
	...['time_mix_decay_w2.weight', 'time_mix_lerp_fused.weight', 'attn_rel_b.weight', '.position_embd'],
	...['sam.pos_embd', 'sam.neck.', 'sam.net_', '.rel_pos', '.patch_embd', '.patch_merger', 'a.rvq.codebook'],
	'mm.a.code_embd',
];

function isQuantized({ name, dimensions }: GgufTensor): boolean {
	// ggml_n_dims ignores trailing dimensions of 1.
	if (dimensions.slice(1).every((length) => length === 1)) return false;
	if (name === 'position_embd.weight' || name === 'token_types.weight') return false;
	return name.endsWith('weight') && !kept.some((part) => name.includes(part));
}

/** Tensor types that are not the file type's own name without its last part. */
const tensorTypeNames: Partial<Record<QuantizeType, string>> = {
	MXFP4_MOE: 'MXFP4',
	IQ3_M: 'IQ3_S',
	IQ3_XS: 'IQ3_S',
	IQ2_M: 'IQ2_S',
	IQ2_S: 'IQ2_XS',
};

/** The tensor type that a file type is built from. */
function defaultType(type: QuantizeType): string {
	return tensorTypeNames[type] ?? type.replace(/^(Q\d_K)_[SML]$/, '$1');
}

interface Packing {
	readonly block: number;
	readonly bytes: number;
}

const packings: ReadonlyMap<string, Packing> = new Map(Object.values(tensorTypes).map((one) => [one.name, one]));

function packingOf(type: string): Packing {
	const found = packings.get(type);
	if (found === undefined) throw new Error(`no tensor type ${type}`);
	return found;
}

/** What a tensor becomes if its rows don't divide into the blocks of the type on the left. */
const fallbacks: Readonly<Record<string, string>> = {
	...Object.fromEntries(
		['IQ1_S', 'IQ1_M', 'IQ2_XXS', 'IQ2_XS', 'IQ2_S', 'IQ3_XXS', 'IQ3_S', 'IQ4_XS'].map((type) => [type, 'IQ4_NL']),
	),
	...Object.fromEntries(['Q2_0', 'Q2_K', 'Q3_K', 'TQ1_0', 'TQ2_0'].map((type) => [type, 'Q4_0'])),
	Q4_K: 'Q5_0',
	Q5_K: 'Q5_1',
	Q6_K: 'Q8_0',
};

/** null: llama.cpp refuses, because the type has no other one to fall back to. */
function fittingType(type: string, columns: number): string | null {
	const { block } = packingOf(type);
	if (columns % block === 0) return type;
	const smaller = fallbacks[type] ?? (block <= 32 ? type : null);
	if (smaller === null) return null;
	return columns % packingOf(smaller).block === 0 ? smaller : 'F16';
}

/** The facts of a model that llama.cpp's choice depends on. */
interface Shape {
	readonly architecture: string;
	readonly layers: number;
	readonly experts: number;
	/** Query heads for each key head. */
	readonly headsPerKey: number;
	readonly is70B: boolean;
	/** The output matrix is the token table. */
	readonly tied: boolean;
	readonly valueTensors: number;
}

function firstOf(header: GgufHeader, key: string): number | null {
	const value = header.metadata.get(key);
	return Array.isArray(value) ? Number(value[0]) : countOf(header, key);
}

function shapeOf(header: GgufHeader, categories: readonly Category[]): Shape {
	const architecture = textOf(header, 'general.architecture') ?? '';
	const key = (name: string): number | null => firstOf(header, `${architecture}.${name}`);
	const heads = key('attention.head_count') ?? 0;
	const keyHeads = key('attention.head_count_kv') ?? heads;
	const layers = key('block_count') ?? 0;
	const many = layers === (architecture === 'jais2' ? 68 : 80);
	const large = ['qwen2', 'deci', 'olmo', 'jais2'].includes(architecture);
	return {
		architecture,
		layers,
		experts: key('expert_count') ?? 0,
		headsPerKey: keyHeads === 0 ? 0 : Math.floor(heads / keyHeads),
		is70B: many && (large || (architecture === 'llama' && heads !== keyHeads)),
		tied: !categories.includes('output'),
		valueTensors: categories.filter(isValue).length,
	};
}

const isValue = (category: Category): boolean => ['attn_v', 'attn_qkv', 'attn_kv_b'].includes(category);

/** Whether a layer is among those that more bits help most: the first and last eighth, and every third between. */
function needsMore(layer: number, layers: number): boolean {
	const eighth = Math.trunc(layers / 8);
	return layer < eighth || layer >= Math.trunc((7 * layers) / 8) || (layer - eighth) % 3 === 2;
}

const small: readonly QuantizeType[] = ['IQ2_XXS', 'IQ2_XS', 'IQ2_S', 'IQ2_M', 'IQ1_S', 'IQ1_M'];

/** How many tensors of a kind came before the present one. */
interface Seen {
	value: number;
	down: number;
	gate: number;
	up: number;
}

interface Choice {
	readonly type: QuantizeType;
	readonly shape: Shape;
	readonly hasImatrix: boolean;
	readonly seen: Seen;
}

function layerOf(count: number, name: string, { experts }: Shape): number {
	return experts > 1 ? Number(/^blk\.(\d+)\./.exec(name)?.[1] ?? 0) : count;
}

/** The output matrix, or the token table in its place. */
function outputType(own: string, columns: number, { type, shape }: Choice): string {
	if (type === 'MXFP4_MOE') return 'Q8_0';
	if (shape.architecture === 'falcon' || columns % packingOf(own).block !== 0) return 'Q8_0';
	if (small.includes(type) || type === 'IQ3_XXS') return 'Q5_K';
	return own === 'Q8_0' ? own : 'Q6_K';
}

function tableType(own: string, { type }: Choice): string {
	if (['IQ2_XXS', 'IQ2_XS', 'IQ1_S', 'IQ1_M'].includes(type)) return 'Q2_K';
	if (['IQ2_S', 'IQ2_M', 'IQ3_XXS'].includes(type)) return 'IQ3_S';
	return ['TQ1_0', 'TQ2_0', 'Q2_0'].includes(type) ? 'Q4_K' : own;
}

/** Types below three bits choose by themselves. */
function smallType(own: string, category: Category, { type, shape, seen }: Choice): string {
	const better = type === 'IQ2_S' || type === 'IQ2_M' ? 'IQ3_S' : 'Q2_K';
	if (isValue(category)) {
		seen.value += 1;
		return shape.headsPerKey >= 4 || shape.experts >= 4 ? 'Q4_K' : better;
	}
	if (category === 'attn_k' && shape.experts === 8) return 'Q4_K';
	if (category === 'ffn_down') {
		const first = seen.down < Math.trunc(shape.layers / 8);
		seen.down += 1;
		return first ? better : own;
	}
	if (category === 'attn_output') {
		if (shape.experts === 8) return 'Q5_K';
		if (type === 'IQ1_S' || type === 'IQ1_M') return 'IQ2_XXS';
		return better === 'IQ3_S' ? better : own;
	}
	return own;
}

function valueType(own: string, { type, shape, hasImatrix, seen }: Choice): string {
	const grouped = shape.headsPerKey >= 4;
	const at = seen.value;
	seen.value += 1;
	if (shape.experts === 8) return 'Q8_0';
	const more = needsMore(at, shape.valueTensors) ? 'Q6_K' : own;
	const four = grouped ? 'Q4_K' : own;
	const five = grouped ? 'Q5_K' : own;
	const types: Partial<Record<QuantizeType, string>> = {
		Q2_K: grouped ? 'Q4_K' : 'Q3_K',
		Q2_K_S: four,
		IQ3_XS: four,
		IQ3_S: four,
		IQ3_XXS: grouped ? 'Q4_K' : hasImatrix ? 'IQ3_XXS' : 'IQ3_S',
		IQ3_M: 'Q4_K',
		Q3_K_M: at < 2 ? 'Q5_K' : 'Q4_K',
		Q3_K_L: 'Q5_K',
		IQ4_NL: five,
		IQ4_XS: five,
		Q4_K_M: more,
		Q5_K_M: more,
		Q4_K_S: at < 4 ? 'Q5_K' : own,
	};
	const chosen = types[type] ?? own;
	return shape.is70B && (chosen === 'Q3_K' || chosen === 'Q4_K') ? 'Q5_K' : chosen;
}

function downType(own: string, name: string, { type, shape, hasImatrix, seen }: Choice): string {
	const layer = layerOf(seen.down, name, shape);
	seen.down += 1;
	const falcon = shape.architecture === 'falcon';
	const first = layer < Math.trunc(shape.layers / 8);
	const veryFirst = layer < Math.trunc(shape.layers / 16);
	const more = needsMore(layer, shape.layers);
	const four = first && !hasImatrix ? 'Q5_K' : own;
	const guarded = hasImatrix && first ? own.replace('_0', '_1') : own;
	const types: Partial<Record<QuantizeType, string>> = {
		Q2_K: 'Q3_K',
		Q2_K_S: first ? 'Q4_K' : own,
		IQ3_XXS: hasImatrix ? own : first ? 'Q4_K' : 'Q3_K',
		Q3_K_M: veryFirst ? 'Q5_K' : !falcon || more ? 'Q4_K' : 'Q3_K',
		IQ3_M: first || (shape.experts === 8 && more) ? 'Q4_K' : own,
		Q3_K_L: falcon ? 'Q4_K' : 'Q5_K',
		Q4_K_M: falcon ? (veryFirst ? 'Q6_K' : more ? 'Q5_K' : 'Q4_K') : more ? 'Q6_K' : own,
		IQ4_NL: four,
		IQ4_XS: four,
		Q5_K_M: more ? 'Q6_K' : own,
		Q4_K_S: !falcon && first ? 'Q5_K' : own,
		Q4_0: guarded,
		Q5_0: guarded,
	};
	return types[type] ?? own;
}

const raisedByExperts: readonly QuantizeType[] = [
	...(['Q2_K', 'IQ3_XS', 'IQ3_XXS', 'Q3_K_S', 'Q3_K_M', 'IQ4_NL', 'Q4_K_S'] as const),
	...(['Q4_K_M', 'IQ3_S', 'IQ3_M', 'IQ4_XS'] as const),
];
const attentionOutputs: Partial<Record<QuantizeType, string>> = {
	Q2_K: 'Q3_K',
	IQ3_XXS: 'IQ3_S',
	Q3_K_M: 'Q4_K',
	Q3_K_L: 'Q5_K',
	IQ3_M: 'Q4_K',
};

function attentionOutputType(own: string, { type, shape }: Choice): string {
	if (shape.architecture === 'falcon') return type === 'Q3_K_L' ? 'Q4_K' : own;
	if (shape.experts === 8) return raisedByExperts.includes(type) ? 'Q5_K' : own;
	return attentionOutputs[type] ?? own;
}

/** IQ3_XS takes fewer bits in the middle layers. */
function gateType(own: string, layer: number, { type, shape: { layers } }: Choice): string {
	const middle = layer >= Math.trunc(layers / 8) && layer < Math.trunc((7 * layers) / 8);
	return type === 'IQ3_XS' && middle ? 'IQ3_XXS' : own;
}

function queryType(own: string, { type }: Choice): string {
	return type === 'IQ3_XS' ? 'IQ3_XXS' : type === 'IQ3_XXS' ? 'IQ2_S' : own;
}

/** llama_tensor_get_type_impl. */
function chooseType(own: string, tensor: GgufTensor, category: Category, choice: Choice): string {
	const { type, shape, seen } = choice;
	const { name, dimensions } = tensor;
	if (category === 'output' || (shape.tied && category === 'token_embd')) {
		return outputType(own, dimensions[0] ?? 1, choice);
	}
	if (type === 'MXFP4_MOE') {
		const expert = shape.architecture !== 'bailingmoe3' || category.startsWith('ffn_');
		return (dimensions[2] ?? 1) > 1 && expert ? 'MXFP4' : 'Q8_0';
	}
	if (category === 'token_embd') return tableType(own, choice);
	if (small.includes(type)) return smallType(own, category, choice);
	if (isValue(category)) return valueType(own, choice);
	if (category === 'attn_k') return shape.experts === 8 ? 'Q8_0' : queryType(own, choice);
	if (category === 'attn_q') return queryType(own, choice);
	if (category === 'ffn_down') return downType(own, name, choice);
	if (category === 'attn_output') return attentionOutputType(own, choice);
	if (category === 'ffn_gate') {
		seen.gate += 1;
		return gateType(own, layerOf(seen.gate - 1, name, shape), choice);
	}
	if (category === 'ffn_up') {
		seen.up += 1;
		return gateType(own, layerOf(seen.up - 1, name, shape), choice);
	}
	return own;
}

/** llama.cpp goes through the tensors layer by layer, those outside of layers first. */
function inOrder(tensors: readonly GgufTensor[]): readonly GgufTensor[] {
	const layer = (name: string): number => Number(/^blk\.(\d+)\./.exec(name)?.[1] ?? -1);
	return tensors.toSorted((a, b) => layer(a.name) - layer(b.name) || (a.name < b.name ? -1 : 1));
}

export interface QuantizedSize {
	readonly type: QuantizeType;
	/** Size of the whole file. */
	readonly sizeBytes: number;
	/** Tensors that can't get the type that the choice gives them, because their rows don't divide into its blocks. */
	readonly fallbacks: number;
	/** Tensors of the model. */
	readonly tensors: number;
}

/** Every tensor of a file is padded to this, whatever the source has. */
const alignment = 32;

const padded = (bytes: number): number => Math.ceil(bytes / alignment) * alignment;

/**
 * Returns the size that the file of a type will have; null if llama.cpp can't write the type for these shapes.
 * `hasImatrix`: whether an importance matrix is used, which changes some choices.
 */
export function predictQuantizedSize(
	header: GgufHeader,
	type: QuantizeType,
	{ hasImatrix = false }: { readonly hasImatrix?: boolean } = {},
): QuantizedSize | null {
	const tensors = inOrder(header.tensors);
	const categories = tensors.map(({ name }) => categoryOf(name));
	const own = defaultType(type);
	const plain = packingOf(own).block === 1;
	const seen: Seen = { value: 0, down: 0, gate: 0, up: 0 };
	const choice: Choice = { type, shape: shapeOf(header, categories), hasImatrix, seen };
	let sizeBytes = padded(header.dataOffset);
	let fell = 0;
	for (const [index, tensor] of tensors.entries()) {
		if (!isQuantized(tensor)) {
			sizeBytes += padded(tensor.bytes);
			continue;
		}
		const columns = tensor.dimensions[0] ?? 1;
		const chosen = plain ? own : chooseType(own, tensor, categories[index] ?? 'other', choice);
		const final = fittingType(chosen, columns);
		if (final === null) return null;
		// The output matrix gets Q8_0 in place of a type that doesn't fit before the check that counts.
		const silent = chosen === 'Q8_0' && own !== 'Q8_0' && columns % packingOf(own).block !== 0;
		if (final !== chosen || silent) fell += 1;
		const { block, bytes } = packingOf(final);
		sizeBytes += padded((tensor.elements / block) * bytes);
	}
	return { type, sizeBytes, fallbacks: fell, tensors: tensors.length };
}
