import koffi from 'koffi';
import type { NativeContext } from './context.ts';
import { grammarInvalid, grammarStuck } from './grammar-failures.ts';
import type { Pointer } from './libllama/structs.ts';
import type { NativeModel } from './model.ts';

/** struct llama_token_data { id, logit, p } and llama_token_data_array { data, size, selected, sorted }, in bytes. */
const candidateBytes = 12;
const listBytes = 32;

/** llama_token_data_array of a whole vocabulary, or of its first entry only. */
class Candidates {
	readonly #data: Pointer;
	readonly #ids: Int32Array;
	readonly #logits: Float32Array;
	readonly #list: BigInt64Array;
	readonly pointer: Pointer;

	constructor(size: number) {
		this.#data = koffi.alloc('uint8_t', size * candidateBytes) as Pointer;
		const memory = koffi.view(this.#data, size * candidateBytes);
		this.#ids = new Int32Array(memory);
		this.#logits = new Float32Array(memory);
		this.pointer = koffi.alloc('uint8_t', listBytes) as Pointer;
		this.#list = new BigInt64Array(koffi.view(this.pointer, listBytes));
	}

	#begin(size: number): void {
		this.#list.set([this.#data, BigInt(size), -1n, 0n]);
	}

	fill(logits: Float32Array): void {
		for (let token = 0, at = 0; token < logits.length; token += 1, at += 3) {
			this.#ids[at] = token;
			this.#logits[at + 1] = logits[token]!;
			this.#logits[at + 2] = 0;
		}
		this.#begin(logits.length);
	}

	fillOne(token: number): void {
		this.#ids[0] = token;
		this.#logits[1] = 1;
		this.#logits[2] = 0;
		this.#begin(1);
	}

	/** Returns the token chosen by a sampler, or the first entry if it only filters. */
	chosen(): { token: number; logit: number } {
		// XTC drops the first candidates by moving the pointer to the list.
		const dropped = Number(this.#list[0]! - this.#data) / candidateBytes;
		const at = (dropped + Math.max(0, Number(this.#list[2]))) * 3;
		return { token: this.#ids[at]!, logit: this.#logits[at + 1]! };
	}

	free(): void {
		koffi.free(this.pointer);
		koffi.free(this.#data);
	}
}

/** Follows a grammar token by token. */
export interface GrammarFollower {
	/** Whether the token may come next; a token that ends the answer may where the grammar is complete. */
	allows(token: number): boolean;
	/** Takes a token that is allowed: llama.cpp ends the process for any other. */
	accept(token: number): void;
	/** Samples by the chain among all tokens, then, if that isn't allowed, among the allowed ones. */
	sample(context: NativeContext, row: number, chain: Pointer): number;
	free(): void;
}

/** Throws Failure `grammar-invalid`; `sample` throws `grammar-stuck`. */
export function followGrammar(model: NativeModel, grammar: string): GrammarFollower {
	const { library, vocabulary, facts } = model;
	const { functions } = library;
	library.log.clear();
	const rules = functions.llama_sampler_init_grammar(vocabulary, grammar, 'root');
	if (rules === null) throw grammarInvalid(library.log.tail());
	const one = new Candidates(1);
	let all: Candidates | null = null;
	const allows = (token: number): boolean => {
		one.fillOne(token);
		functions.llama_sampler_apply(rules, one.pointer);
		return Number.isFinite(one.chosen().logit);
	};
	return {
		allows,
		accept: (token) => functions.llama_sampler_accept(rules, token),
		sample(context, row, chain) {
			all ??= new Candidates(facts.vocabularySize);
			all.fill(context.logitsOf(row));
			functions.llama_sampler_apply(chain, all.pointer);
			let { token } = all.chosen();
			if (!allows(token)) {
				all.fill(context.logitsOf(row));
				functions.llama_sampler_apply(rules, all.pointer);
				functions.llama_sampler_apply(chain, all.pointer);
				const second = all.chosen();
				if (!Number.isFinite(second.logit)) throw grammarStuck();
				token = second.token;
			}
			functions.llama_sampler_accept(rules, token);
			functions.llama_sampler_accept(chain, token);
			return token;
		},
		free() {
			functions.llama_sampler_free(rules);
			one.free();
			all?.free();
		},
	};
}

/** Samples with a chain of samplers, from tokens that a grammar allows. */
export interface GrammarSampler {
	sample(context: NativeContext, row: number): number;
	free(): void;
}

/**
 * Samples like llama.cpp's own programs (common/sampling.cpp): the chain draws from all tokens; only if the grammar
 * forbids the result, all candidates pass through the grammar and the chain draws again. Both accept each token that
 * results. (Passing 49,152 candidates through a grammar for every token would take longer than a small model.) Throws
 * Failure `grammar-invalid`; `sample` throws `grammar-stuck`.
 */
export function createGrammarSampler(model: NativeModel, grammar: string, chain: Pointer): GrammarSampler {
	const follower = followGrammar(model, grammar);
	return { sample: (context, row) => follower.sample(context, row, chain), free: () => follower.free() };
}
