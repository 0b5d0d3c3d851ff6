import koffi from 'koffi';
import type { Batch, Pointer } from './structs.ts';

/** A llama_batch with typed arrays over its native memory, so that filling it means writing to them. */
export interface BatchMemory {
	readonly batch: Batch;
	readonly tokens: Int32Array;
	readonly positions: Int32Array;
	/** Number of sequences that each token belongs to. */
	readonly counts: Int32Array;
	/** The sequence ids of each token, in rows as long as the context has sequences. */
	readonly sequences: Int32Array;
	readonly outputs: Int8Array;
	free(): void;
}

/** Allocates a batch for at most `capacity` tokens, each in at most `perToken` sequences. */
export function allocateBatch(capacity: number, perToken: number): BatchMemory {
	const allocated: Pointer[] = [];
	const block = (bytes: number): { pointer: Pointer; buffer: ArrayBuffer } => {
		const pointer = koffi.alloc('uint8_t', bytes) as Pointer;
		allocated.push(pointer);
		return { pointer, buffer: koffi.view(pointer, bytes) };
	};
	const tokens = block(capacity * 4);
	const positions = block(capacity * 4);
	const counts = block(capacity * 4);
	const sequences = block(capacity * perToken * 4);
	const sequencePointers = block(capacity * 8);
	const outputs = block(capacity);
	const addresses = new BigUint64Array(sequencePointers.buffer);
	for (let index = 0; index < capacity; index += 1) {
		addresses[index] = sequences.pointer + BigInt(index * perToken * 4);
	}
	return {
		batch: {
			n_tokens: 0,
			token: tokens.pointer,
			embd: null,
			pos: positions.pointer,
			n_seq_id: counts.pointer,
			seq_id: sequencePointers.pointer,
			logits: outputs.pointer,
		},
		tokens: new Int32Array(tokens.buffer),
		positions: new Int32Array(positions.buffer),
		counts: new Int32Array(counts.buffer),
		sequences: new Int32Array(sequences.buffer),
		outputs: new Int8Array(outputs.buffer),
		free() {
			for (const pointer of allocated) koffi.free(pointer);
		},
	};
}
