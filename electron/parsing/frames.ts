/**
 * One message between the application and a parser process: JSON, and for a file that is not on disk its bytes. The
 * length of each part precedes it, so that the reader can refuse a message before it holds it.
 */
export interface Frame {
	readonly message: unknown;
	readonly bytes: Buffer | null;
}

/** Two lengths of 32 bits: of the JSON, and of the bytes. */
const headBytes = 8;

/** Encodes a message; `bytes` are not copied. */
export function encodeFrame(message: unknown, bytes: Uint8Array | null = null): readonly Uint8Array[] {
	const json = Buffer.from(JSON.stringify(message));
	const head = Buffer.alloc(headBytes);
	head.writeUInt32LE(json.length, 0);
	head.writeUInt32LE(bytes?.length ?? 0, 4);
	return bytes === null ? [head, json] : [head, json, bytes];
}

/** Assembles frames from the pieces of a stream. */
export class FrameReader {
	readonly #maxBytes: number;
	#parts: Buffer[] = [];
	#size = 0;

	/** Frames larger than `maxBytes` are refused. */
	constructor(maxBytes: number) {
		this.#maxBytes = maxBytes;
	}

	/** Returns the frames that end in this piece; null: one is larger than allowed, or is no frame. */
	push(piece: Buffer): readonly Frame[] | null {
		this.#parts.push(piece);
		this.#size += piece.length;
		const frames: Frame[] = [];
		while (this.#size >= headBytes) {
			const head = this.#peek(headBytes);
			const jsonLength = head.readUInt32LE(0);
			const length = headBytes + jsonLength + head.readUInt32LE(4);
			if (length - headBytes > this.#maxBytes) return null;
			if (this.#size < length) break;
			const whole = this.#take(length);
			const bytes = whole.subarray(headBytes + jsonLength);
			try {
				const message = JSON.parse(whole.toString('utf8', headBytes, headBytes + jsonLength)) as unknown;
				frames.push({ message, bytes: bytes.length === 0 ? null : bytes });
			} catch {
				return null;
			}
		}
		return frames;
	}

	/** The first bytes; joins pieces only if the first one is shorter. */
	#peek(length: number): Buffer {
		const [first] = this.#parts;
		if (first !== undefined && first.length >= length) return first;
		this.#parts = [Buffer.concat(this.#parts)];
		return this.#parts[0]!;
	}

	#take(length: number): Buffer {
		const all = this.#parts.length === 1 ? this.#parts[0]! : Buffer.concat(this.#parts);
		this.#size -= length;
		this.#parts = this.#size === 0 ? [] : [all.subarray(length)];
		return all.subarray(0, length);
	}
}
