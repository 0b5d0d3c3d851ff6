import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { basename } from 'node:path';
import { z } from 'zod';
import { Failure } from '../../contract/failure.ts';
import { said } from '../../contract/said.ts';
import { writeWhole } from '../output-file.ts';
import type { Lora } from './lora.ts';

/** What a checkpoint must belong to. */
export type TrainingIdentity = { readonly base: string; readonly lora: string; readonly seed: number };

const magic = 'assay training 1';

/** Bytes at the end of the file. */
const hashBytes = 32;

/** Bytes of the first two lines, at most. */
const longestHead = 65_536;

/** Bytes that are read and hashed at once: Node takes at most 2 GiB. */
const pieceBytes = 16 * 1024 * 1024;

const headSchema = z.object({
	base: z.string(),
	lora: z.string(),
	seed: z.int(),
	steps: z.int().min(0),
	parameters: z.int(),
});

/** Everything that changes from step to step, except for the gradients: they start from zero. */
function arraysOf({ a, b }: Lora): Float32Array<ArrayBuffer>[] {
	return [a.values, a.means, a.variances, b.values, b.means, b.variances];
}

function bytesOf(array: Float32Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
	return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

/**
 * Writes A, B, the optimizer's means and the number of steps; random numbers depend on the step only. The file is complete
 * or absent, and ends with its SHA-256.
 */
export async function writeCheckpoint(
	path: string,
	lora: Lora,
	steps: number,
	identity: TrainingIdentity,
): Promise<void> {
	const head = JSON.stringify({ ...identity, steps, parameters: lora.parameters } satisfies z.infer<typeof headSchema>);
	const parts = [Buffer.from(`${magic}\n${head}\n`), ...arraysOf(lora).map(bytesOf)];
	await writeWhole(
		path,
		async (part) => {
			const handle = await open(part, 'w');
			const hash = createHash('sha256');
			try {
				for (const bytes of parts) {
					for (let at = 0; at < bytes.length; at += pieceBytes) hash.update(bytes.subarray(at, at + pieceBytes));
					await handle.writeFile(bytes);
				}
				await handle.writeFile(hash.digest());
			} finally {
				await handle.close();
			}
		},
		() => Promise.resolve(),
	);
}

function unsuitable(path: string, reason: string): Failure {
	return new Failure({
		code: 'training-checkpoint-unsuitable',
		message: said`The training can’t continue from ${basename(path)}: ${reason}.`,
		next: [said`Choose an earlier checkpoint of this training`, said`Start the training again`],
		detail: path,
	});
}

/**
 * Reads a checkpoint into A, B and the optimizer's means, and returns the number of steps. Changes nothing if it throws:
 * Failure `training-checkpoint-unsuitable`, or that the file can't be read.
 */
export async function readCheckpoint(path: string, lora: Lora, identity: TrainingIdentity): Promise<number> {
	const handle = await open(path, 'r');
	try {
		const { size } = await handle.stat();
		const start = Buffer.alloc(Math.min(size, longestHead));
		await readWhole(handle, start, 0);
		const first = start.indexOf('\n');
		const second = start.indexOf('\n', first + 1);
		if (first < 0 || second < 0 || start.toString('latin1', 0, first) !== magic) {
			throw unsuitable(path, 'it is no checkpoint of this version');
		}
		const body = size - hashBytes;
		if (body <= second || !(await hasOwnHash(handle, body))) throw unsuitable(path, 'it is damaged');
		const { data: head } = headSchema.safeParse(JSON.parse(start.toString('utf8', first + 1, second)));
		if (head === undefined) throw unsuitable(path, 'it is damaged');
		if (head.base !== identity.base) throw unsuitable(path, 'it belongs to another base model');
		if (head.lora !== identity.lora || head.seed !== identity.seed)
			throw unsuitable(path, 'it belongs to other settings');
		const arrays = arraysOf(lora);
		if (body - second - 1 !== arrays.reduce((sum, { byteLength }) => sum + byteLength, 0)) {
			throw unsuitable(path, 'it belongs to other settings');
		}
		let at = second + 1;
		for (const array of arrays) {
			await readWhole(handle, bytesOf(array), at);
			at += array.byteLength;
		}
		return head.steps;
	} finally {
		await handle.close();
	}
}

/** Reads at a position until the buffer is full. */
async function readWhole(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
	for (let done = 0; done < bytes.length; ) {
		const wanted = Math.min(pieceBytes, bytes.length - done);
		const { bytesRead } = await handle.read(bytes, done, wanted, position + done);
		if (bytesRead === 0) throw new Error('the checkpoint became shorter while it was read');
		done += bytesRead;
	}
}

/** Whether the SHA-256 after the body is the body's. */
async function hasOwnHash(handle: FileHandle, body: number): Promise<boolean> {
	const hash = createHash('sha256');
	const piece = Buffer.alloc(Math.min(body, pieceBytes));
	for (let at = 0; at < body; at += piece.length) {
		const part = piece.subarray(0, Math.min(piece.length, body - at));
		await readWhole(handle, part, at);
		hash.update(part);
	}
	const own = Buffer.alloc(hashBytes);
	await readWhole(handle, own, body);
	return hash.digest().equals(own);
}
