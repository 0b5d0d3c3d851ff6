import { createHash } from 'node:crypto';
import type { GgufFacts, Lineage, ModelKind } from '../contract/gguf.ts';
import type { GgufHeader, GgufValue } from './header.ts';
import { recommendedSamplingOf } from './recommended-sampling.ts';
import { fileTypes } from './tensor-types.ts';

/** Returns the text of a key; null if it is missing or not a text. */
export function textOf(header: GgufHeader, key: string): string | null {
	const value = header.metadata.get(key);
	return typeof value === 'string' ? value : null;
}

const asNumber = (value: unknown): number | null => {
	if (typeof value === 'number') return value;
	return typeof value === 'bigint' ? Number(value) : null;
};

/** Returns the number of a key, for a per-layer list the largest; null if there is none. */
export function numberOf(header: GgufHeader, key: string): number | null {
	const value = header.metadata.get(key);
	if (!Array.isArray(value)) return asNumber(value);
	const numbers = value.map(asNumber).filter((item) => item !== null);
	return numbers.length === 0 ? null : Math.max(...numbers);
}

/** Returns the length of a list, whether or not its items were kept. */
export function lengthOf(value: GgufValue | undefined): number | null {
	return typeof value === 'object' && 'length' in value ? value.length : null;
}

/** Returns whole numbers only: a float in place of a count is treated as missing. */
export function countOf(header: GgufHeader, key: string): number | null {
	const value = numberOf(header, key);
	return value !== null && Number.isSafeInteger(value) ? value : null;
}

function tensorsByType(header: GgufHeader): GgufFacts['tensors'] {
	const groups = new Map<string, GgufFacts['tensors'][number]>();
	for (const { type, bytes, elements } of header.tensors) {
		const group = groups.get(type) ?? { type, count: 0, bytes: 0, parameters: 0 };
		group.count += 1;
		group.parameters += elements;
		group.bytes += bytes;
		groups.set(type, group);
	}
	return [...groups.values()].sort((a, b) => b.bytes - a.bytes);
}

/**
 * Returns the name for `general.file_type`. Without one, returns the type of most matrix weights; llama.cpp guesses
 * alike, but by number of tensors, and weights are the fairer count.
 */
function quantizationOf(header: GgufHeader): string {
	const named = fileTypes[numberOf(header, 'general.file_type') ?? -1];
	if (named !== undefined) return named;
	const weights = new Map<string, number>();
	for (const { type, elements, dimensions } of header.tensors) {
		if (dimensions.length > 1) weights.set(type, (weights.get(type) ?? 0) + elements);
	}
	const [most] = [...weights].sort((a, b) => b[1] - a[1]);
	return most?.[0] ?? header.tensors[0]?.type ?? 'none';
}

/** Returns the dimensions of the token embedding table: width and number of tokens. */
export function embeddingTable(header: GgufHeader): readonly number[] | null {
	return header.tensors.find(({ name }) => name === 'token_embd.weight')?.dimensions ?? null;
}

/** The longest part of a name that is kept; the header of a hostile file may hold megabytes, characters. */
const longestNamePart = 100;

/** Returns what the header says about the model that the file is a form of. */
function lineageOf(header: GgufHeader): Lineage {
	const part = (key: string): string | null => {
		const text = textOf(header, key)?.trim().slice(0, longestNamePart) ?? '';
		return text === '' ? null : text;
	};
	return {
		basename: part('general.basename'),
		sizeLabel: part('general.size_label'),
		finetune: part('general.finetune'),
		version: part('general.version'),
		baseModel: part('general.base_model.0.name'),
	};
}

/** Derives the facts from the header of one or several files. Only computes; `header-checks.ts` has the checks. */
export function factsOf(header: GgufHeader, sizeBytes: number, paths: readonly string[]): GgufFacts {
	const architecture = textOf(header, 'general.architecture') ?? '';
	const chatTemplate = textOf(header, 'tokenizer.chat_template');
	const parameters = header.tensors.reduce((sum, { elements }) => sum + elements, 0);
	const tensorBytes = header.tensors.reduce((sum, { bytes }) => sum + bytes, 0);
	const key = (name: string): number | null => countOf(header, `${architecture}.${name}`);
	return {
		architecture,
		kind: kindOf(header, architecture),
		parts: paths.length,
		paths: [...paths],
		name: textOf(header, 'general.name'),
		lineage: lineageOf(header),
		parameters,
		quantization: quantizationOf(header),
		contextLength: key('context_length'),
		layers: key('block_count'),
		embeddingLength: key('embedding_length'),
		headCount: key('attention.head_count'),
		headCountKv: key('attention.head_count_kv'),
		vocabularySize:
			lengthOf(header.metadata.get('tokenizer.ggml.tokens')) ??
			key('vocab_size') ??
			embeddingTable(header)?.[1] ??
			null,
		chatTemplate,
		chatTemplateHash: chatTemplate === null ? null : createHash('sha256').update(chatTemplate).digest('hex'),
		recommendedSampling: recommendedSamplingOf(header),
		license: textOf(header, 'general.license'),
		sizeBytes,
		tensors: tensorsByType(header),
		bitsPerWeight: parameters === 0 ? 0 : (tensorBytes * 8) / parameters,
	};
}

/** Values of `general.type` that are not models; llama.cpp ignores all others. */
const types: Readonly<Record<string, ModelKind>> = {
	adapter: 'adapter',
	mmproj: 'projector',
	imatrix: 'other',
	vocab: 'other',
};

/** Architectures that llama.cpp v0.4.0 uses only for embeddings (its encoders and embedding models). */
const embedders: ReadonlySet<string> = new Set([
	'bert',
	'modern-bert',
	'nomic-bert',
	'nomic-bert-moe',
	'neo-bert',
	'jina-bert-v2',
	'jina-bert-v3',
	'eurobert',
	'gemma-embedding',
	'llama-embed',
	't5encoder',
]);

/** Returns whether models of this architecture only turn texts into vectors. */
export function onlyEmbeds(architecture: string): boolean {
	return embedders.has(architecture);
}

/** Architectures that are part of something else: draft heads for other models, speech. */
const parts: ReadonlySet<string> = new Set([
	'eagle3',
	'dflash',
	'gemma4-assistant',
	'wavtokenizer-dec',
	'qwen3tts',
	'pockettts',
]);

/** llama_pooling_type of llama.h: how a model turns many vectors into one; `rank` turns it into a score. */
const pooling = { none: 0, rank: 4 } as const;

/** Returns the purpose of the file, from its header. */
function kindOf(header: GgufHeader, architecture: string): ModelKind {
	const { metadata, tensors } = header;
	const type = metadata.get('general.type');
	const named = typeof type === 'string' ? types[type] : undefined;
	if (named !== undefined) return named;
	if (architecture === 'clip') return 'projector';
	if (metadata.has('adapter.type') || tensors.some(({ name }) => name.endsWith('.lora_a'))) return 'adapter';
	const pooled = metadata.get(`${architecture}.pooling_type`);
	// Rerankers have a head with a single output; llama.cpp recognises it by these tensors.
	const rates = tensors.some(({ name }) => name === 'cls.weight' || name === 'cls.output.weight');
	if (pooled === pooling.rank || (rates && (embedders.has(architecture) || typeof pooled === 'number'))) {
		return 'reranker';
	}
	if (embedders.has(architecture)) return 'embedding';
	if (typeof pooled === 'number' && pooled !== pooling.none) return 'embedding';
	return parts.has(architecture) ? 'other' : 'model';
}
