import { Failure } from '../contract/failure.ts';

/** Bytes asked of the disk at a time: one read covers most headers' keys, and no read keeps the loop waiting. */
const chunkBytes = 1024 * 1024;

/**
 * Bytes that a header may span. The largest known (260,000 tokens with merges) take about 20 MB; a header that goes
 * on for longer is there to waste time.
 */
const maxHeaderBytes = 256 * 1024 * 1024;

/** Where and how a GGUF header is damaged, with the next steps that hold for all such damage. */
export function headerDamaged(path: string, what: string): Failure {
	return new Failure({
		code: 'gguf-header-damaged',
		message: `The header of this model file is damaged: ${what}.`,
		next: ['Download the file again', 'Check its SHA-256 against the one its publisher states', 'Choose another file'],
		detail: path,
	});
}

/** The file ends before what its header promises. */
export function fileTruncated(path: string, what: string, neededBytes: number, sizeBytes: number): Failure {
	const missing = neededBytes - sizeBytes;
	return new Failure({
		code: 'model-file-truncated',
		message:
			`This model file is incomplete: ${partOf(sizeBytes, neededBytes)} is here (${what} ` +
			`needs ${neededBytes.toLocaleString('en')} bytes, ${missing.toLocaleString('en')} are missing).`,
		next: [
			'Download the file again; the earlier download or copy was cut off',
			'Check that the disk is not full',
			'Choose another file',
		],
		detail: path,
	});
}

/** "3.11 of 4.78 GB": both in the unit of the whole, in bytes where they would look the same. */
export function partOf(part: number, whole: number): string {
	const [unit, size, digits] =
		whole >= 1e9 ? (['GB', 1e9, 2] as const) : whole >= 1e6 ? (['MB', 1e6, 1] as const) : (['kB', 1e3, 0] as const);
	const [here, all] = [(part / size).toFixed(digits), (whole / size).toFixed(digits)];
	if (here === all) return `${part.toLocaleString('en')} of ${whole.toLocaleString('en')} bytes`;
	return `${here} of ${all} ${unit}`;
}

/** Where the bytes come from: a file's handle, or what has come of a file that lies elsewhere. */
export interface ByteSource {
	readonly read: (
		target: Buffer,
		offset: number,
		length: number,
		position: number,
	) => Promise<{ readonly bytesRead: number }>;
}

/**
 * Reads little-endian values one after the other from a file, one chunk in memory at a time. What is skipped is not
 * read at all. Every length is checked against the file before a byte is allocated for it.
 */
export class ByteReader {
	readonly path: string;
	readonly sizeBytes: number;
	readonly #source: ByteSource;
	#chunk = Buffer.alloc(0);
	/** Position in the file of the chunk's first byte. */
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
		if (end > this.sizeBytes) throw fileTruncated(this.path, 'its header', end, this.sizeBytes);
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
			if (bytesRead === 0) throw fileTruncated(this.path, 'its header', end, this.#position + filled);
			filled += bytesRead;
		}
		this.#chunk = chunk;
		this.#chunkStart = this.#position;
		return 0;
	}

	/** Reads `length` bytes with `read(chunk, index)` and moves on. */
	async take<T>(length: number, read: (chunk: Buffer, index: number) => T): Promise<T> {
		const index = await this.#need(length);
		this.#position += length;
		return read(this.#chunk, index);
	}

	u32(): Promise<number> {
		return this.take(4, (chunk, index) => chunk.readUInt32LE(index));
	}

	/** A 64-bit count or offset; anything above 2^53 is damage, since no file is that large. */
	async u64(what: string): Promise<number> {
		const value = await this.take(8, (chunk, index) => chunk.readBigUInt64LE(index));
		if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw headerDamaged(this.path, `${what} is ${value}`);
		return Number(value);
	}

	/** A length-prefixed text of at most `maxBytes`. */
	async string(what: string, maxBytes: number): Promise<string> {
		const length = await this.u64(`the length of ${what}`);
		if (length > maxBytes) throw headerDamaged(this.path, `${what} is ${length.toLocaleString('en')} bytes long`);
		return this.take(length, (chunk, index) => chunk.toString('utf8', index, index + length));
	}

	/** Moves on by `length` bytes without reading them. */
	skip(length: number): void {
		const end = this.#position + length;
		if (end > this.sizeBytes) throw fileTruncated(this.path, 'its header', end, this.sizeBytes);
		this.#position = end;
	}

	/** Goes back, or forward, to a place in the file. */
	seek(position: number): void {
		this.#position = position;
	}

	/** Moves past `count` length-prefixed texts. Walks within the chunk without awaiting: vocabularies are long. */
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
