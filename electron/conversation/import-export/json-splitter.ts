/** One JSON value of a larger text, as bytes; null if it was too large to keep. */
export type RawValue = Buffer | null;

const bytes = {
	quote: 0x22,
	backslash: 0x5c,
	comma: 0x2c,
	openArray: 0x5b,
	closeArray: 0x5d,
	openObject: 0x7b,
} as const;
const closeObject = 0x7d;

/**
 * Splits a stream of JSON into its values without parsing them: the elements of one array, or consecutive values. A
 * file of any size then needs only the memory of its largest value. Tracks only brackets and strings; errors inside a
 * value surface when that value is parsed.
 */
export class JsonSplitter {
	readonly #maxBytes: number;
	#parts: Buffer[] = [];
	#size = 0;
	#depth = 0;
	/** State within a value; a bare word or number only ends with the character after it. */
	#inside: 'no' | 'bare' | 'nested' = 'no';
	#inString = false;
	#escaped = false;
	#ended = false;

	/** Values larger than `maxBytes` are dropped. */
	constructor(maxBytes: number) {
		this.#maxBytes = maxBytes;
	}

	/** true once the array that holds the values is closed. */
	get ended(): boolean {
		return this.#ended;
	}

	/** true if a value has begun but not ended. */
	get unfinished(): boolean {
		return this.#inside !== 'no';
	}

	/** Returns the values that end in this chunk. */
	push(chunk: Buffer): RawValue[] {
		const values: RawValue[] = [];
		let start = this.#inside === 'no' ? -1 : 0;
		for (let at = 0; at < chunk.length && !this.#ended; at += 1) {
			const byte = chunk[at]!;
			if (this.#inString) {
				if (this.#escaped) this.#escaped = false;
				else if (byte === bytes.backslash) this.#escaped = true;
				else if (byte === bytes.quote) this.#inString = false;
				continue;
			}
			if (byte === bytes.quote) {
				this.#inString = true;
				if (this.#inside === 'no') {
					this.#inside = 'bare';
					start = at;
				}
			} else if (byte === bytes.openArray || byte === bytes.openObject) {
				if (this.#inside === 'no') {
					this.#inside = 'nested';
					start = at;
				}
				this.#depth += 1;
			} else if (byte === bytes.closeArray || byte === closeObject) {
				this.#depth -= 1;
				if (this.#depth === 0 && this.#inside === 'nested') {
					values.push(this.#take(chunk.subarray(start, at + 1)));
					start = -1;
				} else if (this.#depth < 0) {
					if (this.#inside === 'bare') values.push(this.#take(chunk.subarray(start, at)));
					this.#ended = true;
					start = -1;
				}
			} else if (this.#depth === 0) {
				const between = byte === bytes.comma || byte <= 0x20;
				if (between && this.#inside === 'bare') {
					values.push(this.#take(chunk.subarray(start, at)));
					start = -1;
				} else if (!between && this.#inside === 'no') {
					this.#inside = 'bare';
					start = at;
				}
			}
		}
		if (start !== -1) this.#keep(chunk.subarray(start));
		return values;
	}

	/** Returns a bare value at the very end; a value cut off inside brackets is dropped. */
	finish(): RawValue[] {
		if (this.#inside !== 'bare' || this.#inString) return [];
		return [this.#take(Buffer.alloc(0))];
	}

	#keep(part: Buffer): void {
		this.#size += part.length;
		if (this.#size > this.#maxBytes) this.#parts = [];
		else this.#parts.push(part);
	}

	#take(last: Buffer): RawValue {
		this.#keep(last);
		const value = this.#size > this.#maxBytes ? null : Buffer.concat(this.#parts);
		this.#parts = [];
		this.#size = 0;
		this.#inside = 'no';
		return value;
	}
}
