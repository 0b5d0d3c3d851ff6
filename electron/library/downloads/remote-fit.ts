import { usualContext } from '../../../models/contract/load-limits.ts';
import { headroomBytes, needOf, type Room, verdictOf } from '../../../models/fit/fit-verdict.ts';
import { type ModelShape, readModelShape } from '../../../models/fit/model-shape.ts';
import type { Processor } from '../../../models/fit/processor.ts';
import type { GgufTensor, GgufValue } from '../../../models/gguf/header.ts';
import { bitsOf } from '../../../models/hub/quantization-names.ts';
import type { HubFit } from '../../contract/library/hub.ts';

/** What is known of a file that has not been downloaded. */
export interface RemoteFile {
	readonly sizeBytes: number;
	readonly quantization: string | null;
	/** Keys of its header; null if not read. */
	readonly header: ReadonlyMap<string, GgufValue> | null;
	readonly contextLength: number | null;
}

/**
 * Returns the share of each tensor type in the bytes of a quantised file. Replaces the table of tensors, which comes
 * after the vocabulary, megabytes into a file. From llama.cpp's llama_tensor_get_type: *_M files keep half of the value
 * and down projections, and the output, at more bits.
 */
function sharesOf(quantization: string): readonly (readonly [string, number])[] {
	const base = /^(I?Q\d_K|IQ\d_NL|Q\d_\d|MXFP4|BF16|F16|F32)/.exec(quantization)?.[1] ?? quantization;
	if (/^Q4_K_[ML]/.test(quantization))
		return [
			['Q4_K', 0.75],
			['Q6_K', 0.25],
		];
	if (/^Q4_K/.test(quantization))
		return [
			['Q4_K', 0.9],
			['Q6_K', 0.1],
		];
	return [
		[base, 0.92],
		['Q6_K', 0.08],
	];
}

/** Returns tensors with the same bytes and types, as far as the memory estimate looks at them. */
function standIns(
	file: RemoteFile,
	width: number,
): readonly Pick<GgufTensor, 'name' | 'type' | 'bytes' | 'dimensions'>[] {
	const quantization = file.quantization ?? 'F16';
	// Rows whose width is not a multiple of 256 can't be K-quantised: most tensors become Q5_0 or similar, which stay
	// as they are.
	const falls = width % 256 !== 0 && /^I?Q\d_(K|XS|XXS)/.test(quantization);
	const shares = sharesOf(quantization);
	const kept = falls ? [...shares.map(([type, share]) => [type, share / 4] as const), ['Q5_0', 0.75] as const] : shares;
	return kept.map(([type, share]) => ({
		name: `stand-in.${type}`,
		type,
		bytes: Math.round(file.sizeBytes * share),
		dimensions: [4096, 4096],
	}));
}

/** Guesses layers and widths from the number of weights: between Llama 3.2 1B (16 × 2048) and 70B (80 × 8192). */
function usualShape(file: RemoteFile): ModelShape {
	const weights = (file.sizeBytes * 8) / (bitsOf(file.quantization ?? '') ?? 8);
	const width = weights < 6e8 ? 1024 : weights < 2.5e9 ? 2048 : weights < 6e9 ? 3072 : weights < 2e10 ? 4096 : 8192;
	const layers = Math.max(12, Math.min(80, Math.round(weights / (12 * width * width))));
	const kept = Math.min(1024, width / 2);
	return {
		architecture: '',
		trainedContext: file.contextLength,
		layers: Array.from({ length: layers }, () => ({
			keyLength: kept,
			valueLength: kept,
			sliding: false,
			stateLength: 0,
		})),
		embeddingLength: width,
		feedForwardLength: width * 4,
		heads: width / 128,
		headLength: 128,
		vocabularySize: 128_000,
		merges: 128_000,
		slidingWindow: 0,
		tensors: standIns(file, width),
	};
}

/** llama.cpp's limit on layers; a header that claims more is not trusted. */
const maxLayers = 512;

/** Reads the shape from an untrusted header; null if it makes no sense and has to be guessed. */
function shapeIn(metadata: RemoteFile['header']): ModelShape | null {
	const architecture = metadata?.get('general.architecture');
	const layers = metadata?.get(`${String(architecture)}.block_count`);
	if (metadata === null || typeof layers !== 'number' || layers < 1 || layers > maxLayers) return null;
	const shape = readModelShape({
		version: 3,
		metadata,
		valueTypes: new Map(),
		tensors: [],
		dataOffset: 0,
		alignment: 32,
	});
	return shape.embeddingLength > 0 ? shape : null;
}

/** Estimates whether a file on the hub will run here, by the same sum as for local files. */
export function remoteFit(file: RemoteFile, room: Room, processor: Processor): HubFit {
	const read = shapeIn(file.header);
	const fit = fitOf(
		read === null ? usualShape(file) : { ...read, tensors: standIns(file, read.embeddingLength) },
		room,
		processor,
	);
	// Absurd values in a header make absurd sums; then the size alone is better.
	const absurd = read !== null && !(fit.neededBytes >= 0 && fit.neededBytes < 1e15);
	if (absurd) return { ...fitOf(usualShape(file), room, processor), basis: 'size' };
	return { ...fit, basis: read === null ? 'size' : 'header' };
}

function fitOf(shape: ModelShape, room: Room, processor: Processor): Omit<HubFit, 'basis'> {
	const contextSize = Math.min(usualContext, shape.trainedContext ?? usualContext);
	const needed = needOf(
		shape,
		{
			contextSize,
			keyType: 'F16',
			valueType: 'F16',
			flashAttention: true,
			mapWeights: true,
			batchSize: 512,
			gpuLayers: 0,
		},
		processor,
	);
	return {
		verdict: verdictOf(needed, room),
		neededBytes: Math.round(needed),
		availableBytes: Math.max(0, Math.round(room.freeBytes - headroomBytes(room.totalBytes))),
		contextSize,
	};
}
