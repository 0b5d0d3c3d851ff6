import { type FileHandle, open } from 'node:fs/promises';
import { z } from 'zod';
import { Failure } from '../../contract/failure.ts';
import { said } from '../../contract/said.ts';

/** A header of more bytes than this is no header: that of a model with 10,000 tensors has a megabyte. */
const mostHeaderBytes = 100_000_000;

const headerSchema = z.record(
	z.string(),
	z.object({
		dtype: z.string(),
		shape: z.array(z.int().min(0)),
		data_offsets: z.tuple([z.int().min(0), z.int().min(0)]),
	}),
);

/** A tensor of float32 numbers in a safetensors file. */
export interface FloatTensor {
	readonly name: string;
	/** Rows first, as PyTorch has it. */
	readonly shape: readonly number[];
	/** Reads its numbers. */
	read(): Promise<Float32Array>;
}

/** An open safetensors file. */
export interface Safetensors {
	/** Its float32 tensors, in the order of the file. */
	readonly tensors: readonly FloatTensor[];
	close(): Promise<void>;
}

/** Opens a safetensors file and checks that every tensor lies within it. Throws Failure `safetensors-unreadable`. */
export async function openSafetensors(path: string): Promise<Safetensors> {
	const file = await open(path, 'r').catch((error: unknown) => {
		throw unreadable(path, error instanceof Error ? error.message : String(error));
	});
	try {
		return { tensors: await readHeader(file, path), close: () => file.close() };
	} catch (error) {
		await file.close();
		throw error;
	}
}

async function readHeader(file: FileHandle, path: string): Promise<FloatTensor[]> {
	const { size } = await file.stat();
	const length = Number((await readAt(file, 0, 8, path)).readBigUInt64LE());
	if (length > mostHeaderBytes || 8 + length > size) throw unreadable(path, 'its header lies outside of the file');
	const start = 8 + length;
	let header: z.infer<typeof headerSchema>;
	try {
		const { __metadata__: _, ...tensors } = JSON.parse(
			(await readAt(file, 8, length, path)).toString('utf8'),
		) as Record<string, unknown>;
		header = headerSchema.parse(tensors);
	} catch (error) {
		throw unreadable(path, error instanceof Error ? error.message : String(error));
	}
	const bytesPerFloat = 4;
	return Object.entries(header)
		.filter(([, { dtype }]) => dtype === 'F32')
		.toSorted(([, a], [, b]) => a.data_offsets[0] - b.data_offsets[0])
		.map(
			([
				name,
				{
					shape,
					data_offsets: [from, to],
				},
			]) => {
				const count = shape.reduce((product, one) => product * one, 1);
				if (to - from !== count * bytesPerFloat || start + to > size)
					throw unreadable(path, `${name} has another size`);
				return {
					name,
					shape,
					async read() {
						const bytes = await readAt(file, start + from, to - from, path);
						const numbers = new Float32Array(count);
						new Uint8Array(numbers.buffer).set(bytes);
						return numbers;
					},
				};
			},
		);
}

async function readAt(file: FileHandle, position: number, length: number, path: string): Promise<Buffer> {
	const bytes = Buffer.alloc(length);
	const { bytesRead } = await file.read(bytes, 0, length, position);
	if (bytesRead !== length) throw unreadable(path, 'it ends too early');
	return bytes;
}

function unreadable(path: string, why: string): Failure {
	return new Failure({
		code: 'safetensors-unreadable',
		message: said`${path} can't be read as a safetensors file.`,
		next: [said`Download it again`],
		detail: why,
	});
}
