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
	const control = controlTexts(model, size);
	const { bos, eos, shouldPrependBosToken, shouldAppendEosToken } = model.tokens;
	function tokenize(text: string, special: boolean, whole = false): readonly number[] {
		const tokens = model.tokenize(text, special);
		if (!whole) return tokens;
		const start = shouldPrependBosToken && bos !== null ? [bos] : [];
		const end = shouldAppendEosToken && eos !== null ? [eos] : [];
		return [...start, ...tokens, ...end];
	}
	let endTexts: readonly string[] | null = null;
	return {
		bosToken: model.tokens.bosString ?? '',
		eosToken: model.tokens.eosString ?? '',
		size,
		startToken: model.tokens.shouldPrependBosToken ? model.tokens.bos : null,
		prefixToken: model.tokens.bos ?? model.tokens.eos ?? 0,
		specialText: specialTextPattern(control),
		// A vocabulary may have thousands of control tokens, and few answers call tools.
		get endTexts() {
			endTexts ??= control.filter((text) => {
				const [token, ...others] = tokenize(text, true);
				return token !== undefined && others.length === 0 && model.isEogToken(token as Token);
			});
			return endTexts;
		},
		specialIn(texts) {
			const tokens = new Set(texts.flatMap((text) => tokenize(text, true)));
			return new Map(
				[...tokens].flatMap((token) => {
					const isHidden = model.detokenize([token as Token], false) === '';
					const isShown = isHidden && !model.isEogToken(token as Token);
					return isShown ? [[token, model.detokenize([token as Token], true)] as const] : [];
				}),
			);
		},
		tokenize,
		detokenize: (tokens) => model.detokenize(tokens as number[] as Token[], true),
	};
}
