import { type ByteReader, headerDamaged } from './byte-reader.ts';
import { tensorTypes } from './types.ts';

/** One tensor as the header announces it. */
export interface GgufTensor {
	readonly name: string;
	/** Innermost first, as ggml counts. */
	readonly dimensions: readonly number[];
	readonly type: string;
	readonly elements: number;
	readonly bytes: number;
	/** From the start of the data. */
	readonly offset: number;
}

/** ggml's GGML_MAX_DIMS and GGML_MAX_NAME. */
const maxDimensions = 4;
const maxNameBytes = 63;

async function readDimensions(reader: ByteReader, label: string): Promise<{ dimensions: number[]; elements: number }> {
	const count = await reader.u32();
	if (count > maxDimensions) throw headerDamaged(reader.path, `${label} has ${count} dimensions`);
	const dimensions: number[] = [];
	let elements = 1;
	for (let index = 0; index < count; index += 1) {
		const length = await reader.u64(`a dimension of ${label}`);
		dimensions.push(length);
		elements *= length;
	}
	if (elements > Number.MAX_SAFE_INTEGER) {
		throw headerDamaged(reader.path, `${label} has the shape ${dimensions.join(' × ')}`);
	}
	return { dimensions, elements };
}

/**
 * Reads the table of tensors. llama.cpp refuses a file whose tensors do not follow each other without gaps, so any
 * other offset is damage.
 */
export async function readTensors(reader: ByteReader, count: number, alignment: number): Promise<GgufTensor[]> {
	const tensors: GgufTensor[] = [];
	const names = new Set<string>();
	let expected = 0;
	for (let index = 0; index < count; index += 1) {
		const name = await reader.string(`the name of tensor ${index + 1}`, maxNameBytes);
		const label = `the tensor ${JSON.stringify(name)}`;
		if (names.has(name)) throw headerDamaged(reader.path, `${label} stands there twice`);
		names.add(name);
		const { dimensions, elements } = await readDimensions(reader, label);
		const number = await reader.u32();
		const type = tensorTypes[number];
		if (type === undefined) throw headerDamaged(reader.path, `${label} has the unknown type ${number}`);
		if ((dimensions[0] ?? 1) % type.block !== 0) {
			throw headerDamaged(
				reader.path,
				`${label} has rows of ${dimensions[0] ?? 1}, which ${type.name} can't hold (blocks of ${type.block})`,
			);
		}
		const bytes = (elements / type.block) * type.bytes;
		const offset = await reader.u64(`the offset of ${label}`);
		if (offset !== expected) {
			throw headerDamaged(reader.path, `${label} lies at offset ${offset} where ${expected} was due`);
		}
		expected += Math.ceil(bytes / alignment) * alignment;
		if (expected > Number.MAX_SAFE_INTEGER) throw headerDamaged(reader.path, `${label} is larger than any disk`);
		tensors.push({ name, dimensions, type: type.name, elements, bytes, offset });
	}
	return tensors;
}
