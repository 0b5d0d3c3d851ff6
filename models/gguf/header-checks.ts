import { Failure } from '../contract/failure.ts';
import type { GgufFacts, ModelKind } from '../contract/gguf.ts';
import { type Said, said } from '../contract/said.ts';
import { llamaCppVersion } from '../engine-build.ts';
import { isKnownArchitecture } from './architectures.ts';
import { fileTruncated, headerDamaged } from './byte-reader.ts';
import type { GgufHeader } from './header.ts';
import { embeddingTable, lengthOf, textOf } from './model-facts.ts';

/** llama.cpp's LLAMA_MAX_LAYERS: above it, and at zero, a GGML_ASSERT ends the process. */
const maxLayers = 512;
/** Far above the longest trained context known (10,485,760); llama.cpp counts in 32 bits and overflows. */
const maxContextLength = 2 ** 27;
const maxEmbeddingLength = 2 ** 20;
const maxHeads = 2 ** 16;

const count = (value: number): string => value.toLocaleString('en');

/** Returns Failure `model-file-truncated` if the file ends before the weights do; null if it is complete. */
export function sizeProblem(path: string, header: GgufHeader, sizeBytes: number): Failure | null {
	const last = header.tensors.at(-1);
	if (last === undefined) return null;
	const end = header.dataOffset + last.offset + last.bytes;
	if (end <= sizeBytes) return null;
	const whole = header.tensors.filter((t) => header.dataOffset + t.offset + t.bytes <= sizeBytes).length;
	return fileTruncated(
		path,
		said`the last of its ${header.tensors.length} tensors (${whole} are whole)`,
		end,
		sizeBytes,
	);
}

/**
 * Returns an absurdity in a model's header, worded to follow "the header is damaged:"; null if there is none. Some of
 * these values would abort the loading process; others fail there without a clear reason.
 */
function absurdity(header: GgufHeader, facts: GgufFacts): string | null {
	const { architecture: arch, contextLength, layers, embeddingLength, headCount, headCountKv } = facts;
	const required = { context_length: contextLength, embedding_length: embeddingLength, block_count: layers };
	for (const [key, value] of Object.entries(required)) {
		if (value === null) return `the key ${arch}.${key} is missing or not a whole number`;
	}
	if (contextLength !== null && (contextLength < 1 || contextLength > maxContextLength)) {
		return `it claims a context of ${count(contextLength)} tokens`;
	}
	if (layers !== null && (layers < 1 || layers > maxLayers)) {
		return `it claims ${count(layers)} layers; models have 1 to ${maxLayers}`;
	}
	if (embeddingLength !== null && (embeddingLength < 1 || embeddingLength > maxEmbeddingLength)) {
		return `it claims embeddings of length ${count(embeddingLength)}`;
	}
	if (headCount !== null && (headCount < 0 || headCount > maxHeads)) {
		return `it claims ${count(headCount)} attention heads`;
	}
	if (headCount !== null && headCount > 0 && headCountKv !== null) {
		if (headCountKv < 1)
			return `it claims ${count(headCountKv)} key-value heads for ${count(headCount)} attention heads`;
		if (headCountKv > maxHeads) return `it claims ${count(headCountKv)} key-value heads`;
	}
	return epsilonAbsurdity(header) ?? vocabularyAbsurdity(header);
}

/**
 * Finds an absurd epsilon: ggml asserts that the epsilon of every normalisation is at least 0 (ggml-cpu/ops.cpp), which
 * also fails for NaN.
 */
function epsilonAbsurdity(header: GgufHeader): string | null {
	for (const [key, value] of header.metadata) {
		if (key.endsWith('_epsilon') && typeof value === 'number' && !(value >= 0)) return `the key ${key} is ${value}`;
	}
	return null;
}

/**
 * Finds a contradiction in the vocabulary: llama.cpp refuses an embedding table whose length differs from the
 * vocabulary's.
 */
function vocabularyAbsurdity(header: GgufHeader): string | null {
	const tokens = lengthOf(header.metadata.get('tokenizer.ggml.tokens'));
	const rows = embeddingTable(header)?.[1];
	if (tokens === 0) return 'its vocabulary is empty';
	if (tokens !== null && rows !== undefined && tokens !== rows) {
		return `it lists ${count(tokens)} tokens, but has embeddings for ${count(rows)}`;
	}
	return null;
}

/** Kinds that have a model's keys; adapters do not. */
const loadable: ReadonlySet<ModelKind> = new Set(['model', 'embedding', 'reranker']);

/** Throws `gguf-header-damaged` if the header can't belong to a working file. */
export function checkValues(path: string, header: GgufHeader, facts: GgufFacts): void {
	if (!Number.isSafeInteger(facts.parameters)) throw headerDamaged(path, 'it claims more weights than any disk holds');
	// Only the first part of a split model has its keys, and other kinds of files have different keys.
	if (facts.kind !== 'model' || facts.parts > 1) return;
	if (textOf(header, 'general.architecture') === null) throw headerDamaged(path, 'it names no architecture');
	if (header.tensors.length === 0) throw headerDamaged(path, 'it lists no tensors');
	if (!isKnownArchitecture(facts.architecture) || !loadable.has(facts.kind)) return;
	const absurd = absurdity(header, facts);
	if (absurd !== null) throw headerDamaged(path, absurd);
}

const kindWords: Readonly<Record<Exclude<ModelKind, 'model'>, Said>> = {
	embedding: said`an embedding model: it turns text into vectors`,
	reranker: said`a reranker: it rates how well two texts belong together`,
	projector: said`an image or sound projector (mmproj), which belongs to another model`,
	adapter: said`a LoRA adapter, which belongs to another model`,
	other: said`not a language model`,
};

/** Returns why the engine can't load a file whose header is intact, for chat or for vectors; null if it can. */
export function loadObstacle(facts: Pick<GgufFacts, 'kind' | 'architecture'>): Failure | null {
	return obstacle(loadable.has(facts.kind) ? { ...facts, kind: 'model' } : facts);
}

/** Returns why the engine can't chat with a file whose header is intact; null if it can. */
export function obstacle(facts: Pick<GgufFacts, 'kind' | 'architecture'>): Failure | null {
	if (facts.kind !== 'model') {
		return new Failure({
			code: 'not-a-language-model',
			message: said`This GGUF file is ${kindWords[facts.kind]}. It can’t answer by itself.`,
			next: [
				facts.kind === 'adapter'
					? said`Add it to its model: Models, Settings, LoRA adapters`
					: said`Choose the file of the model itself`,
				said`Choose the .gguf file with a quantisation in its name, e.g. Q4_K_M`,
				said`Inspect the file`,
			],
		});
	}
	if (!isKnownArchitecture(facts.architecture)) {
		return new Failure({
			code: 'architecture-unknown',
			message: said`The engine (llama.cpp ${llamaCppVersion}) does not support the architecture “${facts.architecture.slice(0, 100)}”.`,
			next: [said`Update Assay: newer engines support more models`, said`Inspect the file`, said`Choose another model`],
		});
	}
	return null;
}
