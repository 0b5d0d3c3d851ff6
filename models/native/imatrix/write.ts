import koffi from 'koffi';
import type { NativeLibrary } from '../library/open.ts';
import type { Pointer } from '../library/structs.ts';
import type { Sums } from './accumulate.ts';

const float = 0;

function addTensor(
	library: NativeLibrary,
	context: Pointer,
	file: Pointer,
	name: string,
	rows: number,
	values: Float32Array,
): void {
	const { functions, structs } = library;
	const tensor = functions.ggml_new_tensor_2d(context, float, values.length / rows, rows);
	if (tensor === null) throw new Error(`no memory for ${name}`);
	functions.ggml_set_name(tensor, name);
	const { data } = koffi.decode(tensor, structs.tensor) as { data: Pointer };
	new Float32Array(koffi.view(data, values.byteLength)).set(values);
	functions.gguf_add_tensor(file, tensor);
}

/** Writes sums as llama-imatrix does (`save_imatrix`): a GGUF file with `.in_sum2` and `.counts` for each matrix. */
export function writeImatrix(
	library: NativeLibrary,
	path: string,
	sums: ReadonlyMap<string, Sums>,
	about: { dataset: string; chunks: number; chunkSize: number },
): void {
	const { functions } = library;
	const sorted = [...sums].sort(([a], [b]) => (a < b ? -1 : 1));
	// Alignment of each tensor besides its header and its floats.
	const memory = sorted.reduce((bytes, [, { values, counts }]) => {
		return bytes + 2 * (functions.ggml_tensor_overhead() + 64) + 4 * (values.length + counts.length);
	}, 1024);
	const context = functions.ggml_init({ mem_size: memory, mem_buffer: null, no_alloc: false });
	if (context === null) throw new Error('no memory for an importance matrix');
	const file = functions.gguf_init_empty();
	try {
		functions.gguf_set_val_str(file, 'general.type', 'imatrix');
		functions.gguf_set_arr_str(file, 'imatrix.datasets', [about.dataset], 1);
		functions.gguf_set_val_u32(file, 'imatrix.chunk_count', about.chunks);
		functions.gguf_set_val_u32(file, 'imatrix.chunk_size', about.chunkSize);
		for (const [name, { values, counts }] of sorted) {
			addTensor(library, context, file, `${name}.in_sum2`, counts.length, values);
			addTensor(library, context, file, `${name}.counts`, counts.length, Float32Array.from(counts));
		}
		if (!functions.gguf_write_to_file(file, path, false)) throw new Error(`${path} could not be written`);
	} finally {
		functions.gguf_free(file);
		functions.ggml_free(context);
	}
}
