import type { ToolGrammar } from '../tools/tool-grammar.ts';
import type { NativeContext } from './context.ts';
import { followGrammar, type GrammarFollower, type GrammarSampler } from './grammar-sampler.ts';
import type { Pointer } from './libllama/structs.ts';
import type { NativeModel } from './model.ts';

/** Longest text that is kept to find a mark that spans tokens, in characters. */
const keptText = 200;

interface Drawn {
	readonly token: number;
	readonly text: string;
}

/**
 * Samples freely until a mark of calls appears, then by the grammar of calls. llama.cpp has such a sampler too
 * (`llama_sampler_init_grammar_lazy_patterns`); it throws a C++ exception where the token that completes a mark holds
 * text that the grammar forbids, which ends the process here, and searches the whole answer again with each token. Here
 * every token is tested before it is accepted; an answer that the grammar can't follow goes on freely.
 */
export function createLazyGrammarSampler(
	model: NativeModel,
	{ write, marks, beginsWithJson }: Pick<ToolGrammar, 'write' | 'marks' | 'beginsWithJson'>,
	chain: Pointer,
): GrammarSampler {
	let recent: Drawn[] = [];
	let follower: GrammarFollower | null = null;
	/** A mark was found once; after an answer that can't be followed, none is looked for again. */
	let done = false;
	let began = false;

	/** Returns where calls begin in the recent text; -1 if they don't. */
	function callsBegin(text: string): number {
		if (beginsWithJson) {
			if (began) return -1;
			const start = text.length - text.trimStart().length;
			if (start === text.length) return -1;
			began = true;
			return text[start] === '{' ? start : -1;
		}
		const found = marks.map((mark) => text.indexOf(mark)).filter((at) => at !== -1);
		return found.length === 0 ? -1 : Math.min(...found);
	}

	/** Follows the grammar from the token on in which calls begin. */
	function follow(at: number): void {
		done = true;
		let position = 0;
		const first = recent.findIndex(({ text }) => {
			position += text.length;
			return position > at;
		});
		const tokens = recent.slice(first);
		const lead = recent.slice(0, first).reduce((sum, { text }) => sum + text.length, 0);
		const own = followGrammar(model, write(tokens[0]!.text.slice(0, at - lead)));
		for (const { token } of tokens) {
			if (!own.allows(token)) {
				own.free();
				return;
			}
			own.accept(token);
		}
		follower = own;
	}

	function watch(token: number): void {
		if (done) return;
		recent.push({
			token,
			text: model.textAfter(
				[token],
				recent.slice(-1).map((one) => one.token),
				true,
			),
		});
		const text = recent.map((one) => one.text).join('');
		const at = callsBegin(text);
		if (at !== -1) follow(at);
		for (let length = text.length; length > keptText && recent.length > 1; ) length -= recent.shift()!.text.length;
		if (done || (beginsWithJson && began)) recent = [];
	}

	return {
		sample(context: NativeContext, row: number) {
			if (follower !== null) return follower.sample(context, row, chain);
			const token = context.sample(chain, row);
			watch(token);
			return token;
		},
		free: () => follower?.free(),
	};
}
