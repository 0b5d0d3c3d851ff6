import type { NativeContext } from './context.ts';
import type { Sampler } from './sampler.ts';

/** Decodes this short run on the event loop's own thread: handing them over and back would show in their time, ms. */
const shortDecodeMs = 12;

/** A row of tokens in a context, which grows at its end and can be cut. One call at a time, over all of a context's. */
export class NativeSequence {
	readonly context: NativeContext;
	readonly #id: number;
	readonly #ids: readonly number[];
	#tokens: number[] = [];
	/** Put into the next decode. */
	#pending: number[] = [];
	/** What the last decode of a single token took, ms. */
	#tokenMs = Number.POSITIVE_INFINITY;

	/** `id` is its number among the sequences of the context. */
	constructor(context: NativeContext, id = 0) {
		this.context = context;
		this.#id = id;
		this.#ids = [id];
	}

	/** Tokens whose state is in the context. */
	get tokens(): readonly number[] {
		return this.#tokens;
	}

	/**
	 * Forgets what comes after the first `length` tokens. Returns how many are left: fewer than asked for where a model's
	 * memory (recurrent ones') can't be cut, and all of it has to go.
	 */
	cut(length: number): number {
		if (length < this.#tokens.length) this.#cutTo(length);
		return this.#tokens.length;
	}

	/** Also drops what a failed decode left behind the tokens. */
	#cutTo(length: number): void {
		this.#pending = [];
		if (length > 0 && this.context.removeFrom(this.#id, length)) this.#tokens.length = length;
		else this.#empty();
	}

	#empty(): void {
		if (this.context.sequences === 1) this.context.clear(false);
		else this.context.removeFrom(this.#id, 0);
		this.#tokens = [];
	}

	/**
	 * Puts a token into the next decode, beside those of other sequences. Whoever decodes tells every sequence of it by
	 * `decoded` or `undo`.
	 */
	put(token: number, output: boolean): void {
		this.context.add(token, this.#tokens.length + this.#pending.length, this.#ids, output);
		this.#pending.push(token);
	}

	/** What was put is in the context. */
	decoded(): void {
		for (const token of this.#pending) this.#tokens.push(token);
		this.#pending = [];
	}

	/** The decode failed: what it left behind the tokens goes. */
	undo(): void {
		this.#cutTo(this.#tokens.length);
	}

	/** Begins as another sequence of the context does, whose cells it shares then. */
	copyFrom(other: NativeSequence, length: number): void {
		this.#empty();
		this.context.copySequence(other.#id, this.#id, length);
		this.#tokens = other.#tokens.slice(0, length);
	}

	/** Adds tokens of a prompt; nothing is predicted from them. */
	async append(tokens: readonly number[]): Promise<void> {
		for (const token of tokens) this.put(token, false);
		try {
			await this.context.decode();
		} catch (error) {
			this.undo();
			throw error;
		}
		this.decoded();
	}

	/** Bytes that `save` gives. */
	stateBytes(): number {
		return this.context.stateBytes(this.#id);
	}

	/** The state of all tokens, for `restore` on a context of the same weights and settings. */
	save(): Uint8Array {
		return this.context.save(this.#id);
	}

	/** Puts back a state of these tokens. Where llama.cpp refuses it, the sequence is empty and the answer false. */
	restore(state: Uint8Array, tokens: readonly number[]): boolean {
		this.#empty();
		const restored = this.context.restore(this.#id, state);
		if (restored) this.#tokens = [...tokens];
		else this.#empty();
		return restored;
	}

	/** Ends the decode that is running, which then fails; the sequence is as it was before. */
	stop(): void {
		this.context.stop();
	}

	/** Adds one token and draws the one that follows it. */
	async next(token: number, sampler: Sampler): Promise<number> {
		await this.predict(token);
		return sampler.sample(this.context, 0);
	}

	/**
	 * Adds one token and a guess of those that follow it, and draws as long as the guess comes true, and once more: one
	 * token at least, one more than guessed at most.
	 */
	async nextOf(token: number, guess: readonly number[], sampler: Sampler): Promise<number[]> {
		this.put(token, true);
		for (const guessed of guess) this.put(guessed, true);
		try {
			await this.context.decode();
		} catch (error) {
			this.undo();
			throw error;
		}
		const drawn: number[] = [];
		do drawn.push(sampler.sample(this.context, drawn.length));
		while (drawn.length <= guess.length && drawn.at(-1) === guess[drawn.length - 1]);
		this.#pending.length = drawn.length;
		this.decoded();
		if (drawn.length <= guess.length) this.#cutTo(this.#tokens.length);
		return drawn;
	}

	/** Adds one token; its logits are the context's then. */
	async predict(token: number): Promise<void> {
		this.put(token, true);
		const short = this.#tokenMs <= shortDecodeMs;
		// What arrived meanwhile, a stop above all, goes first.
		if (short) await new Promise(setImmediate);
		const from = performance.now();
		try {
			if (short) this.context.decodeNow();
			else await this.context.decode();
		} catch (error) {
			this.undo();
			throw error;
		}
		this.#tokenMs = performance.now() - from;
		this.decoded();
	}
}
