import type { LlamaModel, Token } from 'node-llama-cpp';
import { specialTextPattern } from '../../prompt/special-text.ts';
import type { Vocabulary } from '../../prompt/vocabulary.ts';

/** Returns the texts of all tokens without text of their own. */
function controlTexts(model: LlamaModel, size: number): string[] {
	const texts: string[] = [];
	for (let token = 0; token < size; token += 1) {
		const { control, unknown } = model.getTokenAttributes(token as Token);
		if (control || unknown) texts.push(model.detokenize([token as Token], true));
	}
	return texts;
}

/** Returns the text and tokens of a model that node-llama-cpp holds. `size`: number of tokens, from the file. */
export function vocabularyOf(model: LlamaModel, size: number): Vocabulary {
	return {
		bosToken: model.tokens.bosString ?? '',
		eosToken: model.tokens.eosString ?? '',
		size,
		startToken: model.tokens.shouldPrependBosToken ? model.tokens.bos : null,
		prefixToken: model.tokens.bos ?? model.tokens.eos ?? 0,
		specialText: specialTextPattern(controlTexts(model, size)),
		tokenize(text, special, whole = false) {
			const tokens = model.tokenize(text, special);
			const { bos, eos, shouldPrependBosToken, shouldAppendEosToken } = model.tokens;
			if (!whole) return tokens;
			const start = shouldPrependBosToken && bos !== null ? [bos] : [];
			const end = shouldAppendEosToken && eos !== null ? [eos] : [];
			return [...start, ...tokens, ...end];
		},
		detokenize: (tokens) => model.detokenize(tokens as number[] as Token[], true),
	};
}
