import koffi from 'koffi';
import type { NativeLibrary } from './open.ts';
import type { Pointer } from './structs.ts';

export type Threadpool = { pointer: Pointer; free(): void };

/** struct ggml_threadpool_params is 528 bytes; it is only handed from one of ggml's functions to the other. */
const paramsBytes = 1024;
const cpuDevice = 0;

/**
 * Threads that stay between decodes. Without a pool llama.cpp starts new ones for each decode, which shows in the time
 * of a single token. null for one thread, and where the back-end has no pools.
 */
export function createThreadpool(library: NativeLibrary, threads: number): Threadpool | null {
	const { functions } = library;
	const device = threads > 1 ? functions.ggml_backend_dev_by_type(cpuDevice) : null;
	const registration = device === null ? null : functions.ggml_backend_dev_backend_reg(device);
	if (registration === null) return null;
	// These two live in the back-end of this processor, so they are found by name.
	const create = functions.ggml_backend_reg_get_proc_address(registration, 'ggml_threadpool_new');
	const free = functions.ggml_backend_reg_get_proc_address(registration, 'ggml_threadpool_free');
	if (create === null || free === null) return null;
	const params = new Uint8Array(paramsBytes);
	functions.ggml_threadpool_params_init(params, threads);
	const pointer = koffi.call(create, koffi.proto('void *', ['void *']), params) as Pointer | null;
	if (pointer === null) return null;
	return { pointer, free: () => void koffi.call(free, koffi.proto('void', ['void *']), pointer) };
}
