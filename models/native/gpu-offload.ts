import type { GpuLayers } from '../contract/gpu.ts';
import type { KvType } from '../contract/load.ts';
import { usualContext } from '../contract/load-limits.ts';
import { layersOf, layersThatFit } from '../fit/gpu-layers.ts';
import { readModelShape } from '../fit/model-shape.ts';
import { readGguf } from '../gguf/read-gguf.ts';
import { listDevices } from './libllama/devices.ts';
import type { NativeLibrary } from './libllama/open-library.ts';

/** What decides how much of a model goes onto the GPU. */
export interface OffloadNeeds {
	readonly gpuLayers: GpuLayers;
	readonly contextSize: number | 'auto';
	readonly batchSize: number;
	readonly keyType?: KvType | undefined;
	readonly valueType?: KvType | undefined;
	readonly flashAttention?: 'auto' | 'on' | 'off' | undefined;
	/** Models that share the memory of the GPU; 1 where it is left out. */
	readonly models?: number;
}

export interface Offload {
	readonly layers: number;
	/** Share of the weights that leaves main memory. */
	readonly share: number;
}

const nothing: Offload = { layers: 0, share: 0 };

/** Free memory of the GPUs that are used, bytes. */
export function freeVram({ functions, gpus }: Pick<NativeLibrary, 'functions' | 'gpus'>): number {
	if (gpus.length === 0) return 0;
	const used = new Set(gpus.map(({ name }) => name));
	return listDevices(functions)
		.filter(({ name }) => used.has(name))
		.reduce((sum, { freeBytes }) => sum + freeBytes, 0);
}

/** Layers for the GPU: what was asked for, or as many as its memory holds. */
export async function chooseOffload(library: NativeLibrary, path: string, needs: OffloadNeeds): Promise<Offload> {
	const [gpu] = library.gpus;
	if (gpu === undefined || needs.gpuLayers === 0) return nothing;
	// A file that can't be read is the load's to explain.
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
	// Metal shares the memory of the processor.
	return { layers, share: gpu.backend === 'metal' ? 0 : layers / all };
}
