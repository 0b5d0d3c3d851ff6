import type { KvType } from '../contract/load.ts';
import { kvBytes, stateBytes } from './kv-cache.ts';
import type { ModelShape } from './model-shape.ts';
import type { Processor } from './processor.ts';
import { secondCopies } from './second-copies.ts';

/** Options of a load, all resolved. */
export interface EstimateOptions {
	/** Tokens. */
	readonly contextSize: number;
	readonly keyType: KvType;
	readonly valueType: KvType;
	readonly flashAttention: boolean;
	readonly mapWeights: boolean;
	/** Tokens computed at a time. */
	readonly batchSize: number;
	/** Layers whose weights and cache are on the GPU; 0 on a computer without one. */
	readonly gpuLayers: number;
}

export interface EstimatePart {
	readonly kind: 'weights' | 'repacked' | 'kv' | 'state' | 'compute' | 'process';
	readonly bytes: number;
	readonly where: 'ram' | 'vram';
}

/**
 * The worker process before it loads a model: Node 24, the built program, libllama. Measured on Linux x64: 58 MB of
 * mapped programs and about 34 MB of heaps (29 to 42 in repeats).
 */
const processBytes = 92_000_000;

/**
 * Bytes that llama.cpp and this program keep per vocabulary token and per merge: texts, and tables in both directions.
 * Measured on vocabularies of 384, 49,152 (with as many merges) and 262,144 tokens (with none).
 */
const bytesPerToken = 200;
const bytesPerMerge = 290;

const weightBytes = ({ tensors }: ModelShape): number => tensors.reduce((sum, { bytes }) => sum + bytes, 0);

/**
 * Returns the bytes of compute buffers that are actually touched: activations of one batch, the attention mask, logits.
 * llama.cpp reserves more (logits of a whole batch), which is never written. Without flash attention, the scores of
 * every head against the whole context are written too.
 */
function computeBytes(shape: ModelShape, options: EstimateOptions): number {
	const { batchSize, contextSize, flashAttention } = options;
	const { embeddingLength, feedForwardLength, heads, headLength, vocabularySize } = shape;
	const activations = batchSize * 4 * (2 * embeddingLength + 2 * feedForwardLength + 2 * heads * headLength);
	// F16 with flash attention, else F32 (llm_graph_input_attn_kv).
	const mask = batchSize * contextSize * (flashAttention ? 2 : 4);
	const scores = flashAttention ? 0 : batchSize * contextSize * heads * 4;
	return activations + mask + scores + vocabularySize * 8;
}

const round = (parts: readonly EstimatePart[]): readonly EstimatePart[] =>
	parts.filter(({ bytes }) => bytes >= 1).map((part) => ({ ...part, bytes: Math.round(part.bytes) }));

/** Estimates the peak memory of the process that holds the model with these options, by part, bytes. */
export function estimateParts(
	shape: ModelShape,
	options: EstimateOptions,
	processor: Processor,
): readonly EstimatePart[] {
	const offloads = options.gpuLayers > 0;
	const { ram, vram } = splitShape(shape, options.gpuLayers);
	const tied = !offloads && !shape.tensors.some(({ name }) => name === 'output.weight');
	const weights = weightBytes(ram);
	const copies = secondCopies(ram.tensors, processor, tied);
	// Another split between processor and GPU has other copies than the load that was logged.
	const copyBytes = offloads ? copies.copyBytes : (shape.loggedCopyBytes ?? copies.copyBytes);
	// Weights that the log shows were not copied are not replaced either.
	const copied = copies.copyBytes === 0 ? 0 : copyBytes / copies.copyBytes;
	const replacedBytes = Math.min(weights, copies.replacedBytes * copied);
	const process = processBytes + shape.vocabularySize * bytesPerToken + shape.merges * bytesPerMerge;
	return round([
		// With mapped weights, repacked tensors stay in the mapping too; without, only the copy remains.
		{ kind: 'weights', bytes: options.mapWeights ? weights : weights - replacedBytes, where: 'ram' },
		{ kind: 'repacked', bytes: copyBytes, where: 'ram' },
		{ kind: 'kv', bytes: kvBytes(ram, options), where: 'ram' },
		{ kind: 'state', bytes: stateBytes(ram), where: 'ram' },
		{ kind: 'compute', bytes: computeBytes(shape, options), where: 'ram' },
		{ kind: 'process', bytes: process, where: 'ram' },
		{ kind: 'weights', bytes: offloads ? weightBytes(vram) : 0, where: 'vram' },
		{ kind: 'kv', bytes: offloads ? kvBytes(vram, options) : 0, where: 'vram' },
		{ kind: 'state', bytes: offloads ? stateBytes(vram) : 0, where: 'vram' },
		{ kind: 'compute', bytes: offloads ? computeBytes(shape, options) : 0, where: 'vram' },
	]);
}

/** Sums the parts in one place, bytes. */
export function sumParts(parts: readonly EstimatePart[], where: 'ram' | 'vram'): number {
	return parts.filter((part) => part.where === where).reduce((sum, { bytes }) => sum + bytes, 0);
}

/** The parts of a model in main memory and on the GPU. */
export interface Split {
	readonly ram: ModelShape;
	readonly vram: ModelShape;
}

/** Returns the layer number of a tensor; null for input, output or rotary factors. */
function layerOf(name: string): number | null {
	const found = /^blk\.(\d+)\./.exec(name);
	return found === null ? null : Number(found[1]);
}

/**
 * Assigns tensors and layers as llama_model::load_tensors does: the last layers go onto the GPU first, the output as
 * the very last. Token embeddings stay in main memory, and are copied if they are also the output.
 */
function splitShape(shape: ModelShape, gpuLayers: number): Split {
	const start = Math.max(0, shape.layers.length + 1 - gpuLayers);
	const hasOutput = gpuLayers > 0;
	const tied = !shape.tensors.some(({ name }) => name === 'output.weight');
	const onGpu = (name: string): boolean => {
		const layer = layerOf(name);
		return layer === null ? hasOutput && name.startsWith('output') : layer >= start;
	};
	return {
		ram: {
			...shape,
			layers: shape.layers.slice(0, start),
			tensors: shape.tensors.filter(({ name }) => !onGpu(name)),
		},
		vram: {
			...shape,
			layers: shape.layers.slice(start),
			tensors: shape.tensors.filter(({ name }) => onGpu(name) || (hasOutput && tied && name === 'token_embd.weight')),
		},
	};
}
