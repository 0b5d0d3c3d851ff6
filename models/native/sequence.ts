import { type NativeContext, shortDecodeMs } from './context.ts';
import type { Sampler } from './sampler.ts';

/** Names given to cells so far: every computed token gets its own. */
let cellsSoFar = 0;

/**
 * A sequence of tokens in a context, which grows at its end and can be truncated. One call at a time among all
 * sequences of a context.
 */
export class NativeSequence {
	readonly context: NativeContext;
	readonly #id: number;
	readonly #ids: readonly number[];
	#tokens: number[] = [];
	#cells: number[] = [];
	/** Tokens added to the next decode. */
	#pending: number[] = [];
	/** Duration of the last decode of a single token, ms. */
	#tokenMs = Number.POSITIVE_INFINITY;

	/** `id` is its index among the context's sequences. */
	constructor(context: NativeContext, id = 0) {
		this.context = context;
		this.#id = id;
		this.#ids = [id];
	}

	/** Tokens whose state is in the context. */
	get tokens(): readonly number[] {
		return this.#tokens;
	}

	/** Names of the cells that hold the tokens: two sequences share those with equal names. */
	get cells(): readonly number[] {
		return this.#cells;
	}

	/**
	 * Drops the tokens after the first `length`. Returns how many remain: fewer than requested if the model's state
	 * can't be truncated (recurrent models) and must be dropped entirely.
	 */
	cut(length: number): number {
		if (length < this.#tokens.length) this.#cutTo(length);
		return this.#tokens.length;
	}

	/** Truncates the sequence; also drops the remains of a failed decode after the tokens. */
	#cutTo(length: number): void {
		this.#pending = [];
		if (length > 0 && this.context.removeFrom(this.#id, length)) {
			this.#tokens.length = length;
			this.#cells.length = length;
		} else this.#empty();
	}

	#empty(): void {
		if (this.context.sequences === 1) this.context.clear(false);
		else this.context.removeFrom(this.#id, 0);
		this.#tokens = [];
		this.#cells = [];
	}

	#nameCells(): void {
		while (this.#cells.length < this.#tokens.length) this.#cells.push(cellsSoFar++);
	}

	/**
	 * Adds a token to the next decode, which other sequences may share. The caller that decodes then calls `decoded` or
	 * `undo` on each of them.
	 */
	put(token: number, output: boolean): void {
		this.context.add(token, this.#tokens.length + this.#pending.length, this.#ids, output);
		this.#pending.push(token);
	}

	/** Records that the added tokens are in the context. */
	decoded(): void {
		for (const token of this.#pending) this.#tokens.push(token);
		this.#nameCells();
		this.#pending = [];
	}

	/** Drops the remains of a failed decode. */
	undo(): void {
		this.#cutTo(this.#tokens.length);
	}

	/** Starts with the tokens of another sequence in the context, sharing its cells. */
	copyFrom(other: NativeSequence, length: number): void {
		this.#empty();
		this.context.copySequence(other.#id, this.#id, length);
		this.#tokens = other.#tokens.slice(0, length);
		this.#cells = other.#cells.slice(0, length);
	}

	/** Adds tokens of a prompt without predicting from them. */
	async append(tokens: readonly number[]): Promise<void> {
		for (const token of tokens) this.put(token, false);
		await this.#decode();
		this.decoded();
	}

	/** Returns the size of the result of `save`, bytes. */
	stateBytes(): number {
		return this.context.stateBytes(this.#id);
	}

	/** Returns the state of all tokens, for `restore` on a context with the same weights and settings. */
	save(): Uint8Array {
		return this.context.save(this.#id);
	}

	/** Restores a state of these tokens. If llama.cpp refuses it, empties the sequence and returns false. */
	restore(state: Uint8Array, tokens: readonly number[]): boolean {
		this.#empty();
		const restored = this.context.restore(this.#id, state);
		if (restored) {
			this.#tokens = [...tokens];
			this.#nameCells();
		} else this.#empty();
		return restored;
	}

	/** Ends the running decode, which then fails; the sequence is as it was before. */
	stop(): void {
		this.context.stop();
	}

	/** Adds the rest of a prompt and samples the token after it, in one decode. */
	async nextAfter(tokens: readonly number[], sampler: Sampler): Promise<number> {
		for (const [index, token] of tokens.entries()) this.put(token, index === tokens.length - 1);
		await this.#decode();
		this.decoded();
		return sampler.sample(this.context, 0);
	}

	/** Adds one token and samples the next. */
	async next(token: number, sampler: Sampler): Promise<number> {
		await this.predict(token);
		return sampler.sample(this.context, 0);
	}

	/**
	 * Adds one token and a draft of the following ones, and samples as long as the draft is right, then once more: at
	 * least one token, at most one more than drafted.
	 */
	async nextOf(token: number, guess: readonly number[], sampler: Sampler): Promise<number[]> {
		this.put(token, true);
		for (const guessed of guess) this.put(guessed, true);
		await this.#decode();
		const drawn: number[] = [];
		do drawn.push(sampler.sample(this.context, drawn.length));
		while (drawn.length <= guess.length && drawn.at(-1) === guess[drawn.length - 1]);
		this.#pending.length = drawn.length;
		this.decoded();
		if (drawn.length <= guess.length) this.#cutTo(this.#tokens.length);
		return drawn;
	}

	/** Adds one token; the context then has its logits. */
	async predict(token: number): Promise<void> {
		this.put(token, true);
		const short = this.#tokenMs <= shortDecodeMs;
		// Lets pending events run first, above all a stop.
		if (short) await new Promise(setImmediate);
		const from = performance.now();
		await this.#decode(short);
		this.#tokenMs = performance.now() - from;
		this.decoded();
	}

	/** Decodes the pending tokens, with `now` on this thread. After a failed decode the sequence is as it was before. */
	async #decode(now = false): Promise<void> {
		try {
			if (now) this.context.decodeNow();
			else await this.context.decode();
		} catch (error) {
			this.undo();
			throw error;
		}
	}
}
