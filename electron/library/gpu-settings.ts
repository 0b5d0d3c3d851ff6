import type { Gpu, GpuLayers } from '../../models/contract/gpu.ts';
import type { NativeConditions } from '../../models/contract/native/tasks.ts';
import type { ModelOptions } from '../contract/library/schema.ts';

/** Picks the load settings that decide where a model is computed, so that measurements run as its chats do. */
export function gpuOptions({ gpu, gpuLayers }: ModelOptions): { gpu?: Gpu; gpuLayers?: GpuLayers } {
	return { ...(gpu === undefined ? {} : { gpu }), ...(gpuLayers === undefined ? {} : { gpuLayers }) };
}

type Computed = Pick<NativeConditions, 'devices' | 'gpuLayers'>;

/**
 * Describes the device for the conditions of a measurement: "CUDA0: NVIDIA GeForce RTX 4070, 31 layers"; nothing for
 * the processor.
 */
export function gpuConditions({ devices = [], gpuLayers = 0 }: Partial<Computed>): { gpu?: string } {
	if (gpuLayers === 0) return {};
	const names = devices.filter((device) => !device.startsWith('CPU'));
	return { gpu: [...names, `${gpuLayers} ${gpuLayers === 1 ? 'layer' : 'layers'}`].join(', ') };
}
