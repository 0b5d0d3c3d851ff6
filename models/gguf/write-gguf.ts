import { type FileHandle, open } from 'node:fs/promises';
import type { GgufHeader } from './header.ts';
import { listType, scalars, textType } from './header.ts';
import { tensorTypes } from './tensor-types.ts';

/** A key and its value; `raw`: type and value as the bytes of another file. */
export type GgufKey =
	| { readonly key: string; readonly text: string }
	| { readonly key: string; readonly uint32: number }
	| { readonly key: string; readonly float32: number }
	| { readonly key: string; readonly bool: boolean }
	| { readonly key: string; readonly texts: readonly string[] }
	| { readonly key: string; readonly int32s: Int32Array<ArrayBuffer> }
	| { readonly key: string; readonly raw: Uint8Array };

/** A tensor to write; its bytes are given in the same order. */
export interface GgufOutput {
	readonly name: string;
	/** Innermost first, as in ggml. */
	readonly dimensions: readonly number[];
	readonly type: string;
	readonly bytes: number;
}

/** Position of the data of every file that is written here: the default of the format. */
const alignment = 32;

const typeNumbers = new Map(Object.entries(tensorTypes).map(([number, { name }]) => [name, Number(number)]));

/** Returns the bytes that this many weights of a type take; `elements` must be whole blocks. */
export function bytesOfType(type: string, elements: number): number {
	const found = tensorTypes[typeNumbers.get(type) ?? -1];
	if (found === undefined) throw new Error(`there is no type ${type}`);
	return (elements / found.block) * found.bytes;
}

const u32 = (value: number): Buffer => {
	const bytes = Buffer.alloc(4);
	bytes.writeUInt32LE(value);
	return bytes;
};

const u64 = (value: number): Buffer => {
	const bytes = Buffer.alloc(8);
	bytes.writeBigUInt64LE(BigInt(value));
	return bytes;
};

const text = (value: string): Buffer => {
	const bytes = Buffer.from(value, 'utf8');
	return Buffer.concat([u64(bytes.length), bytes]);
};

function valueBytes(entry: GgufKey): Uint8Array {
	if ('text' in entry) return Buffer.concat([u32(textType), text(entry.text)]);
	if ('uint32' in entry) return Buffer.concat([u32(4), u32(entry.uint32)]);
	if ('bool' in entry) return Buffer.concat([u32(7), Buffer.of(entry.bool ? 1 : 0)]);
	if ('raw' in entry) return entry.raw;
	const list = (type: number, items: readonly Uint8Array[], count: number): Buffer =>
		Buffer.concat([u32(listType), u32(type), u64(count), ...items]);
	if ('texts' in entry) return list(textType, entry.texts.map(text), entry.texts.length);
	if ('int32s' in entry) return list(5, [new Uint8Array(entry.int32s.buffer)], entry.int32s.length);
	const bytes = Buffer.alloc(4);
	bytes.writeFloatLE(entry.float32);
	return Buffer.concat([u32(6), bytes]);
}

const padding = (length: number): number => (alignment - (length % alignment)) % alignment;

/** Returns everything before the weights. */
function headerBytes(keys: readonly GgufKey[], tensors: readonly GgufOutput[]): Buffer {
	let offset = 0;
	const table = tensors.map(({ name, dimensions, type, bytes }) => {
		const entry = [
			text(name),
			u32(dimensions.length),
			...dimensions.map(u64),
			u32(typeNumbers.get(type) ?? 0),
			u64(offset),
		];
		offset += bytes + padding(bytes);
		return Buffer.concat(entry);
	});
	const head = Buffer.concat([
		Buffer.from('GGUF', 'latin1'),
		u32(3),
		u64(tensors.length),
		u64(keys.length),
		...keys.flatMap((entry) => [text(entry.key), valueBytes(entry)]),
		...table,
	]);
	return Buffer.concat([head, Buffer.alloc(padding(head.length))]);
}

/** Returns the size of the file that `writeGguf` writes. */
export function ggufSize(keys: readonly GgufKey[], tensors: readonly GgufOutput[]): number {
	return headerBytes(keys, tensors).length + tensors.reduce((sum, { bytes }) => sum + bytes + padding(bytes), 0);
}

/**
 * Writes a GGUF file, one tensor after the other: `data` is asked for the bytes of each, in order, in parts that may be as
 * small as it likes. Rejects with the errors of the file system and of `data`.
 */
export async function writeGguf(
	path: string,
	keys: readonly GgufKey[],
	tensors: readonly GgufOutput[],
	data: (tensor: GgufOutput, index: number) => AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<void> {
	const handle = await open(path, 'w');
	try {
		// `write` may write a part only, at the end of a disk that is nearly full.
		await handle.writeFile(headerBytes(keys, tensors));
		for (const [index, tensor] of tensors.entries()) {
			let written = 0;
			for await (const part of data(tensor, index)) {
				await handle.writeFile(part);
				written += part.byteLength;
			}
			if (written !== tensor.bytes)
				throw new Error(`${tensor.name} has ${tensor.bytes} bytes, ${written} were written`);
			await handle.writeFile(Buffer.alloc(padding(written)));
		}
	} finally {
		await handle.close();
	}
}

/**
 * Returns the keys of a file whose header was read, with their values as they are. Throws if the file changed meanwhile.
 */
export async function readRawKeys(
	handle: FileHandle,
	{ dataOffset, metadata }: GgufHeader,
): Promise<readonly GgufKey[]> {
	const bytes = Buffer.alloc(dataOffset);
	await handle.read(bytes, 0, dataOffset, 0);
	let at = 24;
	const take = (length: number): number => {
		const start = at;
		at += length;
		if (at > bytes.length) throw new Error('the header is shorter than it was');
		return start;
	};
	const skipText = (): void => {
		const length = Number(bytes.readBigUInt64LE(take(8)));
		take(length);
	};
	const skipValue = (type: number): void => {
		const scalar = scalars[type];
		if (scalar !== undefined) take(scalar.bytes);
		else if (type === textType) skipText();
		else if (type === listType) {
			const item = bytes.readUInt32LE(take(4));
			const count = Number(bytes.readBigUInt64LE(take(8)));
			const fixed = scalars[item];
			if (fixed !== undefined) take(count * fixed.bytes);
			else for (let index = 0; index < count; index += 1) skipText();
		} else throw new Error(`the header has a value of the type ${type}`);
	};
	return Array.from({ length: metadata.size }, () => {
		const length = Number(bytes.readBigUInt64LE(take(8)));
		const start = take(length);
		const key = bytes.toString('utf8', start, start + length);
		const from = at;
		skipValue(bytes.readUInt32LE(take(4)));
		return { key, raw: bytes.subarray(from, at) };
	});
}
