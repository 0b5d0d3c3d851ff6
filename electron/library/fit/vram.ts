import type { Gpu } from '../../../models/contract/gpu.ts';
import type { EstimateOptions } from '../../../models/library/fit/estimate.ts';
import { layersOf, layersThatFit } from '../../../models/library/fit/offload.ts';
import type { ModelShape } from '../../../models/library/fit/shape.ts';
import type { ComputeDevice, ModelOptions } from '../../contract/model/own.ts';

/** The GPU that a model would run on. */
export interface Vram {
	/** null: it shares main memory. */
	readonly freeBytes: number | null;
}

/** What of a computer's devices a model with this choice runs on; null: the processor. As the engine decides it. */
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

/** Layers on the GPU: what was chosen, or as many as fit. */
export function layersOnGpu(
	shape: ModelShape,
	asked: Pick<ModelOptions, 'gpuLayers'>,
	options: Omit<EstimateOptions, 'gpuLayers'>,
	vram: Vram | null,
): number {
	if (vram === null) return 0;
	if (typeof asked.gpuLayers === 'number') return Math.min(asked.gpuLayers, layersOf(shape));
	return vram.freeBytes === null ? layersOf(shape) : layersThatFit(shape, options, vram.freeBytes);
}
