import { basename } from 'node:path';
import type { Arena } from '../library/arena.ts';
import type { Pointer } from '../library/structs.ts';
import type { Imatrix } from './imatrix-file.ts';

/** sizeof(llama_model_kv_override), and where its parts lie; layout.ts checks the size. */
const override = { bytes: 264, key: 4, value: 136, textBytes: 127 };
/** llama_model_kv_override_type. */
const tags = { int: 0, text: 3 };

/** Array of llama_model_imatrix_data, ended by an empty one. */
export function imatrixArray(arena: Arena, imatrix: Imatrix): Pointer {
	const { pointer, view } = arena.bytes((imatrix.entries.size + 1) * 24);
	const words = new BigUint64Array(view.buffer);
	let at = 0;
	for (const [name, values] of imatrix.entries) {
		words[at] = arena.text(name);
		words[at + 1] = arena.floats(values);
		words[at + 2] = BigInt(values.length);
		at += 3;
	}
	return pointer;
}

/**
 * What llama-quantize writes into a file about the matrix it used, in its order. Only the file's name is written, not
 * its folder: a model is given to others.
 */
export function imatrixOverrides(arena: Arena, imatrix: Imatrix, path: string): Pointer {
	const values: [string, string | number][] = [['quantize.imatrix.file', basename(path)]];
	const [dataset] = imatrix.datasets;
	if (dataset !== undefined) values.push(['quantize.imatrix.dataset', dataset]);
	values.push(['quantize.imatrix.entries_count', imatrix.entries.size]);
	if (imatrix.chunks > 0) values.push(['quantize.imatrix.chunks_count', imatrix.chunks]);
	// One more, left zero, ends the array.
	const { pointer, view } = arena.bytes((values.length + 1) * override.bytes);
	const data = new DataView(view.buffer);
	values.forEach(([key, value], index) => {
		const start = index * override.bytes;
		view.set(Buffer.from(key, 'utf8'), start + override.key);
		if (typeof value === 'number') {
			data.setInt32(start, tags.int, true);
			data.setBigInt64(start + override.value, BigInt(value), true);
		} else {
			data.setInt32(start, tags.text, true);
			view.set(Buffer.from(value, 'utf8').subarray(0, override.textBytes), start + override.value);
		}
	});
	return pointer;
}
