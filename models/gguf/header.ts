import { Failure } from '../contract/failure.ts';
import { type Said, said } from '../contract/said.ts';
import { type ByteReader, fileTruncated, headerDamaged } from './byte-reader.ts';
import { tensorTypes } from './tensor-types.ts';

/**
 * Why our own parser: the reader of `node-llama-cpp` accepts truncated headers; `@huggingface/gguf` builds every
 * vocabulary list in memory (a million values each) and reports problems in untyped errors. This one skips what it does
 * not need and names every kind of damage.
 */

/** Limits of llama.cpp's own reader, or far above any real model: the largest have about 100 keys and 2,000 tensors. */
export const limits = {
	keys: 65_536,
	tensors: 65_536,
	keyBytes: 65_535,
	/** A chat template, a licence text or one token. */
	textBytes: 4 * 1024 * 1024,
	/** All kept texts together. */
	keptTextBytes: 16 * 1024 * 1024,
	listLength: 16_777_216,
	/** Lists of numbers up to this length are kept; they are per-layer values. */
	keptListLength: 1024,
} as const;

/** A list of texts, or one too long to keep: only its length is known. */
export interface SkippedList {
	readonly length: number;
	/** ggml's number for the item type. */
	readonly itemType: number;
	/** File position of the first item. */
	readonly position: number;
}

export type GgufValue = string | number | bigint | boolean | readonly (number | bigint | boolean)[] | SkippedList;

/** Everything before the weights. */
export interface GgufHeader {
	readonly version: number;
	readonly metadata: ReadonlyMap<string, GgufValue>;
	/** ggml's number for the type of each value. */
	readonly valueTypes: ReadonlyMap<string, number>;
	readonly tensors: readonly GgufTensor[];
	/** File position from which tensor offsets count. */
	readonly dataOffset: number;
	readonly alignment: number;
}

type ScalarReader = {
	readonly bytes: number;
	readonly read: (chunk: Buffer, index: number) => number | bigint | boolean;
};

/** By ggml's number for the value type (ggml's docs/gguf.md); 8 is a text and 9 a list. */
export const scalars: Readonly<Record<number, ScalarReader>> = {
	0: { bytes: 1, read: (chunk, index) => chunk.readUInt8(index) },
	1: { bytes: 1, read: (chunk, index) => chunk.readInt8(index) },
	2: { bytes: 2, read: (chunk, index) => chunk.readUInt16LE(index) },
	3: { bytes: 2, read: (chunk, index) => chunk.readInt16LE(index) },
	4: { bytes: 4, read: (chunk, index) => chunk.readUInt32LE(index) },
	5: { bytes: 4, read: (chunk, index) => chunk.readInt32LE(index) },
	6: { bytes: 4, read: (chunk, index) => chunk.readFloatLE(index) },
	7: { bytes: 1, read: (chunk, index) => chunk.readUInt8(index) !== 0 },
	10: { bytes: 8, read: (chunk, index) => chunk.readBigUInt64LE(index) },
	11: { bytes: 8, read: (chunk, index) => chunk.readBigInt64LE(index) },
	12: { bytes: 8, read: (chunk, index) => chunk.readDoubleLE(index) },
};

export const float32Type = 6;
export const textType = 8;
export const listType = 9;

async function readList(reader: ByteReader, key: string): Promise<GgufValue> {
	const itemType = await reader.u32();
	const length = await reader.u64(`the length of the list "${key}"`);
	if (length > limits.listLength) {
		throw headerDamaged(reader.path, `the list "${key}" says it has ${length.toLocaleString('en')} items`);
	}
	const { position } = reader;
	if (itemType === textType) {
		await reader.skipStrings(length, limits.textBytes);
		return { length, itemType, position };
	}
	const scalar = scalars[itemType];
	// llama.cpp does not read lists of lists either.
	if (scalar === undefined) throw headerDamaged(reader.path, `the list "${key}" has items of unknown type ${itemType}`);
	if (length > limits.keptListLength) {
		reader.skip(length * scalar.bytes);
		return { length, itemType, position };
	}
	return reader.take(length * scalar.bytes, (chunk, index) =>
		Array.from({ length }, (_, item) => scalar.read(chunk, index + item * scalar.bytes)),
	);
}

async function readMetadata(reader: ByteReader, count: number): Promise<Pick<GgufHeader, 'metadata' | 'valueTypes'>> {
	const metadata = new Map<string, GgufValue>();
	const valueTypes = new Map<string, number>();
	let keptBytes = 0;
	for (let index = 0; index < count; index += 1) {
		const key = await reader.string(`the name of key ${index + 1}`, limits.keyBytes);
		if (key === '') throw headerDamaged(reader.path, `key ${index + 1} has no name`);
		if (metadata.has(key)) throw headerDamaged(reader.path, `the key ${JSON.stringify(key)} stands there twice`);
		const type = await reader.u32();
		valueTypes.set(key, type);
		const scalar = scalars[type];
		if (scalar !== undefined) metadata.set(key, await reader.take(scalar.bytes, scalar.read));
		else if (type === listType) metadata.set(key, await readList(reader, key));
		else if (type === textType) {
			const before = reader.position;
			metadata.set(key, await reader.string(`the text "${key}"`, limits.textBytes));
			keptBytes += reader.position - before;
			if (keptBytes > limits.keptTextBytes) {
				throw headerDamaged(reader.path, `its texts take more than ${limits.keptTextBytes.toLocaleString('en')} bytes`);
			}
		} else throw headerDamaged(reader.path, `the key ${JSON.stringify(key)} has the unknown value type ${type}`);
	}
	return { metadata, valueTypes };
}

/** First bytes of other formats, so that people learn what they have picked. */
const otherFormats: readonly (readonly [RegExp, Said])[] = [
	[/^version https:\/\/git-lfs/, said`a Git LFS pointer, which only names the real file`],
	[/^\s*<(!doctype|html|\?xml)/i, said`a web page, probably an error page saved under the name of the model`],
	[/^PK\x03\x04/, said`a zip archive or PyTorch checkpoint`],
	[/^[\s\S]{8}\{"/, said`a safetensors file`],
	[/^(ggml|lmgg|fmgg|tjgg)/, said`a model in the GGML format that came before GGUF`],
	[/^\x1f\x8b/, said`a gzip archive`],
	[/^\x93NUMPY/, said`a NumPy array`],
];

function notGguf(path: string, start: string): Failure {
	const known = otherFormats.find(([pattern]) => pattern.test(start))?.[1];
	const shown = JSON.stringify(start.slice(0, 4));
	return new Failure({
		code: 'not-gguf',
		message:
			known === undefined
				? said`This is not a GGUF file: it starts with ${shown} instead of "GGUF".`
				: said`This is not a GGUF file: it is ${known}.`,
		next: [
			said`Choose a file whose name ends in .gguf`,
			said`Look for a GGUF version of the model; most have one`,
			said`Download the file again: the server may have sent something else`,
		],
		detail: path,
	});
}

function checkVersion(path: string, version: number): void {
	if (version === 2 || version === 3) return;
	// A big-endian file has its version in the upper half of the number.
	const what =
		version !== 0 && (version & 0xffff) === 0
			? said`This GGUF file was written for big-endian computers; the engine reads versions 2 and 3, little-endian.`
			: said`This GGUF file has version ${version}; the engine reads versions 2 and 3, little-endian.`;
	throw new Failure({
		code: 'gguf-version-unsupported',
		message: what,
		next: [
			said`Look for a newer conversion of the model`,
			said`Convert the model again with a current llama.cpp`,
			said`Choose another model`,
		],
		detail: path,
	});
}

function alignmentOf(path: string, metadata: ReadonlyMap<string, GgufValue>): number {
	const alignment = metadata.get('general.alignment') ?? 32;
	if (typeof alignment !== 'number' || alignment < 1 || alignment > 65_536 || (alignment & (alignment - 1)) !== 0) {
		throw headerDamaged(path, `the alignment is ${JSON.stringify(String(alignment))}, not a power of two`);
	}
	return alignment;
}

/** Names of the value types, by ggml's number. */
export const valueTypeNames: Readonly<Record<number, string>> = {
	0: 'uint8',
	1: 'int8',
	2: 'uint16',
	3: 'int16',
	4: 'uint32',
	5: 'int32',
	6: 'float32',
	7: 'bool',
	8: 'text',
	9: 'list',
	10: 'uint64',
	11: 'int64',
	12: 'float64',
};

/** Reads the texts at these indices of a list; an index beyond its end is omitted. */
export async function readTexts(
	reader: ByteReader,
	list: SkippedList,
	places: readonly number[],
): Promise<ReadonlyMap<number, string>> {
	const texts = new Map<number, string>();
	if (list.itemType !== textType) return texts;
	let at = 0;
	reader.seek(list.position);
	for (const place of [...new Set(places)].sort((a, b) => a - b)) {
		if (place < 0 || place >= list.length) continue;
		await reader.skipStrings(place - at, limits.textBytes);
		texts.set(place, await reader.string('a text in a list', limits.textBytes));
		at = place + 1;
	}
	return texts;
}

/** Checks that the bytes are a GGUF file's, advances to its first count and returns its version. */
export async function readMagic(reader: ByteReader): Promise<number> {
	const startLength = Math.min(reader.sizeBytes, 32);
	const start = await reader.take(startLength, (chunk, index) => chunk.toString('latin1', index, index + startLength));
	reader.skip(-startLength);
	if (!start.startsWith('GGUF')) throw notGguf(reader.path, start);
	if (reader.sizeBytes < 24) throw fileTruncated(reader.path, said`its header`, 24, reader.sizeBytes);
	reader.skip(4);
	const version = await reader.u32();
	checkVersion(reader.path, version);
	return version;
}

/** Reads everything before the weights. Throws Failure. Needs at most tens of megabytes, whatever the file contains. */
export async function readHeader(reader: ByteReader): Promise<GgufHeader> {
	const version = await readMagic(reader);
	const tensorCount = await reader.u64('the number of tensors');
	const keyCount = await reader.u64('the number of keys');
	if (tensorCount > limits.tensors) {
		throw headerDamaged(reader.path, `it says that there are ${tensorCount.toLocaleString('en')} tensors`);
	}
	if (keyCount > limits.keys) {
		throw headerDamaged(reader.path, `it says that there are ${keyCount.toLocaleString('en')} keys`);
	}
	const { metadata, valueTypes } = await readMetadata(reader, keyCount);
	const alignment = alignmentOf(reader.path, metadata);
	const tensors = await readTensors(reader, tensorCount, alignment);
	const dataOffset = Math.ceil(reader.position / alignment) * alignment;
	return { version, metadata, valueTypes, tensors, alignment, dataOffset };
}

/** One tensor as listed in the header. */
export interface GgufTensor {
	readonly name: string;
	/** Innermost first, as in ggml. */
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

/** Reads the tensor table. llama.cpp refuses a file whose tensors are not contiguous, so any other offset is damage. */
async function readTensors(reader: ByteReader, count: number, alignment: number): Promise<GgufTensor[]> {
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
