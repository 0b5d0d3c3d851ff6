import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open, rename, unlink } from 'node:fs/promises';
import { z } from 'zod';

/**
 * The KV state of a conversation on disk: what it was computed with, tokens, state, checksum. A file that is damaged,
 * or that belongs to other weights or settings, never reaches llama.cpp, which aborts on the first and accepts the
 * second. The owner of the folder deletes the files of deleted conversations; their names begin with the conversation's
 * key.
 *
 * These are the first bytes of a file. They change with the layout.
 */
const magic = Buffer.from('ASSAYKV1');

const headerSchema = z.object({
	/** Weights and settings that the state was computed with; it is useless with any others. */
	identity: z.string(),
	tokens: z.int().min(1),
	stateBytes: z.int().min(1),
	/** Hash of tokens and state. */
	sha256: z.string(),
});

/** More than any header needs. */
const maxHeaderBytes = 4096;

/** A state on disk; only its tokens have been read. */
export interface StoredState {
	readonly tokens: readonly number[];
	/** Reads the state, which is llama.cpp's for one sequence; null if the file is damaged. */
	read(): Promise<Uint8Array | null>;
}

function bytesOf(tokens: readonly number[]): Buffer {
	return Buffer.from(Int32Array.from(tokens).buffer);
}

/**
 * Writes a temporary file and renames it to `path`, so that a file with that name is complete. Throws the file system's
 * error.
 */
export async function writeState(
	path: string,
	identity: string,
	tokens: readonly number[],
	state: Uint8Array,
): Promise<void> {
	const ids = bytesOf(tokens);
	const header = { identity, tokens: tokens.length, stateBytes: state.length, sha256: digest(ids, state) };
	const text = Buffer.from(JSON.stringify(header));
	const length = Buffer.alloc(4);
	length.writeUInt32LE(text.length);
	const unfinished = `${path}.${process.pid}.part`;
	try {
		// Readable by this user only, because a conversation's text can be recovered from it.
		const file = await open(unfinished, 'w', 0o600);
		try {
			await file.writev([magic, length, text, ids, state]);
		} finally {
			await file.close();
		}
		await rename(unfinished, path);
	} catch (error) {
		await unlink(unfinished).catch(() => {});
		throw error;
	}
}

function digest(...parts: readonly Uint8Array[]): string {
	const hash = createHash('sha256');
	for (const part of parts) hash.update(part);
	return hash.digest('hex');
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
	const buffer = Buffer.allocUnsafe(length);
	let done = 0;
	while (done < length) {
		const { bytesRead } = await file.read(buffer, done, length - done, position + done);
		if (bytesRead === 0) throw new Error('the file ends too early');
		done += bytesRead;
	}
	return buffer;
}

/**
 * Opens the state in a file with this identity; null if there is none, or if the file is damaged or another program's.
 * llama.cpp aborts on a truncated state and accepts one of other weights, so it only gets states that pass here.
 */
export async function openState(path: string, identity: string): Promise<StoredState | null> {
	try {
		const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
		try {
			const stats = await file.stat();
			if (!stats.isFile()) return null;
			const start = await readAt(file, 0, magic.length + 4);
			const length = start.readUInt32LE(magic.length);
			if (!start.subarray(0, magic.length).equals(magic) || length > maxHeaderBytes) return null;
			const header = headerSchema.parse(JSON.parse((await readAt(file, start.length, length)).toString()));
			const idsAt = start.length + length;
			const stateAt = idsAt + header.tokens * 4;
			if (header.identity !== identity || stats.size !== stateAt + header.stateBytes) return null;
			const ids = await readAt(file, idsAt, header.tokens * 4);
			const tokens = Array.from({ length: header.tokens }, (_, index) => ids.readInt32LE(index * 4));
			return { tokens, read: () => readState(path, stateAt, ids, header) };
		} finally {
			await file.close();
		}
	} catch {
		return null;
	}
}

async function readState(
	path: string,
	position: number,
	ids: Buffer,
	header: z.infer<typeof headerSchema>,
): Promise<Uint8Array | null> {
	try {
		const file = await open(path, 'r');
		try {
			const state = await readAt(file, position, header.stateBytes);
			return digest(ids, state) === header.sha256 ? state : null;
		} finally {
			await file.close();
		}
	} catch {
		return null;
	}
}
