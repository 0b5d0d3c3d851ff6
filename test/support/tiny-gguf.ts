import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type GgufTestFile, type GgufTestTensor, type GgufTestValue, ggufBytes } from './gguf-bytes.ts';
import { seededRandom } from './seeded-random.ts';

/** Renders like SmolLM2's own template, without its default system message. */
const chatMlTemplate =
	"{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}" +
	"{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}";

export interface TinyGgufOptions {
	/** Another seed gives other weights of the same shape. */
	readonly seed?: number;
	readonly name?: string;
	readonly contextLength?: number;
	readonly layers?: number;
	/** null for a base model without a chat template. */
	readonly chatTemplate?: string | null;
	/** Replaces or adds keys; null removes one. This is how a header becomes absurd. */
	readonly metadata?: Readonly<Record<string, GgufTestValue | null>>;
	/** Changes the tensor table, e.g. its offsets or dimensions. */
	readonly tensors?: (tensors: readonly GgufTestTensor[]) => readonly GgufTestTensor[];
	/** Changes any other part of the file. */
	readonly file?: Partial<Omit<GgufTestFile, 'metadata' | 'tensors'>>;
}

const tinyShape = { embedding: 64, heads: 4, headsKv: 2, feedForward: 128 } as const;

const specialTokens = ['<unk>', '<s>', '</s>', '<|im_start|>', '<|im_end|>'];
const words = ' the of and to in is that it for was on are as with his they at be this from have or by one had not but'
	.split(' ')
	.filter((word) => word.length > 0);
const letters = [...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,!?'];

/** llama.cpp's token type numbers: 1 normal, 2 unknown, 3 control, 6 byte */
function vocabulary(): { tokens: string[]; scores: number[]; types: number[] } {
	const tokens: string[] = [];
	const scores: number[] = [];
	const types: number[] = [];
	const add = (token: string, score: number, type: number): void => {
		tokens.push(token);
		scores.push(score);
		types.push(type);
	};
	for (const token of specialTokens) add(token, 0, token === '<unk>' ? 2 : 3);
	for (let byte = 0; byte < 256; byte += 1) add(`<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`, 0, 6);
	add('▁', -1, 1);
	for (const word of words) add(`▁${word}`, -2 - tokens.length / 1000, 1);
	for (const letter of letters) add(letter, -50, 1);
	return { tokens, scores, types };
}

/** Number of tokens in the vocabulary of a tiny model. */
export const tinyVocabularySize = vocabulary().tokens.length;

function tinyTensors(layers: number, seed: number): GgufTestTensor[] {
	const random = seededRandom(seed);
	const { embedding, heads, headsKv, feedForward } = tinyShape;
	const kv = (embedding / heads) * headsKv;
	const matrix = (name: string, ...dimensions: readonly [number, number]): GgufTestTensor => {
		const values = Float32Array.from({ length: dimensions[0] * dimensions[1] }, () => (random() - 0.5) * 0.4);
		return { name, dimensions, type: 0, data: new Uint8Array(values.buffer) };
	};
	const ones = (name: string): GgufTestTensor => ({
		name,
		dimensions: [embedding],
		type: 0,
		data: new Uint8Array(new Float32Array(embedding).fill(1).buffer),
	});
	const blocks = Array.from({ length: layers }, (_, layer) => [
		ones(`blk.${layer}.attn_norm.weight`),
		matrix(`blk.${layer}.attn_q.weight`, embedding, embedding),
		matrix(`blk.${layer}.attn_k.weight`, embedding, kv),
		matrix(`blk.${layer}.attn_v.weight`, embedding, kv),
		matrix(`blk.${layer}.attn_output.weight`, embedding, embedding),
		ones(`blk.${layer}.ffn_norm.weight`),
		matrix(`blk.${layer}.ffn_gate.weight`, embedding, feedForward),
		matrix(`blk.${layer}.ffn_up.weight`, embedding, feedForward),
		matrix(`blk.${layer}.ffn_down.weight`, feedForward, embedding),
	]);
	return [
		matrix('token_embd.weight', embedding, tinyVocabularySize),
		...blocks.flat(),
		ones('output_norm.weight'),
		matrix('output.weight', embedding, tinyVocabularySize),
	];
}

/**
 * Makes a llama-architecture model of about 120,000 random weights (490 kB) that llama.cpp really loads: its answers
 * mean nothing, but its tokenizer converts any text to tokens and back.
 */
export function tinyGguf(options: TinyGgufOptions = {}): Buffer {
	const { tokens, scores, types } = vocabulary();
	const layers = options.layers ?? 2;
	const template = options.chatTemplate === undefined ? chatMlTemplate : options.chatTemplate;
	const metadata = new Map<string, GgufTestValue>([
		['general.architecture', { type: 'string', value: 'llama' }],
		['general.name', { type: 'string', value: options.name ?? 'Tiny' }],
		['general.license', { type: 'string', value: 'mit' }],
		['general.file_type', { type: 'uint32', value: 0 }],
		['llama.context_length', { type: 'uint32', value: options.contextLength ?? 2048 }],
		['llama.embedding_length', { type: 'uint32', value: tinyShape.embedding }],
		['llama.block_count', { type: 'uint32', value: layers }],
		['llama.feed_forward_length', { type: 'uint32', value: tinyShape.feedForward }],
		['llama.attention.head_count', { type: 'uint32', value: tinyShape.heads }],
		['llama.attention.head_count_kv', { type: 'uint32', value: tinyShape.headsKv }],
		['llama.attention.layer_norm_rms_epsilon', { type: 'float32', value: 1e-5 }],
		['llama.rope.dimension_count', { type: 'uint32', value: tinyShape.embedding / tinyShape.heads }],
		['llama.rope.freq_base', { type: 'float32', value: 10_000 }],
		['llama.vocab_size', { type: 'uint32', value: tokens.length }],
		['tokenizer.ggml.model', { type: 'string', value: 'llama' }],
		['tokenizer.ggml.tokens', { type: 'array', of: 'string', values: tokens }],
		['tokenizer.ggml.scores', { type: 'array', of: 'float32', values: scores }],
		['tokenizer.ggml.token_type', { type: 'array', of: 'int32', values: types }],
		['tokenizer.ggml.unknown_token_id', { type: 'uint32', value: 0 }],
		['tokenizer.ggml.bos_token_id', { type: 'uint32', value: 1 }],
		['tokenizer.ggml.eos_token_id', { type: 'uint32', value: template === null ? 2 : 4 }],
		['tokenizer.ggml.add_bos_token', { type: 'bool', value: 1 }],
	]);
	if (template !== null) metadata.set('tokenizer.chat_template', { type: 'string', value: template });
	for (const [key, value] of Object.entries(options.metadata ?? {})) {
		if (value === null) metadata.delete(key);
		else metadata.set(key, value);
	}
	const tensors = tinyTensors(layers, options.seed ?? 1);
	return ggufBytes({ ...options.file, metadata, tensors: options.tensors?.(tensors) ?? tensors });
}

/** Writes `tinyGguf` to `path`, creating the folder, and returns the path. */
export function writeTinyGguf(path: string, options: TinyGgufOptions = {}): string {
	mkdirSync(dirname(path), { recursive: true });
	writeFileSync(path, tinyGguf(options));
	return path;
}
