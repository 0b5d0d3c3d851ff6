import type { GpuLayers } from '../contract/gpu.ts';
import type { KvType } from '../contract/load.ts';
import { usualContext } from '../contract/load-limits.ts';
import { layersOf, layersThatFit } from '../fit/gpu-layers.ts';
import { readModelShape } from '../fit/model-shape.ts';
import { readGguf } from '../gguf/read-gguf.ts';
import { listDevices } from './libllama/devices.ts';
import type { NativeLibrary } from './libllama/open-library.ts';

/** Facts that decide how much of a model goes onto the GPU. */
export interface OffloadNeeds {
	readonly gpuLayers: GpuLayers;
	readonly contextSize: number | 'auto';
	readonly batchSize: number;
	readonly keyType?: KvType | undefined;
	readonly valueType?: KvType | undefined;
	readonly flashAttention?: 'auto' | 'on' | 'off' | undefined;
	/** Number of models that share the GPU's memory; default 1. */
	readonly models?: number;
}

export interface Offload {
	readonly layers: number;
	/** Fraction of the weights that leaves main memory. */
	readonly share: number;
}

const nothing: Offload = { layers: 0, share: 0 };

/** Returns the free memory of the GPUs in use, bytes. */
export function freeVram({ functions, gpus }: Pick<NativeLibrary, 'functions' | 'gpus'>): number {
	if (gpus.length === 0) return 0;
	const used = new Set(gpus.map(({ name }) => name));
	return listDevices(functions)
		.filter(({ name }) => used.has(name))
		.reduce((sum, { freeBytes }) => sum + freeBytes, 0);
}

/** Chooses the layers for the GPU: the requested number, or as many as fit in its memory. */
export async function chooseOffload(library: NativeLibrary, path: string, needs: OffloadNeeds): Promise<Offload> {
	const [gpu] = library.gpus;
	if (gpu === undefined || needs.gpuLayers === 0) return nothing;
	// The load explains a file that can't be read.
	const shape = await readGguf(path).then(
		({ header }) => readModelShape(header),
		() => null,
	);
	if (shape === null) return nothing;
	const all = layersOf(shape);
	const wish = needs.contextSize === 'auto' ? usualContext : needs.contextSize;
	const { keyType = 'F16', flashAttention, batchSize } = needs;
	const estimated = {
		keyType,
		valueType: needs.valueType ?? keyType,
		flashAttention: flashAttention !== 'off',
		batchSize,
		mapWeights: true,
		contextSize: Math.min(wish, shape.trainedContext ?? wish),
	};
	const layers =
		needs.gpuLayers === 'auto'
			? layersThatFit(shape, estimated, freeVram(library) / (needs.models ?? 1))
			: Math.min(needs.gpuLayers, all);
	// Metal shares main memory with the CPU.
	return { layers, share: gpu.backend === 'metal' ? 0 : layers / all };
}
