import type { NativeContext } from '../context.ts';
import type { Sampler } from './sampler.ts';

/** Decodes this short run on the event loop's own thread: handing them over and back would show in their time, ms. */
const shortDecodeMs = 12;

const sequences = [0];

/** A context that holds one row of tokens, which grows at its end and can be cut. One call at a time. */
export class NativeSequence {
	readonly context: NativeContext;
	#tokens: number[] = [];
	/** What the last decode of a single token took, ms. */
	#tokenMs = Number.POSITIVE_INFINITY;

	constructor(context: NativeContext) {
		this.context = context;
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
		if (length > 0 && this.context.removeFrom(0, length)) this.#tokens.length = length;
		else {
			this.context.clear(false);
			this.#tokens = [];
		}
	}

	/** Adds tokens of a prompt; nothing is predicted from them. */
	async append(tokens: readonly number[]): Promise<void> {
		for (const token of tokens) this.#add(token, false);
		try {
			await this.context.decode();
		} catch (error) {
			this.#cutTo(this.#tokens.length);
			throw error;
		}
		this.#tokens.push(...tokens);
	}

	/** Bytes that `save` gives. */
	stateBytes(): number {
		return this.context.stateBytes(0);
	}

	/** The state of all tokens, for `restore` on a context of the same weights and settings. */
	save(): Uint8Array {
		return this.context.save(0);
	}

	/** Puts back a state of these tokens. Where llama.cpp refuses it, the sequence is empty and the answer false. */
	restore(state: Uint8Array, tokens: readonly number[]): boolean {
		this.context.clear(false);
		const restored = this.context.restore(0, state);
		if (!restored) this.context.clear(false);
		this.#tokens = restored ? [...tokens] : [];
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
		this.#add(token, true);
		for (const guessed of guess) this.#add(guessed, true);
		try {
			await this.context.decode();
		} catch (error) {
			this.#cutTo(this.#tokens.length);
			throw error;
		}
		const drawn: number[] = [];
		do drawn.push(sampler.sample(this.context, drawn.length));
		while (drawn.length <= guess.length && drawn.at(-1) === guess[drawn.length - 1]);
		this.#tokens.push(token, ...guess.slice(0, drawn.length - 1));
		if (drawn.length <= guess.length) this.#cutTo(this.#tokens.length);
		return drawn;
	}

	/** Adds one token; its logits are the context's then. */
	async predict(token: number): Promise<void> {
		this.#add(token, true);
		const short = this.#tokenMs <= shortDecodeMs;
		// What arrived meanwhile, a stop above all, goes first.
		if (short) await new Promise(setImmediate);
		const from = performance.now();
		try {
			if (short) this.context.decodeNow();
			else await this.context.decode();
		} catch (error) {
			this.#cutTo(this.#tokens.length);
			throw error;
		}
		this.#tokenMs = performance.now() - from;
		this.#tokens.push(token);
	}

	#add(token: number, output: boolean): void {
		this.context.add(token, this.#tokens.length + this.context.length, sequences, output);
	}
}
