import koffi from 'koffi';
import type { Pointer } from './structs.ts';

/** Native memory for C arrays that outlive a call; freed all at once. */
export class Arena {
	readonly #blocks: Pointer[] = [];

	/** Allocates zeroed memory, with a view of its bytes. */
	bytes(length: number): { pointer: Pointer; view: Uint8Array } {
		const size = Math.max(1, length);
		const pointer = koffi.alloc('uint8_t', size) as Pointer;
		this.#blocks.push(pointer);
		const view = new Uint8Array(koffi.view(pointer, size));
		view.fill(0);
		return { pointer, view };
	}

	floats(values: Float32Array): Pointer {
		const { pointer, view } = this.bytes(values.byteLength);
		view.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
		return pointer;
	}

	/** Allocates a zero-terminated string. */
	text(value: string): Pointer {
		const encoded = Buffer.from(value, 'utf8');
		const { pointer, view } = this.bytes(encoded.length + 1);
		view.set(encoded);
		return pointer;
	}

	free(): void {
		for (const pointer of this.#blocks.splice(0)) koffi.free(pointer);
	}
}
