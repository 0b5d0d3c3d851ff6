import { readFile, stat } from 'node:fs/promises';
import { Failure } from '../../contract/failure.ts';
import type { ConvertResult, ConvertTask } from '../../contract/native/convert.ts';
import { said } from '../../contract/said.ts';
import { sha256OfFile } from '../../file-hash.ts';
import { bytesOfType, type GgufKey, type GgufOutput, writeGguf } from '../../gguf/write-gguf.ts';
import type { NativeLibrary } from '../libllama/open-library.ts';
import { checkOutput, writeWhole } from '../output-file.ts';
import { type FloatTensor, openSafetensors } from './safetensors.ts';

/** Names of a BERT encoder's parts in PyTorch, and in llama.cpp. */
const parts: readonly (readonly [pattern: RegExp, name: string])[] = [
	[/^embeddings\.word_embeddings$/, 'token_embd'],
	[/^embeddings\.position_embeddings$/, 'position_embd'],
	[/^embeddings\.token_type_embeddings$/, 'token_types'],
	[/^embeddings\.LayerNorm$/, 'token_embd_norm'],
	[/^encoder\.layer\.(\d+)\.attention\.self\.query$/, 'blk.$1.attn_q'],
	[/^encoder\.layer\.(\d+)\.attention\.self\.key$/, 'blk.$1.attn_k'],
	[/^encoder\.layer\.(\d+)\.attention\.self\.value$/, 'blk.$1.attn_v'],
	[/^encoder\.layer\.(\d+)\.attention\.output\.dense$/, 'blk.$1.attn_output'],
	[/^encoder\.layer\.(\d+)\.attention\.output\.LayerNorm$/, 'blk.$1.attn_output_norm'],
	[/^encoder\.layer\.(\d+)\.intermediate\.dense$/, 'blk.$1.ffn_up'],
	[/^encoder\.layer\.(\d+)\.output\.dense$/, 'blk.$1.ffn_down'],
	[/^encoder\.layer\.(\d+)\.output\.LayerNorm$/, 'blk.$1.layer_output_norm'],
];

/** llama.cpp adds these to vectors of F32, so they stay F32. */
const added = new Set(['position_embd.weight', 'token_types.weight']);

/** As BERT was trained. */
const layerNormEpsilon = 1e-12;

/** llama_ftype: what most tensors are. */
const fileTypes = { F16: 1, Q8_0: 7 } as const;

/** Numbers of types in ggml. */
const typeNumbers = { F16: 1, Q8_0: 8 } as const;

/** Kinds of tokens in llama.cpp (llama_token_type). */
const tokenKinds = { normal: 1, unknown: 2, control: 3, unused: 5 } as const;

interface Named {
	readonly name: string;
	readonly tensor: FloatTensor;
}

/**
 * Writes the weights of a BERT encoder with mean pooling as a GGUF file, the same bytes every time, on every computer.
 * Throws Failure `convert-unsupported`, `safetensors-unreadable`, `output-…`.
 */
export async function convertBert(library: NativeLibrary, task: ConvertTask): Promise<ConvertResult> {
	await checkOutput(task.output, task.input, task.overwrite);
	const words = (await readFile(task.vocabulary, 'utf8')).split('\n').filter((word) => word !== '');
	const weights = await openSafetensors(task.input);
	try {
		const tensors = weights.tensors.flatMap((tensor): Named[] => {
			const name = nameOf(tensor.name);
			return name === null ? [] : [{ name, tensor }];
		});
		const shape = shapeOf(tensors, words.length, task);
		const outputs = tensors.map(({ name, tensor }): GgufOutput => {
			const type = tensor.shape.length === 2 && !added.has(name) ? task.type : 'F32';
			return { name, dimensions: tensor.shape.toReversed(), type, bytes: bytesOfType(type, sizeOf(tensor)) };
		});
		async function* dataOf({ type, bytes, dimensions: [columns = 1, rows = 1] }: GgufOutput, index: number) {
			const values = (await tensors[index]?.tensor.read()) ?? new Float32Array();
			if (type !== 'F16' && type !== 'Q8_0') {
				yield new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
				return;
			}
			const data = new Uint8Array(bytes);
			library.functions.ggml_quantize_chunk(typeNumbers[type], values, data, 0, rows, columns, null);
			yield data;
		}
		const write = (part: string): Promise<void> => writeGguf(part, descriptionOf(task, shape, words), outputs, dataOf);
		const inspect = async (part: string) => ({ sizeBytes: (await stat(part)).size, sha256: await sha256OfFile(part) });
		return { path: task.output, ...(await writeWhole(task.output, write, inspect)) };
	} finally {
		await weights.close();
	}
}

function nameOf(pytorch: string): string | null {
	const dot = pytorch.lastIndexOf('.');
	const [module, kind] = [pytorch.slice(0, dot).replace(/^bert\./, ''), pytorch.slice(dot + 1)];
	if (kind !== 'weight' && kind !== 'bias') return null;
	const part = parts.find(([pattern]) => pattern.test(module));
	return part === undefined ? null : `${module.replace(part[0], part[1])}.${kind}`;
}

const sizeOf = ({ shape }: FloatTensor): number => shape.reduce((product, one) => product * one, 1);

interface BertShape {
	readonly context: number;
	readonly width: number;
	readonly feedForward: number;
	readonly blocks: number;
	readonly tokenTypes: number;
}

function shapeOf(tensors: readonly Named[], words: number, { heads, input }: ConvertTask): BertShape {
	const dimensions = (name: string): readonly number[] =>
		tensors.find((named) => named.name === name)?.tensor.shape ?? [];
	const [tokens = 0, width = 0] = dimensions('token_embd.weight');
	const [context = 0] = dimensions('position_embd.weight');
	const [tokenTypes = 0] = dimensions('token_types.weight');
	const [feedForward = 0] = dimensions('blk.0.ffn_up.weight');
	const blocks = tensors.filter(({ name }) => /^blk\.\d+\.attn_q\.weight$/.test(name)).length;
	const perBlock = 16;
	const beside = 5;
	const complete = blocks > 0 && tensors.length === blocks * perBlock + beside;
	if (complete && tokens === words && context > 0 && width % heads === 0 && width % 32 === 0)
		return { context, width, feedForward, blocks, tokenTypes };
	throw new Failure({
		code: 'convert-unsupported',
		message: said`${input} is not the encoder of a BERT model that can be converted.`,
		next: [said`Add the model as a GGUF file`],
		detail: `${tensors.length} tensors, ${blocks} blocks, ${tokens} tokens and ${words} words, width ${width}`,
	});
}

function descriptionOf(task: ConvertTask, shape: BertShape, words: readonly string[]): readonly GgufKey[] {
	const idOf = (word: string): number => Math.max(0, words.indexOf(word));
	return [
		{ key: 'general.architecture', text: 'bert' },
		{ key: 'general.name', text: task.name },
		{ key: 'general.license', text: task.license },
		{ key: 'bert.context_length', uint32: shape.context },
		{ key: 'bert.embedding_length', uint32: shape.width },
		{ key: 'bert.feed_forward_length', uint32: shape.feedForward },
		{ key: 'bert.block_count', uint32: shape.blocks },
		{ key: 'bert.attention.head_count', uint32: task.heads },
		{ key: 'bert.attention.layer_norm_epsilon', float32: layerNormEpsilon },
		{ key: 'bert.attention.causal', bool: false },
		{ key: 'bert.pooling_type', uint32: 1 },
		{ key: 'general.file_type', uint32: fileTypes[task.type] },
		{ key: 'tokenizer.ggml.token_type_count', uint32: shape.tokenTypes },
		{ key: 'tokenizer.ggml.model', text: 'bert' },
		{ key: 'tokenizer.ggml.pre', text: 'default' },
		{ key: 'tokenizer.ggml.tokens', texts: words.map(tokenText) },
		{ key: 'tokenizer.ggml.token_type', int32s: Int32Array.from(words, kindOf) },
		{ key: 'tokenizer.ggml.unknown_token_id', uint32: idOf('[UNK]') },
		// llama.cpp spells it so.
		{ key: 'tokenizer.ggml.seperator_token_id', uint32: idOf('[SEP]') },
		{ key: 'tokenizer.ggml.padding_token_id', uint32: idOf('[PAD]') },
		{ key: 'tokenizer.ggml.mask_token_id', uint32: idOf('[MASK]') },
		{ key: 'tokenizer.ggml.bos_token_id', uint32: idOf('[CLS]') },
		{ key: 'tokenizer.ggml.eos_token_id', uint32: idOf('[SEP]') },
	];
}

const special = /^\[(?:PAD|UNK|CLS|SEP|MASK)\]$/;

/** llama.cpp marks the beginning of a word, WordPiece its continuation. */
function tokenText(word: string): string {
	if (special.test(word)) return word;
	return word.startsWith('##') ? word.slice(2) : `▁${word}`;
}

function kindOf(word: string): number {
	if (word === '[UNK]') return tokenKinds.unknown;
	if (special.test(word)) return tokenKinds.control;
	return /^\[unused\d+\]$/.test(word) ? tokenKinds.unused : tokenKinds.normal;
}
