import { Failure } from '../contract/failure.ts';
import { amount, figure, said, type Words } from '../contract/said.ts';

/** Bytes per disk read: one read covers the keys of most headers, and no read blocks the event loop. */
const chunkBytes = 1024 * 1024;

/**
 * The most bytes of a header. The largest known (260,000 tokens with merges) take about 20 MB; a longer header is an
 * attempt to waste time.
 */
const maxHeaderBytes = 256 * 1024 * 1024;

/**
 * Creates the failure for a damaged header, with the place, the damage and the next steps common to all such damage.
 */
export function headerDamaged(path: string, what: string): Failure {
	return new Failure({
		code: 'gguf-header-damaged',
		message: said`The header of this model file is damaged: ${what}.`,
		next: [
			said`Download the file again`,
			said`Check its SHA-256 against the one its publisher states`,
			said`Choose another file`,
		],
		detail: path,
	});
}

/** Creates the failure for a file that ends before its header says. */
export function fileTruncated(path: string, what: Words, neededBytes: number, sizeBytes: number): Failure {
	const missing = neededBytes - sizeBytes;
	return new Failure({
		code: 'model-file-truncated',
		message: said`This model file is incomplete: it has ${partOf(sizeBytes, neededBytes)} (${what} needs ${amount(neededBytes, 'byte')}, ${figure(missing)} are missing).`,
		next: [
			said`Download the file again; the earlier download or copy was cut off`,
			said`Check that the disk is not full`,
			said`Choose another file`,
		],
		detail: path,
	});
}

/** Formats "3.11 of 4.78 GB": both in the unit of the whole, in bytes if they would look equal. */
export function partOf(part: number, whole: number): string {
	const [unit, size, digits] =
		whole >= 1e9 ? (['GB', 1e9, 2] as const) : whole >= 1e6 ? (['MB', 1e6, 1] as const) : (['kB', 1e3, 0] as const);
	const [here, all] = [(part / size).toFixed(digits), (whole / size).toFixed(digits)];
	if (here === all) return `${part.toLocaleString('en')} of ${whole.toLocaleString('en')} bytes`;
	return `${here} of ${all} ${unit}`;
}

/** The source of the bytes: a file handle, or the part of a remote file received so far. */
export interface ByteSource {
	readonly read: (
		target: Buffer,
		offset: number,
		length: number,
		position: number,
	) => Promise<{ readonly bytesRead: number }>;
}

/**
 * Reads little-endian values from a file one by one, with one chunk in memory. Skipped bytes are not read. Every length
 * is checked against the file before memory is allocated for it.
 */
export class ByteReader {
	readonly path: string;
	readonly sizeBytes: number;
	readonly #source: ByteSource;
	#chunk = Buffer.alloc(0);
	/** File position of the chunk's first byte. */
	#chunkStart = 0;
	#position = 0;

	constructor(path: string, source: ByteSource, sizeBytes: number) {
		this.path = path;
		this.#source = source;
		this.sizeBytes = sizeBytes;
	}

	get position(): number {
		return this.#position;
	}

	/** Makes `length` bytes available at the current position and returns their index in the chunk. */
	async #need(length: number): Promise<number> {
		const end = this.#position + length;
		if (end > this.sizeBytes) throw fileTruncated(this.path, said`its header`, end, this.sizeBytes);
		if (end > maxHeaderBytes) {
			throw headerDamaged(this.path, `it goes on after ${maxHeaderBytes.toLocaleString('en')} bytes`);
		}
		const index = this.#position - this.#chunkStart;
		if (index >= 0 && index + length <= this.#chunk.length) return index;
		const wanted = Math.min(Math.max(length, chunkBytes), this.sizeBytes - this.#position);
		const chunk = Buffer.allocUnsafe(wanted);
		let filled = 0;
		while (filled < wanted) {
			const { bytesRead } = await this.#source.read(chunk, filled, wanted - filled, this.#position + filled);
			if (bytesRead === 0) throw fileTruncated(this.path, said`its header`, end, this.#position + filled);
			filled += bytesRead;
		}
		this.#chunk = chunk;
		this.#chunkStart = this.#position;
		return 0;
	}

	/** Reads `length` bytes with `read(chunk, index)` and advances. */
	async take<T>(length: number, read: (chunk: Buffer, index: number) => T): Promise<T> {
		const index = await this.#need(length);
		this.#position += length;
		return read(this.#chunk, index);
	}

	u32(): Promise<number> {
		return this.take(4, (chunk, index) => chunk.readUInt32LE(index));
	}

	/** Reads a 64-bit count or offset; anything above 2^53 is damage, since no file is that large. */
	async u64(what: string): Promise<number> {
		const value = await this.take(8, (chunk, index) => chunk.readBigUInt64LE(index));
		if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw headerDamaged(this.path, `${what} is ${value}`);
		return Number(value);
	}

	/** Reads a length-prefixed text of at most `maxBytes`. */
	async string(what: string, maxBytes: number): Promise<string> {
		const length = await this.u64(`the length of ${what}`);
		if (length > maxBytes) throw headerDamaged(this.path, `${what} is ${length.toLocaleString('en')} bytes long`);
		return this.take(length, (chunk, index) => chunk.toString('utf8', index, index + length));
	}

	/** Advances by `length` bytes without reading them. */
	skip(length: number): void {
		const end = this.#position + length;
		if (end > this.sizeBytes) throw fileTruncated(this.path, said`its header`, end, this.sizeBytes);
		this.#position = end;
	}

	/** Moves to a position in the file, in either direction. */
	seek(position: number): void {
		this.#position = position;
	}

	/** Skips `count` length-prefixed texts. Walks within the chunk without awaiting because vocabularies are long. */
	async skipStrings(count: number, maxBytes: number): Promise<void> {
		for (let done = 0; done < count; done += 1) {
			const index = this.#position - this.#chunkStart;
			const inChunk = index >= 0 && index + 8 <= this.#chunk.length;
			const low = inChunk ? this.#chunk.readUInt32LE(index) : 0;
			const high = inChunk ? this.#chunk.readUInt32LE(index + 4) : 0;
			if (inChunk && high === 0 && low <= maxBytes) this.skip(8 + low);
			else {
				const length = await this.u64('the length of a text in a list');
				if (length > maxBytes) {
					throw headerDamaged(this.path, `a text in a list is ${length.toLocaleString('en')} bytes long`);
				}
				this.skip(length);
			}
		}
	}
}
