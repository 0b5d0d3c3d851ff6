import koffi from 'koffi';
import type { NativeLibrary } from './open-library.ts';
import type { Pointer } from './structs.ts';

export type Threadpool = { pointer: Pointer; free(): void };

/** struct ggml_threadpool_params has 528 bytes; Assay only passes it from one ggml function to another. */
const paramsBytes = 1024;
const cpuDevice = 0;

/** Offsets of the fields after the mask of 512 CPUs, in bytes. */
const fieldOffset = { threads: 512, poll: 520 } as const;
/** ggml's default. */
const defaultPoll = 50;

/**
 * How long threads busy-wait for the next decode before they sleep: 0 to 100, about 5 ms each. Less than one such unit
 * passes between the tokens of an answer; ggml's default keeps a core busy for a quarter of a second afterwards.
 */
const poll = 5;

/**
 * Creates threads that persist between decodes. Without a pool, llama.cpp starts new ones for each decode, which is
 * noticeable in the time of a single token. null for one thread, and if the back-end has no pools.
 */
export function createThreadpool(library: NativeLibrary, threads: number): Threadpool | null {
	const { functions } = library;
	const device = threads > 1 ? functions.ggml_backend_dev_by_type(cpuDevice) : null;
	const registration = device === null ? null : functions.ggml_backend_dev_backend_reg(device);
	if (registration === null) return null;
	// Looked up by name because these two are in the back-end of this CPU.
	const create = functions.ggml_backend_reg_get_proc_address(registration, 'ggml_threadpool_new');
	const free = functions.ggml_backend_reg_get_proc_address(registration, 'ggml_threadpool_free');
	if (create === null || free === null) return null;
	const params = new Uint8Array(paramsBytes);
	functions.ggml_threadpool_params_init(params, threads);
	const fields = new DataView(params.buffer);
	const known =
		fields.getInt32(fieldOffset.threads, true) === threads && fields.getUint32(fieldOffset.poll, true) === defaultPoll;
	if (known) fields.setUint32(fieldOffset.poll, poll, true);
	const pointer = koffi.call(create, koffi.proto('void *', ['void *']), params) as Pointer | null;
	if (pointer === null) return null;
	return { pointer, free: () => void koffi.call(free, koffi.proto('void', ['void *']), pointer) };
}
