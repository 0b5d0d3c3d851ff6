import type { FileHandle } from 'node:fs/promises';
import { said } from '../contract/said.ts';
import { type GgufFile, readGguf, withModelFile } from '../gguf/read-gguf.ts';
import { type GgufKey, type GgufOutput, writeGguf } from '../gguf/write-gguf.ts';
import { writeWhole } from '../native/output-file.ts';
import { type AdapterFacts, adapterUnsuitable, readAdapterFacts } from './adapter-facts.ts';
import { floatsOf } from './safetensors.ts';

/** One changed weight: `scale · B · A` is added to it, where the scale is alpha / rank. */
export interface AdapterPair {
	/** The weight's name in GGUF files. */
	readonly target: string;
	readonly inputs: number;
	readonly outputs: number;
	readonly rank: number;
	/** `rank` rows of `inputs` numbers. */
	readonly a: Float32Array;
	/** `outputs` rows of `rank` numbers. */
	readonly b: Float32Array;
}

/** An adapter in memory. */
export interface AdapterContent {
	readonly architecture: string;
	readonly alpha: number;
	/** Name of the model that it was made for; null: not stated. */
	readonly baseName: string | null;
	readonly pairs: readonly AdapterPair[];
}

/** Bytes and numbers of a block of Q8_0: a scale of 16 bits, then whole numbers. */
const q8 = { bytes: 34, numbers: 32 } as const;

function q8Floats(buffer: ArrayBuffer): Float32Array {
	const view = new DataView(buffer);
	return Float32Array.from({ length: (buffer.byteLength / q8.bytes) * q8.numbers }, (_, index) => {
		const block = Math.floor(index / q8.numbers) * q8.bytes;
		return view.getFloat16(block, true) * view.getInt8(block + 2 + (index % q8.numbers));
	});
}

async function readFloats(handle: FileHandle, { header }: GgufFile, name: string): Promise<Float32Array> {
	const tensor = header.tensors.find((one) => one.name === name);
	if (tensor === undefined) throw new Error(`the file has no ${name}`);
	const buffer = new ArrayBuffer(tensor.bytes);
	await handle.read(new Uint8Array(buffer), 0, tensor.bytes, header.dataOffset + tensor.offset);
	return tensor.type === 'Q8_0' ? q8Floats(buffer) : floatsOf(tensor.type as 'F32' | 'F16' | 'BF16', buffer);
}

/** Rows that are columns become rows. */
export function transposed(values: Float32Array, rows: number): Float32Array {
	const columns = values.length / rows;
	const result = new Float32Array(values.length);
	for (let row = 0; row < rows; row += 1) {
		for (let column = 0; column < columns; column += 1) result[column * rows + row] = values[row * columns + column]!;
	}
	return result;
}

/**
 * Reads the pairs of an adapter's file, one after the other. Throws Failure `adapter-unsuitable` if numbers are not finite, and
 * what `readAdapterFacts` throws.
 */
export async function* readPairs(path: string, { targets }: AdapterFacts): AsyncGenerator<AdapterPair> {
	const { files } = await readGguf(path);
	const [file] = files;
	if (file === undefined) throw new Error('the file has no header');
	for (const [target, shape] of targets) {
		const [a, b] = await withModelFile(file.path, async (handle) => [
			await readFloats(handle, file, `${target}.lora_a`),
			await readFloats(handle, file, `${target}.lora_b`),
		]);
		checkFinite(path, target, a, b);
		// The table of tokens is looked up: its halves stand the other way round.
		if (target === 'token_embd.weight') {
			yield { target, ...shape, a: transposed(b, shape.inputs), b: a };
		} else yield { target, ...shape, a, b };
	}
}

/** Throws Failure `adapter-unsuitable` if a number is infinite or not a number. */
export function checkFinite(path: string, target: string, ...halves: readonly Float32Array[]): void {
	if (halves.every((values) => values.every(Number.isFinite))) return;
	throw adapterUnsuitable(path, said`the weights “${target}” hold numbers that are infinite or not a number`);
}

/** Reads a whole adapter. Throws what `readPairs` throws. */
export async function readAdapter(path: string): Promise<AdapterContent> {
	const facts = await readAdapterFacts(path);
	const pairs: AdapterPair[] = [];
	for await (const pair of readPairs(path, facts)) pairs.push(pair);
	return { architecture: facts.architecture, alpha: facts.alpha, baseName: facts.baseName, pairs };
}

const bytesOf = (values: Float32Array): Uint8Array =>
	new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

/** Writes an adapter as llama.cpp reads it, in F32, with these further keys under `general.`. Whole or not at all. */
export async function writeAdapter(
	path: string,
	{ architecture, alpha, baseName, pairs }: AdapterContent,
	general: Readonly<Record<string, string>> = {},
): Promise<void> {
	const keys: GgufKey[] = [
		...Object.entries(general).map(([key, value]) => ({ key: `general.${key}`, text: value })),
		{ key: 'general.type', text: 'adapter' },
		{ key: 'general.architecture', text: architecture },
		{ key: 'adapter.type', text: 'lora' },
		{ key: 'adapter.lora.alpha', float32: alpha },
		...(baseName === null
			? []
			: [
					{ key: 'general.base_model.count', uint32: 1 },
					{ key: 'general.base_model.0.name', text: baseName },
				]),
	];
	const data: Uint8Array[] = [];
	const outputs: GgufOutput[] = [];
	const add = (name: string, dimensions: readonly number[], values: Float32Array): void => {
		outputs.push({ name, dimensions, type: 'F32', bytes: values.byteLength });
		data.push(bytesOf(values));
	};
	for (const { target, inputs, outputs: rows, rank, a, b } of pairs) {
		if (target === 'token_embd.weight') {
			add(`${target}.lora_a`, [rank, rows], b);
			add(`${target}.lora_b`, [rank, inputs], transposed(a, rank));
		} else {
			add(`${target}.lora_a`, [inputs, rank], a);
			add(`${target}.lora_b`, [rank, rows], b);
		}
	}
	await writeWhole(
		path,
		(part) => writeGguf(part, keys, outputs, (_, index) => [data[index] ?? new Uint8Array()]),
		async () => {},
	);
}
