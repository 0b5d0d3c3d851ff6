import koffi, { type TypeObject } from 'koffi';

/** A C pointer. koffi represents pointers as bigint and NULL as null. */
export type Pointer = bigint;

/** struct llama_model_params, the fields Assay sets or checks. */
export type ModelParams = Record<string, unknown> & {
	n_gpu_layers: number;
	/** LLAMA_LOAD_MODE_*. */
	load_mode: number;
	check_tensors: boolean;
};

/** struct llama_context_params, the fields Assay sets or checks. */
export type ContextParams = Record<string, unknown> & {
	n_ctx: number;
	n_batch: number;
	n_ubatch: number;
	n_seq_max: number;
	n_threads: number;
	n_threads_batch: number;
	/** LLAMA_POOLING_TYPE_*; -1: what the file says. */
	pooling_type: number;
	/** -1 auto, 0 off, 1 on. */
	flash_attn_type: number;
	/** 0: the file's value. */
	rope_freq_base: number;
	rope_freq_scale: number;
	type_k: number;
	type_v: number;
	cb_eval: Pointer | null;
	embeddings: boolean;
	no_perf: boolean;
	offload_kqv: boolean;
	op_offload: boolean;
	kv_unified: boolean;
};

/** struct llama_model_quantize_params. */
export type QuantizeParams = Record<string, unknown> & {
	nthread: number;
	ftype: number;
	output_tensor_type: number;
	token_embedding_type: number;
	allow_requantize: boolean;
	quantize_output_tensor: boolean;
	pure: boolean;
	imatrix: Pointer | null;
	kv_overrides: Pointer | null;
	max_buf_size: number;
};

/** struct llama_batch. The arrays are native memory; see batch.ts. */
export type Batch = {
	n_tokens: number;
	token: Pointer | null;
	embd: Pointer | null;
	pos: Pointer | null;
	n_seq_id: Pointer | null;
	seq_id: Pointer | null;
	logits: Pointer | null;
};

export type Structs = Record<
	| 'modelParams'
	| 'contextParams'
	| 'quantizeParams'
	| 'batch'
	| 'imatrixData'
	| 'kvOverride'
	| 'tensor'
	| 'ggmlInitParams'
	| 'ggufInitParams'
	| 'samplerChainParams',
	TypeObject
>;

/**
 * Defines llama.cpp's structs, copied field by field from include/llama.h and ggml/include/ggml.h of v0.4.0. They are
 * passed by value, so a changed layout would corrupt memory: struct-layout.ts checks them before anything runs.
 */
export function defineStructs(): Structs {
	const pointer = 'void *';
	return {
		modelParams: koffi.struct({
			devices: pointer,
			tensor_buft_overrides: pointer,
			n_gpu_layers: 'int32_t',
			split_mode: 'int32_t',
			load_mode: 'int32_t',
			lazy_mode: 'int32_t',
			main_gpu: 'int32_t',
			tensor_split: pointer,
			progress_callback: pointer,
			progress_callback_user_data: pointer,
			kv_overrides: pointer,
			vocab_only: 'bool',
			check_tensors: 'bool',
			use_extra_bufts: 'bool',
			no_host: 'bool',
			no_alloc: 'bool',
			load_mtp: 'bool',
		}),
		contextParams: koffi.struct({
			n_ctx: 'uint32_t',
			n_batch: 'uint32_t',
			n_ubatch: 'uint32_t',
			n_seq_max: 'uint32_t',
			n_rs_seq: 'uint32_t',
			n_outputs_max: 'uint32_t',
			n_outputs_max_per_seq: 'uint32_t',
			n_threads: 'int32_t',
			n_threads_batch: 'int32_t',
			ctx_type: 'int32_t',
			rope_scaling_type: 'int32_t',
			pooling_type: 'int32_t',
			attention_type: 'int32_t',
			flash_attn_type: 'int32_t',
			rope_freq_base: 'float',
			rope_freq_scale: 'float',
			yarn_ext_factor: 'float',
			yarn_attn_factor: 'float',
			yarn_beta_fast: 'float',
			yarn_beta_slow: 'float',
			yarn_orig_ctx: 'uint32_t',
			defrag_thold: 'float',
			cb_eval: pointer,
			cb_eval_user_data: pointer,
			type_k: 'int32_t',
			type_v: 'int32_t',
			abort_callback: pointer,
			abort_callback_data: pointer,
			embeddings: 'bool',
			offload_kqv: 'bool',
			no_perf: 'bool',
			op_offload: 'bool',
			swa_full: 'bool',
			kv_unified: 'bool',
			samplers: pointer,
			n_samplers: 'size_t',
			ctx_other: pointer,
		}),
		quantizeParams: koffi.struct({
			nthread: 'int32_t',
			ftype: 'int32_t',
			output_tensor_type: 'int32_t',
			token_embedding_type: 'int32_t',
			allow_requantize: 'bool',
			quantize_output_tensor: 'bool',
			only_copy: 'bool',
			pure: 'bool',
			keep_split: 'bool',
			dry_run: 'bool',
			imatrix: pointer,
			kv_overrides: pointer,
			tt_overrides: pointer,
			prune_layers: pointer,
			max_buf_size: 'size_t',
		}),
		batch: koffi.struct({
			n_tokens: 'int32_t',
			token: pointer,
			embd: pointer,
			pos: pointer,
			n_seq_id: pointer,
			seq_id: pointer,
			logits: pointer,
		}),
		imatrixData: koffi.struct({ name: pointer, data: pointer, size: 'size_t' }),
		kvOverride: koffi.struct({
			tag: 'int32_t',
			key: koffi.array('char', 128, 'String'),
			// A union: text here, an int64 in the first eight bytes for tag INT. Aligned like the int64.
			value: [8, koffi.array('uint8_t', 128, 'Typed')],
		}),
		tensor: koffi.struct({
			type: 'int32_t',
			buffer: pointer,
			ne: koffi.array('int64_t', 4, 'Array'),
			nb: koffi.array('size_t', 4, 'Array'),
			op: 'int32_t',
			op_params: koffi.array('int32_t', 16, 'Array'),
			flags: 'int32_t',
			src: koffi.array(pointer, 10, 'Array'),
			view_src: pointer,
			view_offs: 'size_t',
			data: pointer,
			name: koffi.array('char', 64, 'String'),
			extra: pointer,
			padding: koffi.array('uint8_t', 8, 'Typed'),
		}),
		ggmlInitParams: koffi.struct({ mem_size: 'size_t', mem_buffer: pointer, no_alloc: 'bool' }),
		ggufInitParams: koffi.struct({ no_alloc: 'bool', ctx: pointer }),
		samplerChainParams: koffi.struct({ no_perf: 'bool' }),
	};
}
