import { type GpuBackend, gpuBackends } from '../../contract/gpu.ts';
import type { NativeFunctions } from './functions.ts';

/** A device that a llama.cpp back-end can compute on. */
export interface NativeDevice {
	readonly name: string;
	readonly description: string;
	/** null: layers can't be moved to it. */
	readonly backend: GpuBackend | null;
	readonly totalBytes: number;
	readonly freeBytes: number;
}

export type DeviceFunctions = Pick<
	NativeFunctions,
	| 'ggml_backend_dev_count'
	| 'ggml_backend_dev_get'
	| 'ggml_backend_dev_name'
	| 'ggml_backend_dev_description'
	| 'ggml_backend_dev_type'
	| 'ggml_backend_dev_memory'
>;

/** enum ggml_backend_dev_type: a dedicated card, or one that shares main memory. */
const gpuTypes: ReadonlySet<number> = new Set([1, 2]);

/** How device names of ggml's back-ends start: CUDA0, MTL0 or Metal, Vulkan0. */
const names: Readonly<Record<GpuBackend, RegExp>> = { cuda: /^cuda/i, metal: /^(metal|mtl)/i, vulkan: /^vulkan/i };

/** Drivers that pose as a GPU but compute on the CPU: slower than the CPU back-end. */
const pretenders = /llvmpipe|lavapipe|swiftshader|softpipe/i;

/** Returns the devices of the loaded back-ends, in ggml's order. */
export function listDevices(functions: DeviceFunctions): NativeDevice[] {
	return Array.from({ length: functions.ggml_backend_dev_count() }, (_, index) => {
		const device = functions.ggml_backend_dev_get(index);
		if (device === null) return { name: 'unknown', description: '', backend: null, totalBytes: 0, freeBytes: 0 };
		const name = functions.ggml_backend_dev_name(device);
		const description = functions.ggml_backend_dev_description(device);
		const gpu = gpuTypes.has(functions.ggml_backend_dev_type(device)) && !pretenders.test(description);
		const free = new BigUint64Array(1);
		const total = new BigUint64Array(1);
		functions.ggml_backend_dev_memory(device, free, total);
		return {
			name,
			description,
			freeBytes: Number(free[0]),
			totalBytes: Number(total[0]),
			backend: (gpu ? gpuBackends.find((backend) => names[backend].test(name)) : undefined) ?? null,
		};
	});
}
