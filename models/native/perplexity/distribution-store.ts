import { createHash } from 'node:crypto';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import type { ModelFacts } from '../model.ts';
import { emptyRow, type KeptRow, type StoreShape } from './kept-distribution.ts';

/** The inputs of a store. A store from other inputs is rebuilt. */
export interface StoreIdentity {
	readonly reference: { readonly path: string; readonly sizeBytes: number; readonly modifiedMs: number };
	readonly textSha256: string;
	readonly contextSize: number;
	readonly chunks: number;
	/** Scored positions per chunk. */
	readonly scored: number;
	readonly vocabulary: number;
	readonly shape: StoreShape;
	readonly engine: string;
	readonly systemInfo: string;
	readonly threads: number;
	/** The GPU that computes part of it; absent if none. */
	readonly gpu?: string;
}

interface Header {
	readonly identity: StoreIdentity;
	readonly facts: ModelFacts;
}

const magic = Buffer.from('ASSAYKL1');
const digestBytes = 32;
/** logSum and negativeLog as doubles, top and drawn as integers. */
const fixedBytes = 24;
const readBytes = 1 << 20;
/** A longer header is invalid. */
const mostHeaderBytes = 1 << 20;

function rowBytes({ kept, sampled }: StoreShape): number {
	return fixedBytes + (kept + sampled) * 8;
}

/** Returns the size of a store in bytes, accurate to a kilobyte or two. */
export function storeBytes({ chunks, scored, shape }: Pick<StoreIdentity, 'chunks' | 'scored' | 'shape'>): number {
	return chunks * scored * rowBytes(shape) + 2048;
}

/** Writes a store, from its first row to its checksum. */
export class StoreWriter {
	readonly #file: FileHandle;
	readonly #hash = createHash('sha256');
	readonly #row: Buffer;
	readonly #pending: Buffer[] = [];

	private constructor(file: FileHandle, shape: StoreShape) {
		this.#file = file;
		this.#row = Buffer.alloc(rowBytes(shape));
	}

	static async create(path: string, header: Header): Promise<StoreWriter> {
		const writer = new StoreWriter(await open(path, 'w'), header.identity.shape);
		const json = Buffer.from(JSON.stringify(header));
		const length = Buffer.alloc(4);
		length.writeUInt32LE(json.length);
		writer.#pending.push(magic, length, json);
		return writer;
	}

	/** Buffers a row until the next `flush`. */
	add(row: KeptRow): void {
		const buffer = Buffer.from(this.#row);
		buffer.writeDoubleLE(row.logSum, 0);
		buffer.writeDoubleLE(row.negativeLog, 8);
		buffer.writeUInt32LE(row.top, 16);
		buffer.writeUInt32LE(row.drawn, 20);
		let at = fixedBytes;
		for (const id of row.ids) at = buffer.writeUInt32LE(id, at);
		for (const logit of row.logits) at = buffer.writeFloatLE(logit, at);
		this.#pending.push(buffer);
	}

	async flush(): Promise<void> {
		const bytes = Buffer.concat(this.#pending.splice(0));
		this.#hash.update(bytes);
		await this.#file.writeFile(bytes);
	}

	async finish(): Promise<void> {
		await this.flush();
		await this.#file.writeFile(this.#hash.digest());
	}

	async close(): Promise<void> {
		await this.#file.close();
	}
}

/** Reads a store whose checksum is correct. */
export class StoreReader {
	readonly #file: FileHandle;
	readonly #start: number;
	readonly #identity: StoreIdentity;
	readonly facts: ModelFacts;
	readonly bytes: number;

	private constructor(file: FileHandle, start: number, bytes: number, { identity, facts }: Header) {
		this.#file = file;
		this.#start = start;
		this.#identity = identity;
		this.bytes = bytes;
		this.facts = facts;
	}

	/** Opens a store; null if there is no intact one from exactly these inputs, and then removes whatever is there. */
	static async open(path: string, identity: StoreIdentity): Promise<StoreReader | null> {
		const file = await open(path, 'r').catch(() => null);
		if (file === null) return null;
		const found = await StoreReader.#check(file, identity).catch(() => null);
		if (found !== null) return found;
		await file.close();
		await rm(path, { force: true });
		return null;
	}

	static async #check(file: FileHandle, identity: StoreIdentity): Promise<StoreReader | null> {
		const { size } = await file.stat();
		const head = Buffer.alloc(magic.length + 4);
		await file.read(head, 0, head.length, 0);
		const length = head.readUInt32LE(magic.length);
		if (!head.subarray(0, magic.length).equals(magic) || length > mostHeaderBytes) return null;
		const json = Buffer.alloc(length);
		await file.read(json, 0, length, head.length);
		const header = JSON.parse(json.toString('utf8')) as Header;
		const start = head.length + length;
		const { chunks, scored, shape } = identity;
		if (!isDeepStrictEqual(header.identity, identity)) return null;
		if (size !== start + chunks * scored * rowBytes(shape) + digestBytes) return null;
		const hash = createHash('sha256');
		const buffer = Buffer.alloc(readBytes);
		for (let at = 0; at < size - digestBytes; ) {
			const { bytesRead } = await file.read(buffer, 0, Math.min(readBytes, size - digestBytes - at), at);
			if (bytesRead === 0) return null;
			hash.update(buffer.subarray(0, bytesRead));
			at += bytesRead;
		}
		const digest = Buffer.alloc(digestBytes);
		await file.read(digest, 0, digestBytes, size - digestBytes);
		return hash.digest().equals(digest) ? new StoreReader(file, start, size, header) : null;
	}

	/** Yields rows `first` to `first + count` of the whole text, one after another in the same memory. */
	async rows(first: number, count: number): Promise<Iterable<KeptRow>> {
		const bytes = rowBytes(this.#identity.shape);
		const buffer = Buffer.alloc(count * bytes);
		const { bytesRead } = await this.#file.read(buffer, 0, buffer.length, this.#start + first * bytes);
		if (bytesRead !== buffer.length) throw new Error(`${bytesRead} bytes where ${buffer.length} were`);
		return decoded(buffer, this.#identity.shape);
	}

	async close(): Promise<void> {
		await this.#file.close();
	}
}

function* decoded(buffer: Buffer, shape: StoreShape): Generator<KeptRow> {
	const row = emptyRow(shape);
	for (let start = 0; start < buffer.length; start += rowBytes(shape)) {
		row.logSum = buffer.readDoubleLE(start);
		row.negativeLog = buffer.readDoubleLE(start + 8);
		row.top = buffer.readUInt32LE(start + 16);
		row.drawn = buffer.readUInt32LE(start + 20);
		const ids = start + fixedBytes;
		const logits = ids + row.ids.length * 4;
		for (let index = 0; index < row.ids.length; index += 1) {
			row.ids[index] = buffer.readUInt32LE(ids + index * 4);
			row.logits[index] = buffer.readFloatLE(logits + index * 4);
		}
		yield row;
	}
}
