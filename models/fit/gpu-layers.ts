import { type EstimateOptions, estimateParts, sumParts } from './memory-estimate.ts';
import type { ModelShape } from './model-shape.ts';
import type { Processor } from './processor.ts';

/**
 * Kept free on a GPU for its driver, the desktop and llama.cpp's scratch buffers, which the estimate does not include,
 * bytes.
 */
const reservedVramBytes = 300e6;

/** The GPU's share does not depend on the processor. */
const anyProcessor: Processor = { features: new Set() };

/** Returns the number of layers as llama.cpp counts them for a GPU: the output is one more. */
export function layersOf(shape: ModelShape): number {
	return Math.max(1, shape.layers.length) + 1;
}

/** Returns as many layers as fit in the GPU's memory without the reserve. */
export function layersThatFit(
	shape: ModelShape,
	options: Omit<EstimateOptions, 'gpuLayers'>,
	freeBytes: number,
): number {
	const fits = (gpuLayers: number): boolean =>
		sumParts(estimateParts(shape, { ...options, gpuLayers }, anyProcessor), 'vram') + reservedVramBytes <= freeBytes;
	let layers = layersOf(shape);
	while (layers > 0 && !fits(layers)) layers -= 1;
	return layers;
}
