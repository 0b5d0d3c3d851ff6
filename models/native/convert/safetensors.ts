import { open } from 'node:fs/promises';
import { readSafeTensor, readSafeTensors } from '../../adapters/safetensors.ts';
import { Failure } from '../../contract/failure.ts';
import { said } from '../../contract/said.ts';

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
	try {
		const listed = await readSafeTensors(path, 'skip');
		const handle = await open(path, 'r');
		const tensors = listed
			.filter(({ type }) => type === 'F32')
			.toSorted((a, b) => a.position - b.position)
			.map((tensor) => ({ name: tensor.name, shape: tensor.shape, read: () => readSafeTensor(handle, tensor) }));
		return { tensors, close: () => handle.close() };
	} catch (error) {
		throw unreadable(path, error instanceof Error ? error.message : String(error));
	}
}

function unreadable(path: string, why: string): Failure {
	return new Failure({
		code: 'safetensors-unreadable',
		message: said`${path} can’t be read as a safetensors file.`,
		next: [said`Download it again`],
		detail: why,
	});
}
