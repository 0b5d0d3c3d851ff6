import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { readGguf } from '../../models/gguf/read-gguf.ts';
import { tensorTypes } from '../../models/gguf/tensor-types.ts';
import { type GgufTestValue, ggufBytes } from './gguf-bytes.ts';

/** Returns the keys that llama-gguf-split writes into every part. */
function splitKeys(index: number, count: number, tensors: number): ReadonlyMap<string, GgufTestValue> {
	return new Map<string, GgufTestValue>([
		['split.no', { type: 'uint16', value: index }],
		['split.count', { type: 'uint16', value: count }],
		['split.tensors.count', { type: 'int32', value: tensors }],
	]);
}

/**
 * Splits a GGUF file as llama-gguf-split does: the first part holds the metadata, and the tensors are spread in order
 * over the parts. Returns the paths of the parts, in order.
 */
export async function splitGguf(path: string, folder: string, count: number): Promise<readonly string[]> {
	const whole = readFileSync(path);
	const { header } = await readGguf(path);
	const [first] = header.tensors;
	if (first === undefined) throw new Error(`${path} has no tensors`);
	// The raw keys, from after the counts to the name of the first tensor.
	const name = Buffer.from(first.name, 'utf8');
	const length = Buffer.alloc(8);
	length.writeBigUInt64LE(BigInt(name.length));
	const keys = whole.subarray(24, whole.indexOf(Buffer.concat([length, name])));
	const typeNumber = (type: string): number =>
		Number(Object.entries(tensorTypes).find(([, { name: one }]) => one === type)?.[0]);
	const size = Math.ceil(header.tensors.length / count);
	mkdirSync(folder, { recursive: true });
	const padded = (value: number): string => String(value).padStart(5, '0');
	return Array.from({ length: count }, (_, index) => {
		const bytes = ggufBytes({
			metadata: splitKeys(index, count, header.tensors.length),
			tensors: header.tensors.slice(index * size, (index + 1) * size).map((tensor) => ({
				name: tensor.name,
				dimensions: tensor.dimensions,
				type: typeNumber(tensor.type),
				data: whole.subarray(header.dataOffset + tensor.offset, header.dataOffset + tensor.offset + tensor.bytes),
			})),
			...(index === 0 ? { before: keys, keysBefore: header.metadata.size } : {}),
			alignment: header.alignment,
		});
		const part = join(folder, `${basename(path, '.gguf')}-${padded(index + 1)}-of-${padded(count)}.gguf`);
		writeFileSync(part, bytes);
		return part;
	});
}
