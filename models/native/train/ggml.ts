import koffi, { type KoffiFunc, type TypeObject } from 'koffi';
import { Failure } from '../../contract/failure.ts';
import { said } from '../../contract/said.ts';
import type { NativeLibrary } from '../libllama/open-library.ts';
import type { Pointer } from '../libllama/structs.ts';

/** ggml's numbers of the types that training names itself. */
export const types = { f32: 0, f16: 1, q8_0: 8, i32: 26, bf16: 30 } as const;

/** An operation: a context and its operands give a new node of a graph. */
type Unary = (context: Pointer, a: Pointer) => Pointer;
type Binary = (context: Pointer, a: Pointer, b: Pointer) => Pointer;
type Rope = (
	context: Pointer,
	a: Pointer,
	positions: Pointer,
	factors: Pointer | null,
	dimensions: number,
	mode: number,
	originalContext: number,
	base: number,
	scale: number,
	extension: number,
	attention: number,
	betaFast: number,
	betaSlow: number,
) => Pointer;

/** ggml's functions for building and computing graphs, by their C names (ggml.h, ggml-alloc.h, ggml-backend.h, gguf.h). */
export type Ggml = {
	ggml_new_tensor_1d(context: Pointer, type: number, ne0: number): Pointer;
	ggml_new_tensor_2d(context: Pointer, type: number, ne0: number, ne1: number): Pointer;
	ggml_get_data(tensor: Pointer): Pointer;
	ggml_nbytes(tensor: Pointer): number;
	ggml_set_input(tensor: Pointer): void;
	ggml_set_output(tensor: Pointer): void;
	ggml_set_param(tensor: Pointer): void;
	ggml_validate_row_data: KoffiFunc<(type: number, data: Pointer, bytes: number) => boolean>;
	ggml_add: Binary;
	ggml_add_inplace: Binary;
	/** Adds `b` to the part of `a` that has these strides and starts at `offset`. */
	ggml_acc_inplace(
		context: Pointer,
		a: Pointer,
		b: Pointer,
		nb1: number,
		nb2: number,
		nb3: number,
		offset: number,
	): Pointer;
	ggml_sub: Binary;
	ggml_mul: Binary;
	ggml_div: Binary;
	ggml_mul_mat: Binary;
	ggml_out_prod: Binary;
	ggml_cpy: Binary;
	ggml_get_rows: Binary;
	ggml_set_rows(context: Pointer, a: Pointer, b: Pointer, rows: Pointer): Pointer;
	ggml_get_rows_back(context: Pointer, a: Pointer, rows: Pointer, shape: Pointer): Pointer;
	ggml_repeat_back: Binary;
	ggml_swiglu_split: Binary;
	ggml_concat(context: Pointer, a: Pointer, b: Pointer, dimension: number): Pointer;
	ggml_rms_norm(context: Pointer, a: Pointer, epsilon: number): Pointer;
	ggml_rms_norm_back(context: Pointer, gradient: Pointer, a: Pointer, epsilon: number): Pointer;
	ggml_scale(context: Pointer, a: Pointer, factor: number): Pointer;
	ggml_scale_bias(context: Pointer, a: Pointer, factor: number, summand: number): Pointer;
	ggml_sqr: Unary;
	ggml_log: Unary;
	ggml_silu: Unary;
	ggml_sigmoid: Unary;
	ggml_sum_rows: Unary;
	ggml_transpose: Unary;
	ggml_cont: Unary;
	ggml_cast(context: Pointer, a: Pointer, type: number): Pointer;
	ggml_permute(context: Pointer, a: Pointer, x: number, y: number, z: number, w: number): Pointer;
	ggml_reshape_4d(context: Pointer, a: Pointer, ne0: number, ne1: number, ne2: number, ne3: number): Pointer;
	ggml_view_2d(context: Pointer, a: Pointer, ne0: number, ne1: number, stride: number, offset: number): Pointer;
	ggml_view_3d(
		context: Pointer,
		a: Pointer,
		ne0: number,
		ne1: number,
		ne2: number,
		nb1: number,
		nb2: number,
		offset: number,
	): Pointer;
	ggml_soft_max_ext(context: Pointer, a: Pointer, mask: Pointer | null, scale: number, bias: number): Pointer;
	ggml_soft_max_ext_back(context: Pointer, gradient: Pointer, p: Pointer, scale: number, bias: number): Pointer;
	ggml_rope_ext: Rope;
	ggml_rope_ext_back: Rope;
	ggml_opt_step_adamw(
		context: Pointer,
		a: Pointer,
		gradient: Pointer,
		mean: Pointer,
		variance: Pointer,
		settings: Pointer,
	): Pointer;
	ggml_new_graph_custom(context: Pointer, nodes: number, gradients: boolean): Pointer;
	ggml_build_forward_expand(graph: Pointer, node: Pointer): void;
	ggml_graph_n_nodes(graph: Pointer): number;
	ggml_graph_node(graph: Pointer, index: number): Pointer;
	ggml_graph_add_node(graph: Pointer, node: Pointer): void;
	ggml_graph_overhead_custom(nodes: number, gradients: boolean): number;
	ggml_gallocr_new(bufferType: Pointer): Pointer;
	ggml_gallocr_free(allocator: Pointer): void;
	ggml_gallocr_alloc_graph(allocator: Pointer, graph: Pointer): boolean;
	ggml_gallocr_reserve_n_size(
		allocator: Pointer,
		graph: Pointer,
		nodeBuffers: null,
		leafBuffers: null,
		sizes: BigUint64Array,
	): void;
	ggml_backend_dev_init(device: Pointer, parameters: null): Pointer | null;
	ggml_backend_free(backend: Pointer): void;
	ggml_backend_get_default_buffer_type(backend: Pointer): Pointer;
	ggml_backend_alloc_ctx_tensors_from_buft(context: Pointer, bufferType: Pointer): Pointer | null;
	ggml_backend_buft_alloc_buffer(bufferType: Pointer, bytes: number): Pointer | null;
	ggml_backend_buffer_get_size(buffer: Pointer): number;
	ggml_backend_buffer_clear(buffer: Pointer, value: number): void;
	ggml_backend_buffer_free(buffer: Pointer): void;
	ggml_backend_tensor_set(tensor: Pointer, data: ArrayBufferView, offset: number, bytes: number): void;
	ggml_backend_tensor_get(tensor: Pointer, data: ArrayBufferView, offset: number, bytes: number): void;
	ggml_backend_graph_compute: KoffiFunc<(backend: Pointer, graph: Pointer) => number>;
};

type Signature = readonly [result: string | TypeObject, ...parameters: string[]];

const p = 'void *';
const size = 'size_t';
const unary: Signature = [p, p, p];
const binary: Signature = [p, p, p, p];
const rope: Signature = [p, p, p, p, p, ...Array<string>(3).fill('int32_t'), ...Array<string>(6).fill('float')];

const signatures: Readonly<Record<keyof Ggml, Signature>> = {
	ggml_new_tensor_1d: [p, p, 'int32_t', 'int64_t'],
	ggml_new_tensor_2d: [p, p, 'int32_t', 'int64_t', 'int64_t'],
	ggml_get_data: [p, p],
	ggml_nbytes: [size, p],
	ggml_set_input: ['void', p],
	ggml_set_output: ['void', p],
	ggml_set_param: ['void', p],
	ggml_validate_row_data: ['bool', 'int32_t', p, size],
	ggml_add: binary,
	ggml_add_inplace: binary,
	ggml_acc_inplace: [p, p, p, p, size, size, size, size],
	ggml_sub: binary,
	ggml_mul: binary,
	ggml_div: binary,
	ggml_mul_mat: binary,
	ggml_out_prod: binary,
	ggml_cpy: binary,
	ggml_get_rows: binary,
	ggml_set_rows: [p, p, p, p, p],
	ggml_get_rows_back: [p, p, p, p, p],
	ggml_repeat_back: binary,
	ggml_swiglu_split: binary,
	ggml_concat: [p, p, p, p, 'int32_t'],
	ggml_rms_norm: [p, p, p, 'float'],
	ggml_rms_norm_back: [p, p, p, p, 'float'],
	ggml_scale: [p, p, p, 'float'],
	ggml_scale_bias: [p, p, p, 'float', 'float'],
	ggml_sqr: unary,
	ggml_log: unary,
	ggml_silu: unary,
	ggml_sigmoid: unary,
	ggml_sum_rows: unary,
	ggml_transpose: unary,
	ggml_cont: unary,
	ggml_cast: [p, p, p, 'int32_t'],
	ggml_permute: [p, p, p, 'int32_t', 'int32_t', 'int32_t', 'int32_t'],
	ggml_reshape_4d: [p, p, p, 'int64_t', 'int64_t', 'int64_t', 'int64_t'],
	ggml_view_2d: [p, p, p, 'int64_t', 'int64_t', size, size],
	ggml_view_3d: [p, p, p, 'int64_t', 'int64_t', 'int64_t', size, size, size],
	ggml_soft_max_ext: [p, p, p, p, 'float', 'float'],
	ggml_soft_max_ext_back: [p, p, p, p, 'float', 'float'],
	ggml_rope_ext: rope,
	ggml_rope_ext_back: rope,
	ggml_opt_step_adamw: [p, p, p, p, p, p, p],
	ggml_new_graph_custom: [p, p, size, 'bool'],
	ggml_build_forward_expand: ['void', p, p],
	ggml_graph_n_nodes: ['int32_t', p],
	ggml_graph_node: [p, p, 'int32_t'],
	ggml_graph_add_node: ['void', p, p],
	ggml_graph_overhead_custom: [size, size, 'bool'],
	ggml_gallocr_new: [p, p],
	ggml_gallocr_free: ['void', p],
	ggml_gallocr_alloc_graph: ['bool', p, p],
	ggml_gallocr_reserve_n_size: ['void', p, p, p, p, p],
	ggml_backend_dev_init: [p, p, p],
	ggml_backend_free: ['void', p],
	ggml_backend_get_default_buffer_type: [p, p],
	ggml_backend_alloc_ctx_tensors_from_buft: [p, p, p],
	ggml_backend_buft_alloc_buffer: [p, p, size],
	ggml_backend_buffer_get_size: [size, p],
	ggml_backend_buffer_clear: ['void', p, 'uint8_t'],
	ggml_backend_buffer_free: ['void', p],
	ggml_backend_tensor_set: ['void', p, p, size, size],
	ggml_backend_tensor_get: ['void', p, p, size, size],
	ggml_backend_graph_compute: ['int32_t', p, p],
};

/** The processor as ggml's back-end, with the threads that compute a graph. */
export type Engine = {
	readonly library: NativeLibrary;
	readonly ggml: Ggml;
	readonly backend: Pointer;
	readonly bufferType: Pointer;
	/** Whether this processor multiplies BF16 faster than F32. */
	readonly fastBf16: boolean;
	/** Creates a context for this many nodes, without memory for their values. */
	createContext(nodes: number): Pointer;
	/** Gives all tensors of a context memory. Throws Failure `training-memory`. */
	allocate(context: Pointer): Pointer;
	/** A view of a tensor's values. */
	bytesOf(tensor: Pointer): Uint8Array<ArrayBuffer>;
	compute(graph: Pointer): Promise<void>;
	dispose(): void;
};

/** Creates the failure for memory that the system does not give. */
export function outOfMemory(): Failure {
	return new Failure({
		code: 'training-memory',
		message: said`There is not enough memory for this training.`,
		next: [said`Close other programs`, said`Use fewer tokens per pass or a smaller rank`, said`Choose a smaller model`],
	});
}

const cpuDevice = 0;

/** Binds ggml's functions of the loaded library and starts its back-end for the processor. */
export function openEngine(library: NativeLibrary, threads: number): Engine {
	const handle = koffi.load(library.files.ggmlBase);
	const ggml = Object.fromEntries(
		Object.entries(signatures).map(([name, [result, ...parameters]]) => [name, handle.func(name, result, parameters)]),
	) as unknown as Ggml;
	const { functions } = library;
	const device = functions.ggml_backend_dev_by_type(cpuDevice);
	const backend = device === null ? null : ggml.ggml_backend_dev_init(device, null);
	const registration = device === null ? null : functions.ggml_backend_dev_backend_reg(device);
	if (backend === null || registration === null) throw new Error('ggml has no back-end for the processor');
	// Looked up by name because it is in the back-end of this CPU.
	const setThreads = functions.ggml_backend_reg_get_proc_address(registration, 'ggml_backend_set_n_threads');
	if (setThreads === null) throw new Error('ggml_backend_set_n_threads is missing');
	koffi.call(setThreads, koffi.proto('void', ['void *', 'int32_t']), backend, threads);
	const bufferType = ggml.ggml_backend_get_default_buffer_type(backend);
	return {
		library,
		ggml,
		backend,
		bufferType,
		// AVX-512 alone converts BF16 to F32 as it reads: a third faster all the same, because half as much is read.
		fastBf16: /\bAVX512(?:_BF16)? = 1/.test(library.systemInfo),
		createContext(nodes) {
			const bytes = nodes * functions.ggml_tensor_overhead() + 2 * ggml.ggml_graph_overhead_custom(nodes, false);
			const context = functions.ggml_init({ mem_size: bytes + 65_536, mem_buffer: null, no_alloc: true });
			if (context === null) throw outOfMemory();
			return context;
		},
		allocate(context) {
			const buffer = ggml.ggml_backend_alloc_ctx_tensors_from_buft(context, bufferType);
			if (buffer === null) throw outOfMemory();
			return buffer;
		},
		bytesOf(tensor) {
			return new Uint8Array(koffi.view(ggml.ggml_get_data(tensor), ggml.ggml_nbytes(tensor)));
		},
		compute(graph) {
			return new Promise((done, reject) => {
				ggml.ggml_backend_graph_compute.async(backend, graph, (error: Error | null, status: number) => {
					if (error !== null) reject(error);
					else if (status === 0) done();
					else if (status === -2) reject(outOfMemory());
					else reject(new Error(`ggml_backend_graph_compute: ${status}`));
				});
			});
		},
		dispose: () => ggml.ggml_backend_free(backend),
	};
}
