import koffi from 'koffi';
import { Failure } from '../../contract/failure.ts';
import { said } from '../../contract/said.ts';
import type { NativeFunctions, RawSymbol } from './functions.ts';
import type { Structs } from './structs.ts';

/** The loaded library's values for its structs; compared with `expectedLayout`, which was taken from its headers. */
export type Layout = Record<string, string | number | boolean | null>;

/**
 * The layout of llama.cpp v0.4.0: sizes on a 64-bit computer, and values that its own functions write. A default read
 * back from an unexpected place means that a field was added, removed or moved.
 */
export const expectedLayout: Layout = {
	llama_version: '0.4.0-dev',
	'sizeof llama_model_params': 80,
	'sizeof llama_context_params': 160,
	'sizeof llama_model_quantize_params': 64,
	'sizeof llama_batch': 56,
	'sizeof llama_model_kv_override': 264,
	'sizeof llama_model_imatrix_data': 24,
	'sizeof ggml_tensor': 336,
	'llama_model_params.n_gpu_layers': -1,
	'llama_model_params.split_mode': 1,
	'llama_model_params.load_mode': -1,
	'llama_model_params.lazy_mode': 1,
	'llama_model_params.kv_overrides': null,
	'llama_model_params.use_extra_bufts': true,
	'llama_model_params.load_mtp': false,
	'llama_context_params.n_ctx': 512,
	'llama_context_params.n_batch': 2048,
	'llama_context_params.n_ubatch': 512,
	'llama_context_params.n_seq_max': 1,
	'llama_context_params.n_outputs_max': 0,
	'llama_context_params.n_outputs_max_per_seq': 1,
	'llama_context_params.n_threads': 4,
	'llama_context_params.n_threads_batch': 4,
	'llama_context_params.rope_scaling_type': -1,
	'llama_context_params.pooling_type': -1,
	'llama_context_params.flash_attn_type': -1,
	'llama_context_params.yarn_ext_factor': -1,
	'llama_context_params.defrag_thold': -1,
	'llama_context_params.cb_eval': null,
	'llama_context_params.type_k': 1,
	'llama_context_params.type_v': 1,
	'llama_context_params.embeddings': false,
	'llama_context_params.offload_kqv': true,
	'llama_context_params.no_perf': true,
	'llama_context_params.op_offload': true,
	'llama_context_params.swa_full': true,
	'llama_context_params.kv_unified': false,
	'llama_context_params.n_samplers': 0,
	'llama_context_params.ctx_other': null,
	'llama_model_quantize_params.nthread': 0,
	'llama_model_quantize_params.ftype': 7,
	'llama_model_quantize_params.output_tensor_type': 43,
	'llama_model_quantize_params.token_embedding_type': 43,
	'llama_model_quantize_params.allow_requantize': false,
	'llama_model_quantize_params.quantize_output_tensor': true,
	'llama_model_quantize_params.pure': false,
	'llama_model_quantize_params.imatrix': null,
	'llama_model_quantize_params.max_buf_size': 8_589_934_592,
	'llama_batch.n_tokens': 3,
	'llama_batch.embd': null,
	'llama_batch.logits': null,
	'ggml_op 29': 'MUL_MAT',
	'ggml_op 30': 'MUL_MAT_ID',
	'ggml_tensor.type': 0,
	'ggml_tensor.ne': '7,5,1,1',
	'ggml_tensor.nb': '4,28,140,140',
	'ggml_tensor.name': 'layout check',
};

/** Size of the object header that ggml puts before each tensor, bytes (GGML_OBJECT_SIZE). */
const objectOverhead = 32;

/**
 * Returns how many bytes a function that returns a large struct writes. On x64 the first argument of such a function is
 * the destination, so it can be given a marked buffer; elsewhere only the values read back are checked.
 */
function writtenBytes(raw: RawSymbol, name: string): number | null {
	if (process.arch !== 'x64') return null;
	const marker = 0xa5;
	const buffer = Buffer.alloc(1024, marker);
	raw(name, 'void', ['void *'])(buffer);
	return buffer.findLastIndex((byte) => byte !== marker) + 1;
}

/** Returns a struct's size in koffi, or the number of bytes that the library wrote if it differs. */
function sizeOf(structs: Structs, struct: keyof Structs, written: number | null): number {
	const { size, members = {} } = koffi.type(structs[struct]);
	if (written === null) return size;
	const end = Math.max(...Object.values(members).map(({ offset, type }) => offset + type.size));
	// Padding after the last field may remain unwritten.
	return written >= end && written <= size ? size : written;
}

function prefixed(struct: string, values: Record<string, unknown>): Layout {
	return Object.fromEntries(
		Object.entries(values).map(([field, value]) => [`${struct}.${field}`, value as Layout[string]]),
	);
}

function observeTensor(functions: NativeFunctions, structs: Structs): Layout {
	const context = functions.ggml_init({ mem_size: 4096, mem_buffer: null, no_alloc: true });
	const tensor = context === null ? null : functions.ggml_new_tensor_2d(context, 0, 7, 5);
	if (context === null || tensor === null) return {};
	functions.ggml_set_name(tensor, 'layout check');
	const { type, ne, nb, name } = koffi.decode(tensor, structs.tensor) as {
		type: number;
		ne: number[];
		nb: number[];
		name: string;
	};
	functions.ggml_free(context);
	return prefixed('ggml_tensor', { type, ne: ne.join(), nb: nb.join(), name });
}

/** Reads sizes and defaults back from the loaded library. */
export function observeLayout(functions: NativeFunctions, raw: RawSymbol, structs: Structs): Layout {
	const sized = (struct: keyof Structs, name: string) => sizeOf(structs, struct, writtenBytes(raw, name));
	const tensorBytes = functions.ggml_tensor_overhead() - objectOverhead;
	const observed: Layout = {
		llama_version: functions.llama_version(),
		'sizeof llama_model_params': sized('modelParams', 'llama_model_default_params'),
		'sizeof llama_context_params': sized('contextParams', 'llama_context_default_params'),
		'sizeof llama_model_quantize_params': sized('quantizeParams', 'llama_model_quantize_default_params'),
		'sizeof llama_batch': koffi.sizeof(structs.batch),
		'sizeof llama_model_kv_override': koffi.sizeof(structs.kvOverride),
		'sizeof llama_model_imatrix_data': koffi.sizeof(structs.imatrixData),
		'sizeof ggml_tensor': koffi.sizeof(structs.tensor) === tensorBytes ? tensorBytes : koffi.sizeof(structs.tensor),
		'ggml_op 29': functions.ggml_op_name(29),
		'ggml_op 30': functions.ggml_op_name(30),
		...prefixed('llama_model_params', functions.llama_model_default_params()),
		...prefixed('llama_context_params', functions.llama_context_default_params()),
		...prefixed('llama_model_quantize_params', functions.llama_model_quantize_default_params()),
		...prefixed('llama_batch', functions.llama_batch_get_one(new Int32Array(3), 3)),
		...observeTensor(functions, structs),
	};
	return observed;
}

/** Throws Failure `native-layout-changed` naming the first field that is not in its place. */
export function checkLayout(observed: Layout): void {
	for (const [field, expected] of Object.entries(expectedLayout)) {
		const found = observed[field];
		if (Object.is(found, expected)) continue;
		throw new Failure({
			code: 'native-layout-changed',
			message: said`The installed llama.cpp is not the one Assay was written for: ${field} reads ${JSON.stringify(found ?? null)} instead of ${JSON.stringify(expected)}. It is not used, because that could crash or give wrong numbers.`,
			next: [said`Reinstall Assay, so that it has its own llama.cpp again`],
			detail: `llama_version: ${observed.llama_version ?? 'unknown'}`,
		});
	}
}
