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
	/** Texts of the tokens that end an answer. */
	readonly endTexts: readonly string[];
	/** Returns the control tokens in these texts, which an answer leaves out as a rule, and the text of each. */
	specialIn(texts: readonly string[]): ReadonlyMap<number, string>;
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
	const control = model.controlTexts();
	const tokenize = (text: string, special: boolean, whole = false): readonly number[] => [
		...model.tokenize(Buffer.from(text), whole, special),
	];
	let endTexts: readonly string[] | null = null;
	return {
		bosToken: bosText,
		eosToken: eosText,
		size: model.facts.vocabularySize,
		startToken: model.startToken,
		prefixToken: model.prefixToken,
		specialText: specialTextPattern(control),
		// A vocabulary may have thousands of control tokens, and few answers call tools.
		get endTexts() {
			endTexts ??= control.filter((text) => {
				const [token, ...others] = tokenize(text, true);
				return token !== undefined && others.length === 0 && model.ends(token);
			});
			return endTexts;
		},
		specialIn(texts) {
			const tokens = new Set(texts.flatMap((text) => tokenize(text, true)));
			return new Map(
				[...tokens].flatMap((token) => {
					const isHidden = model.detokenize([token], false) === '';
					return isHidden && !model.ends(token) ? [[token, model.detokenize([token], true)] as const] : [];
				}),
			);
		},
		tokenize,
		detokenize: (tokens) => model.detokenize(tokens, true),
	};
}
