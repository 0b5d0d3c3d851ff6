import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type GgufTestTensor, type GgufTestValue, ggufBytes } from './gguf-bytes.ts';
import { seededRandom } from './seeded-random.ts';

const shape = { embedding: 32, heads: 2, feedForward: 64, context: 64 } as const;

const tokens = [
	...['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'],
	...'the cat dog sat ran in on a capital of france is paris bread'.split(' ').map((word) => `▁${word}`),
];

function tensors(): GgufTestTensor[] {
	const random = seededRandom(1);
	const { embedding, feedForward, context } = shape;
	const filled = (name: string, dimensions: readonly number[], value: () => number): GgufTestTensor => {
		const count = dimensions.reduce((product, one) => product * one, 1);
		return { name, dimensions, type: 0, data: new Uint8Array(Float32Array.from({ length: count }, value).buffer) };
	};
	const matrix = (name: string, ...dimensions: number[]) => filled(name, dimensions, () => random() - 0.5);
	const norm = (name: string): GgufTestTensor[] => [
		filled(`${name}.weight`, [embedding], () => 1),
		filled(`${name}.bias`, [embedding], () => 0),
	];
	const dense = (name: string, from: number, to: number): GgufTestTensor[] => [
		matrix(`${name}.weight`, from, to),
		filled(`${name}.bias`, [to], () => 0),
	];
	return [
		matrix('token_embd.weight', embedding, tokens.length),
		matrix('position_embd.weight', embedding, context),
		matrix('token_types.weight', embedding, 2),
		...norm('token_embd_norm'),
		...['q', 'k', 'v', 'output'].flatMap((name) => dense(`blk.0.attn_${name}`, embedding, embedding)),
		...norm('blk.0.attn_output_norm'),
		...dense('blk.0.ffn_up', embedding, feedForward),
		...dense('blk.0.ffn_down', feedForward, embedding),
		...norm('blk.0.layer_output_norm'),
		...dense('cls', embedding, embedding),
		...dense('cls.output', embedding, 1),
	];
}

/**
 * Writes a BERT of random weights with a head for rating pairs of texts, which llama.cpp really loads: as a reranker, or
 * with another pooling as an embedding model with an encoder.
 */
export function writeTinyBert(path: string, pooling: 'mean' | 'rank' = 'rank'): string {
	const metadata = new Map<string, GgufTestValue>([
		['general.architecture', { type: 'string', value: 'bert' }],
		['general.name', { type: 'string', value: 'Tiny reranker' }],
		['bert.context_length', { type: 'uint32', value: shape.context }],
		['bert.embedding_length', { type: 'uint32', value: shape.embedding }],
		['bert.block_count', { type: 'uint32', value: 1 }],
		['bert.feed_forward_length', { type: 'uint32', value: shape.feedForward }],
		['bert.attention.head_count', { type: 'uint32', value: shape.heads }],
		['bert.attention.layer_norm_epsilon', { type: 'float32', value: 1e-12 }],
		['bert.attention.causal', { type: 'bool', value: 0 }],
		['bert.pooling_type', { type: 'uint32', value: pooling === 'rank' ? 4 : 1 }],
		['tokenizer.ggml.model', { type: 'string', value: 'bert' }],
		['tokenizer.ggml.token_type_count', { type: 'uint32', value: 2 }],
		['tokenizer.ggml.tokens', { type: 'array', of: 'string', values: tokens }],
		['tokenizer.ggml.padding_token_id', { type: 'uint32', value: 0 }],
		['tokenizer.ggml.unknown_token_id', { type: 'uint32', value: 1 }],
		['tokenizer.ggml.cls_token_id', { type: 'uint32', value: 2 }],
		['tokenizer.ggml.bos_token_id', { type: 'uint32', value: 2 }],
		['tokenizer.ggml.seperator_token_id', { type: 'uint32', value: 3 }],
		['tokenizer.ggml.eos_token_id', { type: 'uint32', value: 3 }],
		['tokenizer.ggml.mask_token_id', { type: 'uint32', value: 4 }],
	]);
	mkdirSync(dirname(path), { recursive: true });
	writeFileSync(
		path,
		ggufBytes({ metadata, tensors: tensors().filter(({ name }) => pooling === 'rank' || !name.startsWith('cls')) }),
	);
	return path;
}
