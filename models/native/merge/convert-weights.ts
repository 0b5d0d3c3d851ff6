import koffi from 'koffi';
import { tensorTypes } from '../../gguf/tensor-types.ts';
import type { NativeLibrary } from '../libllama/open-library.ts';

/** Offset of `to_float` in ggml_type_traits: name, block size, its interleaving, type size, whether quantised. */
const toFloatOffset = 40;

const numbers = new Map(Object.entries(tensorTypes).map(([number, { name }]) => [name, Number(number)]));

/** Turns weights of any type into floats, and floats into the types of merged models, with ggml's own functions. */
export interface WeightConversion {
	/** `values` must be whole blocks. */
	toFloats(type: string, bytes: Uint8Array, values: number): Float32Array;
	fromFloats(type: string, floats: Float32Array): Uint8Array;
}

let rowType: ReturnType<typeof koffi.proto> | undefined;

export function createWeightConversion({ functions }: NativeLibrary): WeightConversion {
	rowType ??= koffi.proto('void', ['void *', 'void *', 'int64_t']);
	const known = new Map<string, bigint>();
	function converter(type: string): bigint {
		const found = known.get(type);
		if (found !== undefined) return found;
		const traits = functions.ggml_get_type_traits(numbers.get(type) ?? 0);
		const pointer = traits === null ? null : (koffi.decode(traits, toFloatOffset, 'void *') as bigint | null);
		if (pointer === null) throw new Error(`ggml can't turn ${type} into floats`);
		known.set(type, pointer);
		return pointer;
	}
	return {
		toFloats(type, bytes, values) {
			if (type === 'F32') return new Float32Array(bytes.buffer, bytes.byteOffset, values);
			const floats = new Float32Array(values);
			koffi.call(converter(type), rowType!, bytes, floats, values);
			return floats;
		},
		fromFloats(type, floats) {
			if (type === 'F32') return new Uint8Array(floats.buffer, floats.byteOffset, floats.byteLength);
			const halves = new Uint8Array(floats.length * 2);
			if (type === 'F16') functions.ggml_fp32_to_fp16_row(floats, halves, floats.length);
			else functions.ggml_fp32_to_bf16_row(floats, halves, floats.length);
			return halves;
		},
	};
}
