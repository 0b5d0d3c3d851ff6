import type { Gpu } from '../../models/contract/gpu.ts';
import { longestContext, usualContext } from '../../models/contract/load-limits.ts';
import {
	headroomBytes,
	largestContext,
	leversOf,
	needOf,
	type Room,
	tightBytes,
	verdictOf,
} from '../../models/fit/fit-verdict.ts';
import { layersOf, layersThatFit } from '../../models/fit/gpu-layers.ts';
import { type EstimateOptions, estimateParts, sumParts } from '../../models/fit/memory-estimate.ts';
import type { ModelShape } from '../../models/fit/model-shape.ts';
import type { Processor } from '../../models/fit/processor.ts';
import type { Fit } from '../contract/library/fit.ts';
import type { ComputeDevice, ModelOptions } from '../contract/library/schema.ts';
import type { Correction } from './fit-corrections.ts';

/** Tokens per batch in the engine (defaultLoadOptions). */
const usualBatch = 512;

/** Decides every open option, within the limits of the model and the engine. */
export function decideOptions(
	shape: ModelShape,
	asked: ModelOptions,
	contextSize: number,
	vram: Vram | null = null,
): EstimateOptions {
	const most = longestContext(shape.trainedContext, asked.rope) ?? contextSize;
	const keyType = asked.keyType ?? 'F16';
	const options = {
		contextSize: Math.max(128, Math.min(contextSize, most)),
		keyType,
		valueType: asked.valueType ?? keyType,
		flashAttention: asked.flashAttention !== 'off',
		mapWeights: asked.mapWeights ?? true,
		batchSize: asked.batchSize ?? usualBatch,
	};
	// A GPU that shares main memory takes its part there.
	const own = vram?.freeBytes === null ? null : vram;
	return { ...options, gpuLayers: layersOnGpu(shape, asked, options, own) };
}

/** Computes the whole estimate of one model, with its verdict and what would change it. */
export function computeFit(
	id: number | null,
	read: ModelShape,
	asked: ModelOptions,
	now: Room,
	correction: Correction,
	processor: Processor,
	vram: Vram | null = null,
): Fit {
	const shape = correction.copiedBytes === null ? read : { ...read, loggedCopyBytes: correction.copiedBytes };
	const wish = asked.contextSize === undefined || asked.contextSize === 'auto' ? usualContext : asked.contextSize;
	const chosen = decideOptions(shape, asked, wish, vram);
	const parts = estimateParts(shape, chosen, processor);
	const needBytes = Math.round(needOf(shape, chosen, processor, correction.bytes));
	const headroom = headroomBytes(now.totalBytes);
	const vramBytes = Math.round(sumParts(parts, 'vram'));
	const layers = layersOnGpu(shape, asked, chosen, vram);
	return {
		modelFileId: id,
		options: chosen,
		trainedContext: shape.trainedContext,
		largestContext: largestContext(
			{ ...shape, trainedContext: longestContext(shape.trainedContext, asked.rope) },
			chosen,
			processor,
			now,
			correction.bytes,
		),
		parts:
			correction.bytes === 0 ? [...parts] : [...parts, { kind: 'correction', bytes: correction.bytes, where: 'ram' }],
		needBytes,
		vramBytes,
		gpu: vram === null ? null : { layers, most: layersOf(shape), freeBytes: vram.freeBytes },
		headroomBytes: headroom,
		sumBytes: needBytes + headroom,
		freeBytes: now.freeBytes,
		totalBytes: now.totalBytes,
		spareBytes: now.freeBytes - headroom - needBytes,
		tightBytes: tightBytes(now.totalBytes),
		verdict: vramBytes > (vram?.freeBytes ?? Number.POSITIVE_INFINITY) ? 'wont-fit' : verdictOf(needBytes, now),
		levers: leversOf(shape, chosen, processor, now, correction.bytes).map(({ change, freesBytes, ...lever }) => ({
			...lever,
			change: {
				...(change.contextSize === undefined ? {} : { contextSize: change.contextSize }),
				...(change.keyType === undefined ? {} : { keyType: change.keyType }),
				...(change.valueType === undefined ? {} : { valueType: change.valueType }),
			},
			freesBytes: Math.round(freesBytes),
		})),
		last: correction.last,
	};
}

/** GPU that a model would run on. */
interface Vram {
	/** null if it shares main memory. */
	readonly freeBytes: number | null;
}

/** Picks the device that a model with this choice runs on, as the engine does; null for the processor. */
export function vramFor(devices: readonly ComputeDevice[], gpu: Gpu = 'auto'): Vram | null {
	if (gpu === 'cpu') return null;
	const usable = devices.filter(({ absent }) => absent === undefined);
	const kinds: readonly ComputeDevice['kind'][] = gpu === 'auto' ? ['metal', 'cuda'] : [gpu];
	const kind = kinds.find((one) => usable.some((device) => device.kind === one));
	if (kind === undefined) return null;
	if (kind === 'metal') return { freeBytes: null };
	const own = usable.filter((device) => device.kind === kind);
	return { freeBytes: own.reduce((sum, { freeBytes, memoryBytes }) => sum + (freeBytes ?? memoryBytes ?? 0), 0) };
}

/** Returns the layers on the GPU: the chosen number, or as many as fit. */
function layersOnGpu(
	shape: ModelShape,
	asked: Pick<ModelOptions, 'gpuLayers'>,
	options: Omit<EstimateOptions, 'gpuLayers'>,
	vram: Vram | null,
): number {
	if (vram === null) return 0;
	if (typeof asked.gpuLayers === 'number') return Math.min(asked.gpuLayers, layersOf(shape));
	return vram.freeBytes === null ? layersOf(shape) : layersThatFit(shape, options, vram.freeBytes);
}
