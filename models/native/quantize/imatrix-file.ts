import { readFile } from 'node:fs/promises';
import koffi from 'koffi';
import { Failure } from '../../contract/failure.ts';
import { said } from '../../contract/said.ts';
import { Arena } from '../libllama/arena.ts';
import type { NativeLibrary } from '../libllama/open-library.ts';
import type { Pointer } from '../libllama/structs.ts';
import type { Sums } from './imatrix-collector.ts';

/** An importance matrix: for each weight matrix, the mean square of its input, one value per column. */
export type Imatrix = {
	entries: ReadonlyMap<string, Float32Array>;
	/** Number of text chunks that it was computed from; 0 if the file doesn't say. */
	chunks: number;
	datasets: readonly string[];
};

function unreadable(path: string, why: string): Failure {
	return new Failure({
		code: 'imatrix-unreadable',
		message: said`${path} is not an importance matrix that can be used: ${why}.`,
		next: [said`Choose a file made by llama-imatrix or by Assay`, said`Compute one from a text of yours`],
	});
}

const suffixes = { sums: '.in_sum2', counts: '.counts' };
/** gguf_type. */
const ggufTypes = { string: 8, array: 9 };

type TensorView = { type: number; ne: (number | bigint)[]; data: Pointer; name: string };

function floatsOf(path: string, tensor: TensorView): Float32Array {
	if (tensor.type !== 0) throw unreadable(path, `${tensor.name} does not hold floats`);
	const length = tensor.ne.reduce<number>((product, size) => product * Number(size), 1);
	return new Float32Array(koffi.view(tensor.data, length * 4).slice(0));
}

/**
 * Turns sums into means: a matrix of experts has one count per expert; an expert without input weighs all columns
 * equally.
 */
export function normalise(sums: Float32Array, counts: Float32Array): Float32Array {
	const columns = sums.length / counts.length;
	return sums.map((sum, index) => {
		const count = Math.round(counts[Math.floor(index / columns)] ?? 0);
		return count > 0 ? sum / count : 1;
	});
}

function readGguf(library: NativeLibrary, path: string): Imatrix | null {
	const { functions, structs } = library;
	const arena = new Arena();
	const slot = arena.bytes(8);
	const file = functions.gguf_init_from_file(path, { no_alloc: false, ctx: slot.pointer });
	if (file === null) {
		arena.free();
		return null;
	}
	const context = new DataView(slot.view.buffer, slot.view.byteOffset).getBigUint64(0, true);
	try {
		const keys = ['imatrix.datasets', 'imatrix.chunk_count', 'imatrix.chunk_size'];
		const [datasetsKey = -1, countKey = -1, sizeKey = -1] = keys.map((key) => functions.gguf_find_key(file, key));
		if (datasetsKey < 0 || countKey < 0 || sizeKey < 0) throw unreadable(path, 'its description is missing');
		const isList =
			functions.gguf_get_kv_type(file, datasetsKey) === ggufTypes.array &&
			functions.gguf_get_arr_type(file, datasetsKey) === ggufTypes.string;
		const length = isList ? functions.gguf_get_arr_n(file, datasetsKey) : 0;
		const datasets = Array.from({ length }, (_, index) => functions.gguf_get_arr_str(file, datasetsKey, index));
		const found = new Map<string, Float32Array>();
		for (
			let tensor = functions.ggml_get_first_tensor(context);
			tensor !== null;
			tensor = functions.ggml_get_next_tensor(context, tensor)
		) {
			const view = koffi.decode(tensor, structs.tensor) as TensorView;
			if (Object.values(suffixes).some((suffix) => view.name.endsWith(suffix))) {
				found.set(view.name, floatsOf(path, view));
			}
		}
		const entries = new Map<string, Float32Array>();
		for (const [name, sums] of found) {
			if (!name.endsWith(suffixes.sums)) continue;
			const weight = name.slice(0, -suffixes.sums.length);
			const counts = found.get(weight + suffixes.counts);
			if (counts === undefined) throw unreadable(path, `${weight} has sums but no counts`);
			entries.set(weight, normalise(sums, counts));
		}
		return { entries, chunks: functions.gguf_get_val_u32(file, countKey), datasets };
	} finally {
		functions.gguf_free(file);
		functions.ggml_free(context);
		arena.free();
	}
}

/** Parses the older format: names, and means times the number of calls, in sequence (common/imatrix-loader.cpp). */
export function parseLegacy(path: string, bytes: Uint8Array): Imatrix {
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	let at = 0;
	const int = (): number => {
		if (at + 4 > bytes.length) throw unreadable(path, 'it ends too early');
		at += 4;
		return view.getInt32(at - 4, true);
	};
	const take = (length: number): Uint8Array => {
		if (length < 0 || at + length > bytes.length) throw unreadable(path, 'it ends too early or has another format');
		at += length;
		return bytes.subarray(at - length, at);
	};
	const count = int();
	if (count < 1) throw unreadable(path, 'it has another format');
	const entries = new Map<string, Float32Array>();
	for (let index = 0; index < count; index += 1) {
		const name = Buffer.from(take(int())).toString('utf8');
		const calls = int();
		const values = new Float32Array(new Uint8Array(take(int() * 4)).buffer);
		entries.set(name, calls > 0 ? values.map((value) => value / calls) : values);
	}
	const chunks = at < bytes.length ? int() : 0;
	const datasets = at < bytes.length ? [Buffer.from(take(int())).toString('utf8')] : [];
	return { entries, chunks, datasets };
}

/** Reads an importance matrix in either format. Throws Failure `imatrix-unreadable`. */
export async function readImatrix(library: NativeLibrary, path: string): Promise<Imatrix> {
	let bytes: Buffer;
	try {
		bytes = await readFile(path);
	} catch (error) {
		throw unreadable(path, error instanceof Error ? error.message : String(error));
	}
	const isGguf = bytes.subarray(0, 4).toString('latin1') === 'GGUF';
	const imatrix = isGguf ? readGguf(library, path) : parseLegacy(path, bytes);
	if (imatrix === null) throw unreadable(path, 'the file is damaged');
	if (imatrix.entries.size === 0) throw unreadable(path, 'it has no entries');
	return imatrix;
}

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

/** Writes sums like llama-imatrix (`save_imatrix`): a GGUF file with `.in_sum2` and `.counts` for each matrix. */
export function writeImatrix(
	library: NativeLibrary,
	path: string,
	sums: ReadonlyMap<string, Sums>,
	about: { dataset: string; chunks: number; chunkSize: number },
): void {
	const { functions } = library;
	const sorted = [...sums].sort(([a], [b]) => (a < b ? -1 : 1));
	// Space for alignment of each tensor, in addition to its header and floats.
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
