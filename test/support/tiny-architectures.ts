import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { GgufTestTensor, GgufTestValue } from './gguf-bytes.ts';
import { seededRandom } from './seeded-random.ts';
import { type TinyGgufOptions, tinyGguf, tinyVocabularySize } from './tiny-gguf.ts';

/** Sizes of the tiny models. */
const size = { width: 64, heads: 4, shared: 2, head: 16, feedForward: 96 } as const;

type Variant = {
	/** Its name in the header. */
	readonly architecture: string;
	readonly layers: number;
	readonly keys?: Readonly<Record<string, number | string>>;
	readonly biases?: true;
	readonly headNorms?: true;
	readonly postNorms?: true;
	/** Query, key and value in one weight; gate and up in another. */
	readonly fused?: true;
	/** Tensors of one row: name, length, lowest and highest value. */
	readonly factors?: readonly (readonly [name: string, low: number, high: number])[];
	/** The output matrix is the embedding. */
	readonly tied?: true;
};

/** A tiny model of every architecture that can be trained. */
export const tinyArchitectures = {
	llama: { architecture: 'llama', layers: 2, factors: [['rope_freqs.weight', 1, 4]] },
	mistral: { architecture: 'llama', layers: 2, keys: { 'rope.freq_base': 1_000_000 } },
	smollm: { architecture: 'llama', layers: 2, tied: true },
	smollm3: { architecture: 'smollm3', layers: 4, tied: true },
	qwen2: { architecture: 'qwen2', layers: 2, biases: true },
	qwen3: { architecture: 'qwen3', layers: 2, headNorms: true },
	gemma3: {
		architecture: 'gemma3',
		layers: 2,
		headNorms: true,
		postNorms: true,
		tied: true,
		// Layer 0 sees five tokens, layer 1 all.
		keys: {
			'attention.sliding_window': 5,
			'attention.sliding_window_pattern': 2,
			'rope.freq_base': 1_000_000,
			'rope.scaling.factor': 8,
			'rope.scaling.type': 'linear',
		},
	},
	phi3: {
		architecture: 'phi3',
		layers: 2,
		fused: true,
		factors: [
			['rope_factors_short.weight', 1, 1.5],
			['rope_factors_long.weight', 1, 30],
		],
		keys: {
			'rope.scaling.type': 'longrope',
			'rope.scaling.attn_factor': 1.1,
			'rope.scaling.original_context_length': 2048,
		},
	},
	granite: {
		architecture: 'granite',
		layers: 2,
		keys: { 'attention.scale': 0.2, embedding_scale: 3, residual_scale: 0.5, logit_scale: 2 },
	},
} as const satisfies Readonly<Record<string, Variant>>;

export type TinyArchitecture = keyof typeof tinyArchitectures;

function tensorsOf(variant: Variant, seed: number): GgufTestTensor[] {
	const random = seededRandom(seed);
	const { width, heads, shared, head, feedForward } = size;
	const tensor = (name: string, dimensions: readonly number[], low: number, high: number): GgufTestTensor => {
		const length = dimensions.reduce((product, dimension) => product * dimension, 1);
		const values = Float32Array.from({ length }, () => low + random() * (high - low));
		return { name, dimensions, type: 0, data: new Uint8Array(values.buffer) };
	};
	const matrix = (name: string, inputs: number, outputs: number): GgufTestTensor =>
		tensor(name, [inputs, outputs], -0.2, 0.2);
	const norm = (name: string, length: number = width): GgufTestTensor => tensor(name, [length], 0.7, 1.3);
	const [own, kv] = [heads * head, shared * head];
	const blocks = Array.from({ length: variant.layers }, (_, layer) => {
		const at = (part: string): string => `blk.${layer}.${part}`;
		const attention =
			variant.fused === true
				? [matrix(at('attn_qkv.weight'), width, own + 2 * kv)]
				: [
						matrix(at('attn_q.weight'), width, own),
						matrix(at('attn_k.weight'), width, kv),
						matrix(at('attn_v.weight'), width, kv),
					];
		const biases = (['attn_q', 'attn_k', 'attn_v'] as const).map((part) =>
			tensor(at(`${part}.bias`), [part === 'attn_q' ? own : kv], -0.3, 0.3),
		);
		const gates =
			variant.fused === true
				? [matrix(at('ffn_up.weight'), width, 2 * feedForward)]
				: [matrix(at('ffn_gate.weight'), width, feedForward), matrix(at('ffn_up.weight'), width, feedForward)];
		return [
			norm(at('attn_norm.weight')),
			...attention,
			...(variant.biases === true ? biases : []),
			...(variant.headNorms === true
				? [norm(at('attn_q_norm.weight'), head), norm(at('attn_k_norm.weight'), head)]
				: []),
			matrix(at('attn_output.weight'), own, width),
			...(variant.postNorms === true ? [norm(at('post_attention_norm.weight')), norm(at('post_ffw_norm.weight'))] : []),
			norm(at('ffn_norm.weight')),
			...gates,
			matrix(at('ffn_down.weight'), feedForward, width),
		];
	});
	return [
		matrix('token_embd.weight', width, tinyVocabularySize),
		...(variant.factors ?? []).map(([name, low, high]) => tensor(name, [head / 2], low, high)),
		...blocks.flat(),
		norm('output_norm.weight'),
		...(variant.tied === true ? [] : [matrix('output.weight', width, tinyVocabularySize)]),
	];
}

/** Writes a tiny model of an architecture with random weights in F32, and returns the path. */
export function writeTinyArchitecture(path: string, name: TinyArchitecture, options: TinyGgufOptions = {}): string {
	const variant: Variant = tinyArchitectures[name];
	const { architecture, layers } = variant;
	const number = (value: number): GgufTestValue => ({ type: Number.isInteger(value) ? 'uint32' : 'float32', value });
	const floats = /(freq_base|factor|scale|epsilon)$/;
	const keys: Record<string, GgufTestValue | null> = {
		'general.architecture': { type: 'string', value: architecture },
		'llama.rope.dimension_count': null,
		'llama.vocab_size': null,
	};
	const add = (key: string, value: number | string): void => {
		keys[`${architecture}.${key}`] =
			typeof value === 'string'
				? { type: 'string', value }
				: floats.test(key)
					? { type: 'float32', value }
					: number(value);
	};
	const base = {
		context_length: options.contextLength ?? 2048,
		embedding_length: size.width,
		block_count: layers,
		feed_forward_length: size.feedForward,
		'attention.head_count': size.heads,
		'attention.head_count_kv': size.shared,
		'attention.key_length': size.head,
		'attention.value_length': size.head,
		'attention.layer_norm_rms_epsilon': 1e-5,
	};
	if (architecture !== 'llama') {
		for (const key of [
			'context_length',
			'embedding_length',
			'block_count',
			'feed_forward_length',
			'attention.head_count',
			'attention.head_count_kv',
			'attention.layer_norm_rms_epsilon',
			'rope.freq_base',
		]) {
			keys[`llama.${key}`] = null;
		}
	}
	for (const [key, value] of Object.entries({ 'rope.freq_base': 10_000, ...base, ...variant.keys })) add(key, value);
	mkdirSync(dirname(path), { recursive: true });
	const tensors = tensorsOf(variant, options.seed ?? 1);
	writeFileSync(
		path,
		tinyGguf({
			...options,
			layers,
			metadata: { ...keys, ...options.metadata },
			tensors: () => options.tensors?.(tensors) ?? tensors,
		}),
	);
	return path;
}
