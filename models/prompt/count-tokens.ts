import type { ContextUsage, CountTokensRequest } from '../contract/generation.ts';
import { measureContextUsage } from './context-overflow.ts';
import { createTurnTokenizer, type PromptOptions } from './prompt-builder.ts';

/** The most characters of texts whose token counts are remembered: a conversation far longer than any context. */
const rememberedCharacters = 4_000_000;

/** Counts how turns use the context; remembers counts, so that typing does not repeat them. */
export function createTokenCounter(
	options: Omit<PromptOptions, 'trainedContextLength'>,
): (request: CountTokensRequest) => ContextUsage {
	const { vocabulary, contextSize } = options;
	const tokensOf = createTurnTokenizer(options);
	const counted = rememberCounts((text) => vocabulary.tokenize(text, false).length);
	return (request) =>
		measureContextUsage(
			{ ...request, contextSize: request.contextSize ?? contextSize },
			(turns) => tokensOf(turns, request.tools),
			(tokens) => tokens.length,
			counted,
		);
}

/** Remembers the counts of the most recently requested texts. */
export function rememberCounts(count: (text: string) => number): (text: string) => number {
	const known = new Map<string, number>();
	let characters = 0;
	return (text) => {
		const before = known.get(text);
		const tokens = before ?? count(text);
		// Most recently requested, last to be forgotten.
		if (before !== undefined) known.delete(text);
		else characters += text.length;
		known.set(text, tokens);
		for (const oldest of known.keys()) {
			if (characters <= rememberedCharacters || oldest === text) break;
			known.delete(oldest);
			characters -= oldest.length;
		}
		return tokens;
	};
}
