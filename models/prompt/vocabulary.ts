import type { NativeModel } from '../native/model.ts';
import { specialTextPattern } from './special-text.ts';

/** The text and tokens of a loaded model, as plain numbers. */
export interface Vocabulary {
	readonly bosToken: string;
	readonly eosToken: string;
	readonly size: number;
	/** Token that starts a text, if the tokenizer adds one. */
	readonly startToken: number | null;
	/** Replaces an empty text, which gives nothing to predict from. */
	readonly prefixToken: number;
	/** Matches the texts of the model's control tokens. */
	readonly specialText: RegExp | null;
	/**
	 * Tokenises; with `special`, parses the texts of control tokens as such; with `whole`, adds the tokens that the
	 * tokenizer starts and ends a text with.
	 */
	tokenize(text: string, special: boolean, whole?: boolean): readonly number[];
	/** Detokenises; shows special tokens as their texts. */
	detokenize(tokens: readonly number[]): string;
}

export function vocabularyOf(model: NativeModel): Vocabulary {
	const { bosText, eosText } = model.specialTexts();
	return {
		bosToken: bosText,
		eosToken: eosText,
		size: model.facts.vocabularySize,
		startToken: model.startToken,
		prefixToken: model.prefixToken,
		specialText: specialTextPattern(model.controlTexts()),
		tokenize: (text, special, whole = false) => [...model.tokenize(Buffer.from(text), whole, special)],
		detokenize: (tokens) => model.detokenize(tokens, true),
	};
}
