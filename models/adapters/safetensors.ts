import { type FileHandle, open } from 'node:fs/promises';
import { basename } from 'node:path';
import { z } from 'zod';
import { Failure } from '../contract/failure.ts';
import { figure, type Said, said } from '../contract/said.ts';
import { modelFileFailure, withModelFile } from '../gguf/read-gguf.ts';

/** The largest header that is read, bytes; those of adapters have tens of kilobytes. */
const mostHeaderBytes = 16 * 2 ** 20;

/** Bytes of one number, by the names of the format. */
const numberBytes = { F32: 4, F16: 2, BF16: 2 } as const;

type NumberType = keyof typeof numberBytes;

const entrySchema = z.object({
	dtype: z.string(),
	shape: z
		.array(
			z
				.int()
				.min(0)
				.max(2 ** 31),
		)
		.max(8),
	data_offsets: z.tuple([z.int().min(0), z.int().min(0)]),
});

/** One tensor as its file lists it; its last dimension varies fastest. */
export interface SafeTensor {
	readonly name: string;
	readonly type: NumberType;
	readonly shape: readonly number[];
	/** Position of its bytes in the file. */
	readonly position: number;
	readonly bytes: number;
}

function damaged(path: string, reason: Said): Failure {
	return new Failure({
		code: 'safetensors-damaged',
		message: said`The file ${basename(path)} can’t be read as safetensors: ${reason}.`,
		next: [said`Download it again`, said`Save it again with PEFT`],
		detail: path,
	});
}

/**
 * Lists the tensors of a safetensors file without reading them. `others`: what is done about tensors of numbers that Assay
 * doesn't read. Throws Failure `safetensors-damaged`, and those of a file that can't be read.
 */
export async function readSafeTensors(
	path: string,
	others: 'refuse' | 'skip' = 'refuse',
): Promise<readonly SafeTensor[]> {
	return withModelFile(path, async (handle) => {
		const { size } = await handle.stat();
		const start = Buffer.alloc(8);
		if ((await handle.read(start, 0, 8, 0)).bytesRead < 8) throw damaged(path, said`it has no header`);
		const length = Number(start.readBigUInt64LE(0));
		if (length > mostHeaderBytes) throw damaged(path, said`its header would have ${figure(length)} bytes`);
		if (8 + length > size) throw damaged(path, said`it is cut off within its header`);
		const header = Buffer.alloc(length);
		await handle.read(header, 0, length, 8);
		let parsed: unknown;
		try {
			parsed = JSON.parse(header.toString('utf8'));
		} catch {
			throw damaged(path, said`its header is not JSON`);
		}
		if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
			throw damaged(path, said`its header is not an object`);
		}
		const tensors: SafeTensor[] = [];
		for (const [name, value] of Object.entries(parsed)) {
			if (name === '__metadata__') continue;
			const entry = entryOf(path, name, value);
			const isKnown = Object.hasOwn(numberBytes, entry.dtype);
			if (isKnown || others === 'refuse') tensors.push(tensorOf(path, name, entry, 8 + length, size));
		}
		const sorted = tensors.toSorted((a, b) => a.position - b.position);
		for (const [index, { name, position }] of sorted.entries()) {
			const before = sorted[index - 1];
			if (before !== undefined && before.position + before.bytes > position) {
				throw damaged(path, said`“${before.name}” and “${name}” overlap`);
			}
		}
		return tensors;
	});
}

function entryOf(path: string, name: string, value: unknown): z.infer<typeof entrySchema> {
	const entry = entrySchema.safeParse(value);
	if (!entry.success) throw damaged(path, said`its entry “${name}” is not that of a tensor`);
	return entry.data;
}

function tensorOf(
	path: string,
	name: string,
	{ dtype, shape, data_offsets: offsets }: z.infer<typeof entrySchema>,
	dataStart: number,
	size: number,
): SafeTensor {
	if (!Object.hasOwn(numberBytes, dtype)) throw damaged(path, said`“${name}” has numbers of the type ${dtype}`);
	const type = dtype as NumberType;
	const [begin, end] = offsets;
	const bytes = shape.reduce((product, count) => product * count, 1) * numberBytes[type];
	if (end - begin !== bytes) throw damaged(path, said`“${name}” does not have the size that its shape requires`);
	if (dataStart + end > size) throw damaged(path, said`it is cut off within “${name}”`);
	return { name, type, shape, position: dataStart + begin, bytes };
}

/** Reads the numbers of a tensor. */
export async function readSafeTensor(handle: FileHandle, { type, position, bytes }: SafeTensor): Promise<Float32Array> {
	const buffer = new ArrayBuffer(bytes);
	const { bytesRead } = await handle.read(new Uint8Array(buffer), 0, bytes, position);
	if (bytesRead < bytes) throw new Error('the file became shorter while it was read');
	return floatsOf(type, buffer);
}

/** Turns numbers of a type into floats. */
export function floatsOf(type: NumberType, buffer: ArrayBuffer): Float32Array {
	switch (type) {
		case 'F32':
			return new Float32Array(buffer);
		case 'F16':
			return Float32Array.from(new Float16Array(buffer));
		case 'BF16':
			return new Float32Array(Uint32Array.from(new Uint16Array(buffer), (half) => half << 16).buffer);
	}
}

/** Writes tensors of F32 numbers, in this order. Rejects with the errors of the file system. */
export async function writeSafeTensors(
	path: string,
	tensors: readonly { readonly name: string; readonly shape: readonly number[]; readonly data: Float32Array }[],
	metadata: Readonly<Record<string, string>>,
): Promise<void> {
	let offset = 0;
	const entries = tensors.map(({ name, shape, data }) => {
		const begin = offset;
		offset += data.byteLength;
		return [name, { dtype: 'F32', shape, data_offsets: [begin, offset] }] as const;
	});
	const text = JSON.stringify({ __metadata__: metadata, ...Object.fromEntries(entries) });
	// The data begins at a multiple of 8, as the format's own library writes it.
	const header = Buffer.from(
		text.padEnd(Math.ceil(Buffer.byteLength(text) / 8) * 8 - Buffer.byteLength(text) + text.length),
	);
	const length = Buffer.alloc(8);
	length.writeBigUInt64LE(BigInt(header.length));
	const handle = await open(path, 'w').catch((error: unknown) => {
		throw modelFileFailure(path, error);
	});
	try {
		await handle.write(length);
		await handle.write(header);
		for (const { data } of tensors) await handle.write(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
		await handle.sync();
	} finally {
		await handle.close();
	}
}
