import koffi from 'koffi';
import type { Pooling } from '../contract/embedding.ts';
import { Failure } from '../contract/failure.ts';
import type { KvType, LoadOptions } from '../contract/load.ts';
import { amount, said } from '../contract/said.ts';
import { cacheTypes } from './cache-type.ts';
import { allocateBatch, type BatchMemory } from './libllama/batch.ts';
import { createStopFlag, type StopFlag } from './libllama/stop-flag.ts';
import type { Batch, Pointer } from './libllama/structs.ts';
import { createThreadpool, type Threadpool } from './libllama/threadpool.ts';
import type { LoadedAdapters } from './lora-adapter.ts';
import type { NativeModel } from './model.ts';

export type ContextOptions = {
	/** Tokens over all sequences. */
	contextSize: number;
	/** The most tokens per decode. */
	batchSize: number;
	/** Tokens computed at a time within a decode; llama.cpp's default is 512. */
	microBatchSize?: number;
	threads: number;
	/** Number of independent sequences. */
	sequences?: number;
	/**
	 * Gives each sequence an equal part of the cells to itself, so that no other sequence reaches the order in which its
	 * attention sums. Otherwise all sequences share the cells.
	 */
	ownCells?: boolean;
	/** Type of the cached keys; default F16. */
	keyType?: KvType | undefined;
	valueType?: KvType | undefined;
	flashAttention?: LoadOptions['flashAttention'];
	rope?: LoadOptions['rope'];
	/** Called by llama.cpp for tensors of its graph: ggml_backend_sched_eval_callback. */
	evalCallback?: Pointer;
	/**
	 * Turns each sequence of a decode into one vector instead of logits; the decode must hold all of its tokens. Default:
	 * logits.
	 */
	pooling?: Pooling;
};

/** enum llama_pooling_type. */
const poolingTypes: Readonly<Record<Pooling, number>> = { mean: 1, cls: 2, last: 3, rank: 4 };

/** enum llama_flash_attn_type. */
const flashAttentionTypes = { auto: -1, off: 0, on: 1 } as const;

/**
 * Decodes shorter than this run on the event loop's own thread (`decodeNow`), because a thread switch would take a
 * noticeable share of their time, ms.
 */
export const shortDecodeMs = 12;

/** A context of a model: cache, batch and logits. One decode at a time. */
export class NativeContext {
	readonly model: NativeModel;
	readonly contextSize: number;
	readonly batchSize: number;
	readonly #pointer: Pointer;
	/** null: an encoder keeps no state. */
	readonly #memory: Pointer | null;
	readonly #batch: BatchMemory;
	/** Number of independent rows of tokens that it can hold. */
	readonly sequences: number;
	/** By number of threads; null for a single thread, which needs no pool. */
	readonly #pools = new Map<number, Threadpool | null>();
	readonly #stopFlag: StopFlag | null;
	#length = 0;
	/** Tokens with logits in the next decode, and in the last one. */
	#asked = 0;
	#outputs = 0;
	#logits: { pointer: Pointer; floats: Float32Array } | null = null;

	constructor(model: NativeModel, options: ContextOptions) {
		const { functions, log } = model.library;
		const {
			contextSize,
			batchSize,
			threads,
			sequences = 1,
			ownCells = false,
			microBatchSize = 512,
			keyType = 'F16',
			valueType = 'F16',
			flashAttention = 'auto',
			rope = {},
			evalCallback = null,
			pooling,
		} = options;
		log.clear();
		const pointer = functions.llama_init_from_model(model.pointer, {
			...functions.llama_context_default_params(),
			n_ctx: contextSize,
			n_batch: batchSize,
			n_ubatch: Math.min(microBatchSize, batchSize),
			n_seq_max: sequences,
			n_threads: threads,
			n_threads_batch: threads,
			kv_unified: sequences > 1 && !ownCells,
			type_k: cacheTypes[keyType],
			type_v: cacheTypes[valueType],
			flash_attn_type: flashAttentionTypes[flashAttention],
			rope_freq_base: rope.frequencyBase ?? 0,
			rope_freq_scale: rope.frequencyScale ?? 0,
			cb_eval: evalCallback,
			...(pooling === undefined ? {} : { embeddings: true, pooling_type: poolingTypes[pooling] }),
			offload_kqv: model.gpuLayers > 0,
			op_offload: model.gpuLayers > 0,
		});
		if (pointer === null) {
			throw new Failure({
				code: 'context-failed',
				message: said`The engine could not set up a context of ${amount(contextSize, 'token')} for ${model.facts.path}.`,
				next: [
					said`Choose a smaller context`,
					said`Close other programs to free memory`,
					...(keyType === 'F16' && valueType === 'F16' ? [] : [said`Use F16 for the KV cache`]),
				],
				detail: log.tail(),
			});
		}
		this.model = model;
		this.contextSize = functions.llama_n_ctx(pointer);
		this.batchSize = batchSize;
		this.sequences = sequences;
		this.#pointer = pointer;
		this.#memory = functions.llama_get_memory(pointer);
		this.setThreads(threads);
		this.#stopFlag = createStopFlag(model.library);
		if (this.#stopFlag !== null) {
			functions.llama_set_abort_callback(pointer, this.#stopFlag.callback, this.#stopFlag.data);
		}
		this.#batch = allocateBatch(batchSize, sequences);
		if (model.adapters.pointers.length > 0) this.setAdapters(model.adapters);
	}

	/** Sets the threads of later decodes. */
	setThreads(threads: number): void {
		const { library } = this.model;
		const { functions } = library;
		let pool = this.#pools.get(threads);
		if (pool === undefined) {
			pool = createThreadpool(library, threads);
			this.#pools.set(threads, pool);
		}
		functions.llama_set_n_threads(this.#pointer, threads, threads);
		if (pool === null) functions.llama_detach_threadpool(this.#pointer);
		else functions.llama_attach_threadpool(this.#pointer, pool.pointer, null);
	}

	/** Sets the LoRA adapters of later decodes; cached tokens were computed with the previous ones. */
	setAdapters({ pointers, scales }: LoadedAdapters): void {
		const code = this.model.library.functions.llama_set_adapters_lora(
			this.#pointer,
			BigUint64Array.from(pointers),
			pointers.length,
			Float32Array.from(scales),
		);
		if (code !== 0) throw new Error(`llama.cpp can't use the adapters (code ${code})`);
	}

	/** The number of tokens in the next decode so far. */
	get length(): number {
		return this.#length;
	}

	/**
	 * Adds one token to the next decode, in one or several sequences. With `output` its logits are kept; they predict
	 * the following token.
	 */
	add(token: number, position: number, sequences: readonly number[], output: boolean): void {
		const index = this.#length;
		if (index >= this.batchSize) throw new Error(`a batch holds ${this.batchSize} tokens`);
		this.#batch.tokens[index] = token;
		this.#batch.positions[index] = position;
		this.#batch.counts[index] = sequences.length;
		this.#batch.sequences.set(sequences, index * this.sequences);
		this.#batch.outputs[index] = output ? 1 : 0;
		if (output) this.#asked += 1;
		this.#length = index + 1;
	}

	#take(): Batch {
		const batch = { ...this.#batch.batch, n_tokens: this.#length };
		this.#length = 0;
		this.#outputs = this.#asked;
		this.#asked = 0;
		return batch;
	}

	#check(code: number, batch: Batch): void {
		if (code === 0) return;
		const { path } = this.model.facts;
		throw new Failure({
			code: 'decode-failed',
			message: said`The engine could not process ${amount(batch.n_tokens, 'token')} with ${path} (code ${code}).`,
			next:
				code === 1
					? [said`Choose a larger context`, said`Use a shorter text`]
					: [said`Try again`, said`Choose another file`],
			detail: this.model.library.log.tail(),
		});
	}

	/** Ends the running decode within one operation of its graph. `decode` then fails. */
	stop(): void {
		this.#stopFlag?.raise();
	}

	/**
	 * Decodes the added tokens on libuv's thread, without blocking the event loop. Throws Failure `decode-failed`, also
	 * after `stop`; how much of the batch is then in the cache is unknown, so its sequences must be truncated.
	 */
	async decode(): Promise<void> {
		const { functions } = this.model.library;
		const batch = this.#take();
		this.#stopFlag?.lower();
		const code = await new Promise<number>((resolve, reject) => {
			functions.llama_decode.async(this.#pointer, batch, (error: Error | null, result) => {
				if (error === null) resolve(result);
				else reject(error);
			});
		});
		this.#check(code, batch);
	}

	/** Decodes on this thread, for decodes so short that a thread switch would be noticeable in their time. */
	decodeNow(): void {
		const batch = this.#take();
		this.#stopFlag?.lower();
		this.#check(this.model.library.functions.llama_decode(this.#pointer, batch), batch);
	}

	/**
	 * Returns the logits of the last decode, one row per token added with `output`, in that order. Valid until the next
	 * decode.
	 */
	logits(rows: number): Float32Array {
		const pointer = this.model.library.functions.llama_get_logits(this.#pointer);
		if (pointer === null) throw new Error('llama.cpp kept no logits');
		const length = rows * this.model.facts.vocabularySize;
		if (this.#logits === null || this.#logits.pointer !== pointer || this.#logits.floats.length < length) {
			this.#logits = { pointer, floats: new Float32Array(koffi.view(pointer, length * 4)) };
		}
		return this.#logits.floats.subarray(0, length);
	}

	/** Returns the logits of one row of the last decode; read them at once. */
	logitsOf(row: number): Float32Array {
		const size = this.model.facts.vocabularySize;
		return this.logits(this.#outputs).subarray(row * size, (row + 1) * size);
	}

	/** Returns what the last decode turned a sequence into: its vector, or its scores with the pooling `rank`. */
	vectorOf(sequence: number, length: number): Float32Array {
		const pointer = this.model.library.functions.llama_get_embeddings_seq(this.#pointer, sequence);
		if (pointer === null) throw new Error('llama.cpp kept no vector');
		return new Float32Array(koffi.view(pointer, length * 4)).slice();
	}

	/** Samples a token with `sampler` from a row of logits of the last decode, and makes the sampler accept it. */
	sample(sampler: Pointer, row: number): number {
		return this.model.library.functions.llama_sampler_sample(sampler, this.#pointer, row - this.#outputs);
	}

	/** Removes every sequence; with `wipe` also zeroes their memory. */
	clear(wipe = true): void {
		if (this.#memory !== null) this.model.library.functions.llama_memory_clear(this.#memory, wipe);
	}

	/** Makes sequence `to` share the cache of `from`, or its first `length` tokens; a unified cache copies nothing. */
	copySequence(from: number, to: number, length = -1): void {
		if (this.#memory !== null) {
			this.model.library.functions.llama_memory_seq_cp(this.#memory, from, to, -1, length);
		}
	}

	/** Removes a sequence's tokens from `start` on. Returns false if the cache can't drop part of a sequence. */
	removeFrom(sequence: number, start: number): boolean {
		return this.#memory !== null && this.model.library.functions.llama_memory_seq_rm(this.#memory, sequence, start, -1);
	}

	/** Waits for llama.cpp's background computations. */
	synchronize(): void {
		this.model.library.functions.llama_synchronize(this.#pointer);
	}

	/** Returns the size of a sequence's state, bytes. */
	stateBytes(sequence: number): number {
		return this.model.library.functions.llama_state_seq_get_size(this.#pointer, sequence);
	}

	/** Returns the state of a sequence, for `restore`. */
	save(sequence: number): Uint8Array {
		const { functions } = this.model.library;
		const state = new Uint8Array(this.stateBytes(sequence));
		functions.llama_state_seq_get_data(this.#pointer, state, state.length, sequence);
		return state;
	}

	restore(sequence: number, state: Uint8Array): boolean {
		return this.model.library.functions.llama_state_seq_set_data(this.#pointer, state, state.length, sequence) > 0;
	}

	free(): void {
		this.model.library.functions.llama_free(this.#pointer);
		for (const pool of this.#pools.values()) pool?.free();
		this.#stopFlag?.free();
		this.#batch.free();
	}
}
