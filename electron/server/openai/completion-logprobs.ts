import type { Candidate, ScoredPrompt } from '../../../models/contract/scoring.ts';

/** Log-probabilities of tokens in the form of OpenAI's completions. */
export interface CompletionLogprobs {
	readonly tokens: readonly string[];
	readonly token_logprobs: readonly (number | null)[];
	/** The likeliest tokens of each place and the one that stands there, by their texts. */
	readonly top_logprobs: readonly (Readonly<Record<string, number>> | null)[];
	/** Characters before each token, from the start of the prompt. */
	readonly text_offset: readonly number[];
}

/** Texts of tokens can be equal, then the likelier stays. */
function byText(top: readonly Candidate[]): Record<string, number> {
	const found = new Map<string, number>();
	for (const { text, logProbability } of top) if (!found.has(text)) found.set(text, logProbability);
	return Object.fromEntries(found);
}

/**
 * Returns the log-probabilities of a prompt's tokens from `from` on, ending before the character `to`, and of the token
 * after it if that was asked for.
 */
export function logprobsOf(
	{ tokens, next, text }: ScoredPrompt,
	{ top, from, to = null }: { readonly top: number; readonly from: number; readonly to?: number | null },
): CompletionLogprobs {
	const [after] = next;
	const kept = tokens.slice(from).filter(({ offset }) => to === null || offset < to);
	const own = kept.map(({ text: token, logProbability, offset, top: others }) => ({
		token,
		logProbability,
		offset,
		top: logProbability === null ? null : byText([...others, { token: 0, text: token, logProbability }]),
	}));
	const last =
		after === undefined
			? []
			: [
					{
						token: after.text,
						logProbability: after.logProbability,
						offset: text.length,
						top: byText([...next.slice(0, top), after]),
					},
				];
	const all = [...own, ...last];
	return {
		tokens: all.map(({ token }) => token),
		token_logprobs: all.map(({ logProbability }) => logProbability),
		top_logprobs: all.map((one) => one.top),
		text_offset: all.map(({ offset }) => offset),
	};
}
