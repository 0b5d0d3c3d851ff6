import koffi, { type KoffiFunc, type LibraryHandle, type TypeObject } from 'koffi';
import type { NativeLibraryFiles } from './find-library.ts';
import type { Batch, ContextParams, ModelParams, Pointer, QuantizeParams, Structs } from './structs.ts';

/** Result of a C function that returns a pointer. */
type Found = Pointer | null;

/** llama.cpp's C functions used by Assay, by their C names (include/llama.h, ggml.h, gguf.h). */
export type NativeFunctions = {
	llama_version(): string;
	llama_backend_init(): void;
	llama_log_set(callback: Pointer, userData: null): void;
	llama_print_system_info(): string;
	llama_model_default_params(): ModelParams;
	llama_context_default_params(): ContextParams;
	llama_model_quantize_default_params(): QuantizeParams;
	llama_model_load_from_file: KoffiFunc<(path: string, params: ModelParams) => Found>;
	llama_model_free(model: Pointer): void;
	llama_model_get_vocab(model: Pointer): Pointer;
	llama_model_n_params(model: Pointer): number;
	llama_model_size(model: Pointer): number;
	llama_model_n_embd(model: Pointer): number;
	llama_model_n_embd_out(model: Pointer): number;
	llama_model_n_cls_out(model: Pointer): number;
	llama_model_n_layer(model: Pointer): number;
	llama_model_n_ctx_train(model: Pointer): number;
	llama_model_n_head(model: Pointer): number;
	llama_model_n_head_kv(model: Pointer): number;
	llama_model_desc(model: Pointer, buffer: Uint8Array, size: number): number;
	llama_model_meta_val_str(model: Pointer, key: string, buffer: Uint8Array, size: number): number;
	llama_model_has_encoder(model: Pointer): boolean;
	llama_model_is_recurrent(model: Pointer): boolean;
	llama_model_is_hybrid(model: Pointer): boolean;
	llama_vocab_n_tokens(vocab: Pointer): number;
	llama_vocab_type(vocab: Pointer): number;
	llama_vocab_bos(vocab: Pointer): number;
	llama_vocab_eos(vocab: Pointer): number;
	llama_vocab_sep(vocab: Pointer): number;
	llama_vocab_get_add_bos(vocab: Pointer): boolean;
	llama_vocab_get_add_eos(vocab: Pointer): boolean;
	llama_vocab_get_add_sep(vocab: Pointer): boolean;
	llama_vocab_get_text(vocab: Pointer, token: number): string | null;
	llama_vocab_get_attr(vocab: Pointer, token: number): number;
	llama_vocab_is_eog(vocab: Pointer, token: number): boolean;
	llama_detokenize(
		vocab: Pointer,
		tokens: Int32Array,
		count: number,
		text: Uint8Array,
		capacity: number,
		removeSpecial: boolean,
		unparseSpecial: boolean,
	): number;
	/** Returns the number of bytes; negative: that of the buffer needed. */
	llama_token_to_piece(
		vocab: Pointer,
		token: number,
		bytes: Uint8Array,
		capacity: number,
		leadingSpaces: number,
		special: boolean,
	): number;
	llama_tokenize: KoffiFunc<
		(
			vocab: Pointer,
			text: Uint8Array,
			length: number,
			tokens: Int32Array,
			capacity: number,
			addSpecial: boolean,
			parseSpecial: boolean,
		) => number
	>;
	llama_init_from_model(model: Pointer, params: ContextParams): Found;
	llama_free(context: Pointer): void;
	llama_n_ctx(context: Pointer): number;
	llama_adapter_lora_init(model: Pointer, path: string): Found;
	llama_set_adapters_lora(context: Pointer, adapters: BigUint64Array, count: number, scales: Float32Array): number;
	/** NULL for encoders, which keep no state. */
	llama_get_memory(context: Pointer): Found;
	llama_memory_clear(memory: Pointer, data: boolean): void;
	llama_memory_seq_cp(memory: Pointer, from: number, to: number, start: number, end: number): void;
	llama_memory_seq_rm(memory: Pointer, sequence: number, start: number, end: number): boolean;
	llama_synchronize(context: Pointer): void;
	llama_set_n_threads(context: Pointer, threads: number, batchThreads: number): void;
	llama_set_abort_callback(context: Pointer, callback: Pointer, data: Pointer): void;
	llama_attach_threadpool(context: Pointer, pool: Pointer, batchPool: null): void;
	llama_detach_threadpool(context: Pointer): void;
	llama_batch_init(tokens: number, embd: number, sequences: number): Batch;
	llama_batch_free(batch: Batch): void;
	llama_batch_get_one(tokens: Int32Array, count: number): Batch;
	llama_decode: KoffiFunc<(context: Pointer, batch: Batch) => number>;
	llama_get_logits(context: Pointer): Found;
	llama_get_embeddings_seq(context: Pointer, sequence: number): Found;
	llama_sampler_chain_init(params: { no_perf: boolean }): Pointer;
	llama_sampler_chain_add(chain: Pointer, sampler: Pointer): void;
	llama_sampler_init_greedy(): Pointer;
	llama_sampler_init_dist(seed: number): Pointer;
	llama_sampler_init_top_k(k: number): Pointer;
	llama_sampler_init_top_p(p: number, minKeep: number): Pointer;
	llama_sampler_init_min_p(p: number, minKeep: number): Pointer;
	llama_sampler_init_typical(p: number, minKeep: number): Pointer;
	llama_sampler_init_top_n_sigma(n: number): Pointer;
	llama_sampler_init_xtc(probability: number, threshold: number, minKeep: number, seed: number): Pointer;
	llama_sampler_init_temp(temperature: number): Pointer;
	llama_sampler_init_penalties(
		vocabularySize: number,
		lastTokens: number,
		repeat: number,
		frequency: number,
		presence: number,
	): Pointer;
	/** `biases`: struct llama_logit_bias { token, bias }, eight bytes each. */
	llama_sampler_init_logit_bias(vocabularySize: number, count: number, biases: Uint8Array): Pointer;
	llama_sampler_init_dry(
		vocab: Pointer,
		multiplier: number,
		base: number,
		allowedLength: number,
		lastTokens: number,
		breakers: readonly string[],
		count: number,
	): Pointer;
	/** Returns null if the text is not a grammar; the log says why. */
	llama_sampler_init_grammar(vocab: Pointer, grammar: string, root: string): Found;
	llama_sampler_sample(sampler: Pointer, context: Pointer, output: number): number;
	llama_sampler_apply(sampler: Pointer, candidates: Pointer): void;
	llama_sampler_accept(sampler: Pointer, token: number): void;
	llama_sampler_free(sampler: Pointer): void;
	llama_state_seq_get_size(context: Pointer, sequence: number): number;
	llama_state_seq_get_data(context: Pointer, into: Uint8Array, size: number, sequence: number): number;
	llama_state_seq_set_data(context: Pointer, from: Uint8Array, size: number, sequence: number): number;
	llama_model_quantize: KoffiFunc<(input: string, output: string, params: QuantizeParams) => number>;
	ggml_backend_load_all_from_path(folder: string): void;
	ggml_backend_dev_count(): number;
	ggml_backend_dev_get(index: number): Found;
	ggml_backend_dev_by_type(type: number): Found;
	ggml_backend_dev_backend_reg(device: Pointer): Found;
	ggml_backend_reg_get_proc_address(registration: Pointer, name: string): Found;
	ggml_threadpool_params_init(params: Uint8Array, threads: number): void;
	ggml_is_empty(tensor: Pointer): boolean;
	ggml_backend_dev_name(device: Pointer): string;
	ggml_backend_dev_description(device: Pointer): string;
	ggml_backend_dev_type(device: Pointer): number;
	ggml_backend_dev_memory(device: Pointer, free: BigUint64Array, total: BigUint64Array): void;
	/** ggml_type_traits of a type. */
	ggml_get_type_traits(type: number): Found;
	ggml_fp32_to_fp16_row(from: Float32Array, to: Uint8Array, count: number): void;
	ggml_fp32_to_bf16_row(from: Float32Array, to: Uint8Array, count: number): void;
	ggml_op_name(op: number): string;
	ggml_type_name(type: number): string;
	ggml_tensor_overhead(): number;
	ggml_init(params: { mem_size: number; mem_buffer: null; no_alloc: boolean }): Found;
	ggml_free(context: Pointer): void;
	ggml_new_tensor_2d(context: Pointer, type: number, ne0: number, ne1: number): Found;
	ggml_set_name(tensor: Pointer, name: string): Found;
	/** Returns the bytes written. */
	ggml_quantize_chunk(
		type: number,
		from: Float32Array,
		to: Uint8Array,
		start: number,
		rows: number,
		columns: number,
		imatrix: null,
	): number;
	ggml_get_first_tensor(context: Pointer): Found;
	ggml_get_next_tensor(context: Pointer, tensor: Pointer): Found;
	ggml_backend_buffer_is_host(buffer: Pointer): boolean;
	gguf_init_empty(): Pointer;
	gguf_init_from_file(path: string, params: { no_alloc: boolean; ctx: Pointer }): Found;
	gguf_free(context: Pointer): void;
	gguf_find_key(context: Pointer, key: string): number;
	gguf_get_kv_type(context: Pointer, key: number): number;
	gguf_get_arr_type(context: Pointer, key: number): number;
	gguf_get_arr_n(context: Pointer, key: number): number;
	gguf_get_arr_str(context: Pointer, key: number, index: number): string;
	gguf_get_val_u32(context: Pointer, key: number): number;
	gguf_set_val_str(context: Pointer, key: string, value: string): void;
	gguf_set_val_u32(context: Pointer, key: string, value: number): void;
	gguf_set_arr_str(context: Pointer, key: string, values: string[], count: number): void;
	gguf_add_tensor(context: Pointer, tensor: Pointer): void;
	gguf_write_to_file(context: Pointer, path: string, metaOnly: boolean): boolean;
};

type Signature = [result: string | TypeObject, ...parameters: (string | TypeObject)[]];

/** Signatures by the library that exports the function; Windows looks only there, not in its dependencies. */
function signatures(s: Structs): Record<'llama' | 'ggml' | 'ggmlBase', Record<string, Signature>> {
	const p = 'void *';
	const i32 = 'int32_t';
	const i64 = 'int64_t';
	const size = 'size_t';
	return {
		llama: {
			llama_version: ['str'],
			llama_backend_init: ['void'],
			llama_log_set: ['void', p, p],
			llama_print_system_info: ['str'],
			llama_model_default_params: [s.modelParams],
			llama_context_default_params: [s.contextParams],
			llama_model_quantize_default_params: [s.quantizeParams],
			llama_model_load_from_file: [p, 'str', s.modelParams],
			llama_model_free: ['void', p],
			llama_model_get_vocab: [p, p],
			llama_model_n_params: ['uint64_t', p],
			llama_model_size: ['uint64_t', p],
			llama_model_n_embd: [i32, p],
			llama_model_n_embd_out: [i32, p],
			llama_model_n_cls_out: ['uint32_t', p],
			llama_model_n_layer: [i32, p],
			llama_model_n_ctx_train: [i32, p],
			llama_model_n_head: [i32, p],
			llama_model_n_head_kv: [i32, p],
			llama_model_desc: [i32, p, p, size],
			llama_model_meta_val_str: [i32, p, 'str', p, size],
			llama_model_has_encoder: ['bool', p],
			llama_model_is_recurrent: ['bool', p],
			llama_model_is_hybrid: ['bool', p],
			llama_vocab_n_tokens: [i32, p],
			llama_vocab_type: [i32, p],
			llama_vocab_bos: [i32, p],
			llama_vocab_eos: [i32, p],
			llama_vocab_sep: [i32, p],
			llama_vocab_get_add_bos: ['bool', p],
			llama_vocab_get_add_eos: ['bool', p],
			llama_vocab_get_add_sep: ['bool', p],
			llama_vocab_get_text: ['str', p, i32],
			llama_vocab_get_attr: [i32, p, i32],
			llama_vocab_is_eog: ['bool', p, i32],
			llama_detokenize: [i32, p, p, i32, p, i32, 'bool', 'bool'],
			llama_token_to_piece: [i32, p, i32, p, i32, i32, 'bool'],
			llama_tokenize: [i32, p, p, i32, p, i32, 'bool', 'bool'],
			llama_init_from_model: [p, p, s.contextParams],
			llama_free: ['void', p],
			llama_n_ctx: ['uint32_t', p],
			llama_adapter_lora_init: [p, p, 'str'],
			llama_set_adapters_lora: [i32, p, p, size, p],
			llama_get_memory: [p, p],
			llama_memory_clear: ['void', p, 'bool'],
			llama_memory_seq_cp: ['void', p, i32, i32, i32, i32],
			llama_memory_seq_rm: ['bool', p, i32, i32, i32],
			llama_synchronize: ['void', p],
			llama_set_n_threads: ['void', p, i32, i32],
			llama_set_abort_callback: ['void', p, p, p],
			llama_attach_threadpool: ['void', p, p, p],
			llama_detach_threadpool: ['void', p],
			llama_sampler_chain_init: [p, s.samplerChainParams],
			llama_sampler_chain_add: ['void', p, p],
			llama_sampler_init_greedy: [p],
			llama_sampler_init_dist: [p, 'uint32_t'],
			llama_sampler_init_top_k: [p, i32],
			llama_sampler_init_top_p: [p, 'float', size],
			llama_sampler_init_min_p: [p, 'float', size],
			llama_sampler_init_typical: [p, 'float', size],
			llama_sampler_init_top_n_sigma: [p, 'float'],
			llama_sampler_init_xtc: [p, 'float', 'float', size, 'uint32_t'],
			llama_sampler_init_temp: [p, 'float'],
			llama_sampler_init_penalties: [p, i32, i32, 'float', 'float', 'float'],
			llama_sampler_init_logit_bias: [p, i32, i32, p],
			llama_sampler_init_dry: [p, p, 'float', 'float', i32, i32, 'const char **', size],
			llama_sampler_init_grammar: [p, p, 'str', 'str'],
			llama_sampler_sample: [i32, p, p, i32],
			llama_sampler_apply: ['void', p, p],
			llama_sampler_accept: ['void', p, i32],
			llama_sampler_free: ['void', p],
			llama_batch_init: [s.batch, i32, i32, i32],
			llama_batch_free: ['void', s.batch],
			llama_batch_get_one: [s.batch, p, i32],
			llama_decode: [i32, p, s.batch],
			llama_get_logits: [p, p],
			llama_get_embeddings_seq: [p, p, i32],
			llama_state_seq_get_size: [size, p, i32],
			llama_state_seq_get_data: [size, p, p, size, i32],
			llama_state_seq_set_data: [size, p, p, size, i32],
			llama_model_quantize: ['uint32_t', 'str', 'str', koffi.pointer(s.quantizeParams)],
		},
		ggml: {
			ggml_backend_load_all_from_path: ['void', 'str'],
			ggml_backend_dev_count: [size],
			ggml_backend_dev_get: [p, size],
			ggml_backend_dev_by_type: [p, i32],
		},
		ggmlBase: {
			ggml_backend_dev_backend_reg: [p, p],
			ggml_backend_reg_get_proc_address: [p, p, 'str'],
			ggml_threadpool_params_init: ['void', p, i32],
			ggml_is_empty: ['bool', p],
			ggml_backend_dev_name: ['str', p],
			ggml_backend_dev_description: ['str', p],
			ggml_backend_dev_type: [i32, p],
			ggml_backend_dev_memory: ['void', p, p, p],
			ggml_get_type_traits: [p, i32],
			ggml_fp32_to_fp16_row: ['void', p, p, i64],
			ggml_fp32_to_bf16_row: ['void', p, p, i64],
			ggml_op_name: ['str', i32],
			ggml_type_name: ['str', i32],
			ggml_tensor_overhead: [size],
			ggml_init: [p, s.ggmlInitParams],
			ggml_free: ['void', p],
			ggml_new_tensor_2d: [p, p, i32, i64, i64],
			ggml_set_name: [p, p, 'str'],
			ggml_quantize_chunk: [size, i32, p, p, i64, i64, i64, p],
			ggml_get_first_tensor: [p, p],
			ggml_get_next_tensor: [p, p, p],
			ggml_backend_buffer_is_host: ['bool', p],
			gguf_init_empty: [p],
			gguf_init_from_file: [p, 'str', s.ggufInitParams],
			gguf_free: ['void', p],
			gguf_find_key: [i64, p, 'str'],
			gguf_get_kv_type: [i32, p, i64],
			gguf_get_arr_type: [i32, p, i64],
			gguf_get_arr_n: [size, p, i64],
			gguf_get_arr_str: ['str', p, i64, size],
			gguf_get_val_u32: ['uint32_t', p, i64],
			gguf_set_val_str: ['void', p, 'str', 'str'],
			gguf_set_val_u32: ['void', p, 'str', 'uint32_t'],
			gguf_set_arr_str: ['void', p, 'str', 'const char **', size],
			gguf_add_tensor: ['void', p, p],
			gguf_write_to_file: ['bool', p, 'str', 'bool'],
		},
	};
}

/** Raw access to one symbol, for probes of what a function writes. */
export type RawSymbol = (name: string, result: string, parameters: string[]) => (...values: unknown[]) => unknown;

/** Loads the three libraries and binds every function. Throws an Error naming the missing file or symbol. */
export function bindFunctions(
	files: NativeLibraryFiles,
	structs: Structs,
): { functions: NativeFunctions; raw: RawSymbol; isEmpty: Pointer } {
	// In this order, so that Windows finds each library's dependencies already loaded.
	const handles: Record<'ggmlBase' | 'ggml' | 'llama', LibraryHandle> = {
		ggmlBase: koffi.load(files.ggmlBase),
		ggml: koffi.load(files.ggml),
		llama: koffi.load(files.llama),
	};
	const functions: Record<string, unknown> = {};
	for (const [library, table] of Object.entries(signatures(structs))) {
		for (const [name, [result, ...parameters]] of Object.entries(table)) {
			functions[name] = handles[library as keyof typeof handles].func(name, result, parameters);
		}
	}
	return {
		functions: functions as NativeFunctions,
		isEmpty: handles.ggmlBase.symbol('ggml_is_empty') as Pointer,
		raw: (name, result, parameters) => handles.llama.func(name, result, parameters) as (...v: unknown[]) => unknown,
	};
}
