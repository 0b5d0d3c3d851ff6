import type { ModelShape } from './shape.ts';

/** The part of a model in main memory, and the part on the GPU. */
export interface Split {
	readonly ram: ModelShape;
	readonly vram: ModelShape;
}

/** Number of the layer that a tensor belongs to; null: input, output or rotary factors. */
function layerOf(name: string): number | null {
	const found = /^blk\.(\d+)\./.exec(name);
	return found === null ? null : Number(found[1]);
}

/**
 * Which tensors and layers go where, as llama_model::load_tensors has it: the last layers first onto the GPU, the output
 * as the very last; what turns tokens into vectors stays in main memory, and is copied where it is the output too.
 */
export function splitShape(shape: ModelShape, gpuLayers: number): Split {
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
