import koffi from 'koffi';
import type { NativeLibrary } from '../libllama/open-library.ts';
import type { Pointer } from '../libllama/structs.ts';

/** Types of tensors by their numbers in ggml. */
export const tensorTypes = { F32: 0, F16: 1, Q8_0: 8 } as const;

export type TensorType = keyof typeof tensorTypes;

/** Bytes of so many numbers; Q8_0 keeps 32 of them with a float16 scale. */
export function bytesOf(type: TensorType, count: number): number {
	if (type === 'Q8_0') return (count / 32) * 34;
	return count * (type === 'F16' ? 2 : 4);
}

/** A value of a GGUF file's metadata. */
export type MetadataValue =
	| { readonly type: 'string'; readonly value: string }
	| { readonly type: 'uint32' | 'float32'; readonly value: number }
	| { readonly type: 'bool'; readonly value: boolean }
	| { readonly type: 'strings'; readonly values: readonly string[] }
	| { readonly type: 'int32s'; readonly values: Int32Array };

/** Space for the header and the alignment of a tensor, bytes. */
const roomPerTensor = 64;

/** gguf_type of an int32. */
const int32 = 5;

/** Writes a GGUF file with libggml, which owns the memory of its tensors until `close`. */
export class GgufWriter {
	readonly #library: NativeLibrary;
	readonly #context: Pointer;
	readonly #file: Pointer;

	/** `tensorBytes`: of all tensors together; `tensors`: how many. */
	constructor(library: NativeLibrary, tensorBytes: number, tensors: number) {
		const { functions } = library;
		this.#library = library;
		const mem_size = tensorBytes + tensors * (functions.ggml_tensor_overhead() + roomPerTensor) + 1_024;
		const context = functions.ggml_init({ mem_size, mem_buffer: null, no_alloc: false });
		if (context === null) throw new Error('no memory for the tensors of a GGUF file');
		this.#context = context;
		this.#file = functions.gguf_init_empty();
	}

	/** Values are written in the order of the calls. */
	set(key: string, entry: MetadataValue): void {
		const { functions } = this.#library;
		switch (entry.type) {
			case 'string':
				functions.gguf_set_val_str(this.#file, key, entry.value);
				break;
			case 'uint32':
				functions.gguf_set_val_u32(this.#file, key, entry.value);
				break;
			case 'float32':
				functions.gguf_set_val_f32(this.#file, key, entry.value);
				break;
			case 'bool':
				functions.gguf_set_val_bool(this.#file, key, entry.value);
				break;
			case 'strings':
				functions.gguf_set_arr_str(this.#file, key, [...entry.values], entry.values.length);
				break;
			case 'int32s':
				functions.gguf_set_arr_data(this.#file, key, int32, entry.values, entry.values.length);
				break;
		}
	}

	/** Adds a matrix, or a row, converted to `type` by libggml. `values` are its rows one after the other. */
	add(name: string, type: TensorType, columns: number, rows: number, values: Float32Array): void {
		const { functions, structs } = this.#library;
		const tensor = functions.ggml_new_tensor_2d(this.#context, tensorTypes[type], columns, rows);
		if (tensor === null) throw new Error(`no memory for ${name}`);
		functions.ggml_set_name(tensor, name);
		const { data } = koffi.decode(tensor, structs.tensor) as { data: Pointer };
		if (type === 'F32') new Float32Array(koffi.view(data, values.byteLength)).set(values);
		else functions.ggml_quantize_chunk(tensorTypes[type], values, data, 0, rows, columns, null);
		functions.gguf_add_tensor(this.#file, tensor);
	}

	write(path: string): void {
		if (!this.#library.functions.gguf_write_to_file(this.#file, path, false))
			throw new Error(`${path} could not be written`);
	}

	close(): void {
		this.#library.functions.gguf_free(this.#file);
		this.#library.functions.ggml_free(this.#context);
	}
}
