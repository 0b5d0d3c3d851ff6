import type { LlamaModel, Token } from 'node-llama-cpp';
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

/** Texts of all control tokens. Takes 10 ms for 49,152 tokens. */
function controlTokens(model: LlamaModel, size: number): string[] {
	const texts: string[] = [];
	for (let token = 0; token < size; token += 1) {
		const attributes = model.getTokenAttributes(token as Token);
		if (attributes.control || attributes.unknown) texts.push(model.detokenize([token as Token], true));
	}
	return texts;
}

export function vocabularyOf(model: LlamaModel): Vocabulary {
	const size = model.fileInfo.metadata.tokenizer?.ggml?.tokens?.length ?? 0;
	return {
		bosToken: model.tokens.bosString ?? '',
		eosToken: model.tokens.eosString ?? '',
		size,
		specialText: specialTextPattern(controlTokens(model, size)),
		tokenize: (text, special) => model.tokenize(text, special),
		detokenize: (tokens) => model.detokenize(tokens as Token[], true),
	};
}
