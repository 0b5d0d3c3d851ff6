import type { ContextUsage, CountTokensRequest, Turn } from '../../../models/contract/generation.ts';
import { measureContextUsage } from '../../../models/overflow.ts';

/** Bytes of UTF-8 that make a token in a vocabulary of 32,000 to 256,000 entries; English is a little above. */
const bytesPerToken = 4;

/** What chat templates write around a turn, in tokens: 4 (Gemma) to 10 (Llama 3). */
const tokensAround = 6;

/** Tokens of a text, guessed from its length. */
export function estimateTokens(text: string): number {
	return Math.ceil(Buffer.byteLength(text) / bytesPerToken);
}

/** The numbers that a loaded model would give, guessed; the rules of what is left out are the model's own. */
export function estimateTurns(request: CountTokensRequest & { readonly contextSize: number }): ContextUsage {
	return measureContextUsage(
		request,
		(turns: readonly Turn[]) =>
			turns.reduce((sum, { content }) => sum + estimateTokens(content) + tokensAround, tokensAround),
		(tokens) => tokens,
		estimateTokens,
	);
}
