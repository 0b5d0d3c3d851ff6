import koffi from 'koffi';
import { Failure } from '../contract/failure.ts';
import type { Batch, Pointer } from './library/structs.ts';
import type { NativeModel } from './model.ts';

export type ContextOptions = {
	/** Tokens over all sequences. */
	contextSize: number;
	/** Most tokens of one decode. */
	batchSize: number;
	/** Tokens computed at a time inside a decode; llama.cpp's own default is 512. */
	microBatchSize?: number;
	threads: number;
	/** Independent sequences; more than one share one cache. */
	sequences?: number;
	/** Called by llama.cpp for tensors of its graph: ggml_backend_sched_eval_callback. */
	evalCallback?: Pointer;
};

/** Native memory seen as typed arrays. */
type BatchArrays = {
	tokens: Int32Array;
	positions: Int32Array;
	sequences: Int32Array;
	outputs: Int8Array;
};

/** A context of a model: cache, batch and logits. One decode at a time. */
export class NativeContext {
	readonly model: NativeModel;
	readonly contextSize: number;
	readonly batchSize: number;
	readonly #pointer: Pointer;
	readonly #memory: Pointer;
	readonly #batch: Batch;
	readonly #allocated: Pointer[] = [];
	readonly #arrays: BatchArrays;
	#length = 0;
	#logits: { pointer: Pointer; floats: Float32Array } | null = null;

	constructor(model: NativeModel, options: ContextOptions) {
		const { functions, log } = model.library;
		const { contextSize, batchSize, threads, sequences = 1, microBatchSize = 512, evalCallback = null } = options;
		log.clear();
		const pointer = functions.llama_init_from_model(model.pointer, {
			...functions.llama_context_default_params(),
			n_ctx: contextSize,
			n_batch: batchSize,
			n_ubatch: Math.min(microBatchSize, batchSize),
			n_seq_max: sequences,
			n_threads: threads,
			n_threads_batch: threads,
			kv_unified: sequences > 1,
			cb_eval: evalCallback,
			offload_kqv: false,
			op_offload: false,
		});
		if (pointer === null) {
			throw new Failure({
				code: 'context-failed',
				message: `llama.cpp could not set up a context of ${contextSize.toLocaleString('en')} tokens for ${model.facts.path}.`,
				next: ['Choose a smaller context', 'Close other programs to free memory'],
				detail: log.tail(),
			});
		}
		this.model = model;
		this.contextSize = functions.llama_n_ctx(pointer);
		this.batchSize = batchSize;
		this.#pointer = pointer;
		this.#memory = functions.llama_get_memory(pointer);
		const { batch, arrays } = this.#allocate(batchSize);
		this.#batch = batch;
		this.#arrays = arrays;
	}

	/** A llama_batch whose arrays are stable native memory, so that filling it is writing to typed arrays. */
	#allocate(capacity: number): { batch: Batch; arrays: BatchArrays } {
		const block = (bytes: number): { pointer: Pointer; buffer: ArrayBuffer } => {
			const pointer = koffi.alloc('uint8_t', bytes) as Pointer;
			this.#allocated.push(pointer);
			return { pointer, buffer: koffi.view(pointer, bytes) };
		};
		const tokens = block(capacity * 4);
		const positions = block(capacity * 4);
		const counts = block(capacity * 4);
		const sequences = block(capacity * 4);
		const sequencePointers = block(capacity * 8);
		const outputs = block(capacity);
		new Int32Array(counts.buffer).fill(1);
		const addresses = new BigUint64Array(sequencePointers.buffer);
		for (let index = 0; index < capacity; index += 1) addresses[index] = sequences.pointer + BigInt(index * 4);
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
			arrays: {
				tokens: new Int32Array(tokens.buffer),
				positions: new Int32Array(positions.buffer),
				sequences: new Int32Array(sequences.buffer),
				outputs: new Int8Array(outputs.buffer),
			},
		};
	}

	/** Tokens put into the next decode so far. */
	get length(): number {
		return this.#length;
	}

	/** Puts one token into the next decode. With `output` its logits are kept: they predict the token after it. */
	add(token: number, position: number, sequence: number, output: boolean): void {
		const index = this.#length;
		if (index >= this.batchSize) throw new Error(`a batch holds ${this.batchSize} tokens`);
		this.#arrays.tokens[index] = token;
		this.#arrays.positions[index] = position;
		this.#arrays.sequences[index] = sequence;
		this.#arrays.outputs[index] = output ? 1 : 0;
		this.#length = index + 1;
	}

	/** Decodes what was added, on libuv's thread; the event loop goes on. Throws Failure `decode-failed`. */
	async decode(): Promise<void> {
		const { functions, log } = this.model.library;
		const tokens = this.#length;
		const batch = { ...this.#batch, n_tokens: tokens };
		this.#length = 0;
		const code = await new Promise<number>((resolve, reject) => {
			functions.llama_decode.async(this.#pointer, batch, (error: Error | null, result) => {
				if (error === null) resolve(result);
				else reject(error);
			});
		});
		if (code === 0) return;
		throw new Failure({
			code: 'decode-failed',
			message: `llama.cpp could not process ${tokens.toLocaleString('en')} tokens with ${this.model.facts.path} (code ${code}).`,
			next: code === 1 ? ['Choose a larger context', 'Use a shorter text'] : ['Try again', 'Choose another file'],
			detail: log.tail(),
		});
	}

	/** Logits of the last decode, one row per token added with `output`, in that order. Valid until the next decode. */
	logits(rows: number): Float32Array {
		const pointer = this.model.library.functions.llama_get_logits(this.#pointer);
		if (pointer === null) throw new Error('llama.cpp kept no logits');
		const length = rows * this.model.facts.vocabularySize;
		if (this.#logits === null || this.#logits.pointer !== pointer || this.#logits.floats.length < length) {
			this.#logits = { pointer, floats: new Float32Array(koffi.view(pointer, length * 4)) };
		}
		return this.#logits.floats.subarray(0, length);
	}

	/** Forgets every sequence; with `wipe` the memory behind them is zeroed too. */
	clear(wipe = true): void {
		this.model.library.functions.llama_memory_clear(this.#memory, wipe);
	}

	/** Lets sequence `to` share the cache of `from`; no state is computed or, in a unified cache, copied. */
	copySequence(from: number, to: number): void {
		this.model.library.functions.llama_memory_seq_cp(this.#memory, from, to, -1, -1);
	}

	/** Forgets a sequence from `start` on. False where the cache can't drop a part of a sequence. */
	removeFrom(sequence: number, start: number): boolean {
		return this.model.library.functions.llama_memory_seq_rm(this.#memory, sequence, start, -1);
	}

	setThreads(threads: number): void {
		this.model.library.functions.llama_set_n_threads(this.#pointer, threads, threads);
	}

	/** Waits for what llama.cpp computes in the background. */
	synchronize(): void {
		this.model.library.functions.llama_synchronize(this.#pointer);
	}

	/** The state of a sequence, to be put back with `restore`. */
	save(sequence: number): Uint8Array {
		const { functions } = this.model.library;
		const state = new Uint8Array(functions.llama_state_seq_get_size(this.#pointer, sequence));
		functions.llama_state_seq_get_data(this.#pointer, state, state.length, sequence);
		return state;
	}

	restore(sequence: number, state: Uint8Array): boolean {
		return this.model.library.functions.llama_state_seq_set_data(this.#pointer, state, state.length, sequence) > 0;
	}

	free(): void {
		this.model.library.functions.llama_free(this.#pointer);
		for (const pointer of this.#allocated) koffi.free(pointer);
	}
}
