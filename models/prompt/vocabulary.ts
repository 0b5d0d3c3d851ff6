import type { NativeModel } from '../native/model.ts';
import { specialTextPattern } from './special-text.ts';

/** Text and tokens of a loaded model, as plain numbers. */
export interface Vocabulary {
	readonly bosToken: string;
	readonly eosToken: string;
	readonly size: number;
	/** Finds the texts of the model's control tokens. */
	readonly specialText: RegExp | null;
	/** With `special`, control tokens are read where their texts stand. */
	tokenize(text: string, special: boolean): readonly number[];
	/** Special tokens are shown as their texts. */
	detokenize(tokens: readonly number[]): string;
}

export function vocabularyOf(model: NativeModel): Vocabulary {
	const { bosText, eosText } = model.specialTexts();
	return {
		bosToken: bosText,
		eosToken: eosText,
		size: model.facts.vocabularySize,
		specialText: specialTextPattern(model.controlTexts()),
		tokenize: (text, special) => [...model.tokenize(Buffer.from(text), false, special)],
		detokenize: (tokens) => model.detokenize(tokens, true),
	};
}
