import type { GenerateRequest, TokenScore } from '../../../models/contract/generation.ts';

type Scored = Omit<TokenScore, 'top'>;

function entryOf({ bytes, logprob }: Scored) {
	return { token: Buffer.from(bytes).toString('utf8'), logprob: finite(logprob), bytes };
}

/** JSON has no infinity; OpenAI's clients take this as impossible. */
function finite(logprob: number): number {
	return Number.isFinite(logprob) ? logprob : -9_999;
}

/** Returns OpenAI's `logprobs` of a choice: one entry per token, the reasoning's included; null if none were asked for. */
export function logprobsOf(
	request: Pick<GenerateRequest, 'logprobs'> | undefined,
	scores: readonly TokenScore[],
): { readonly content: readonly object[]; readonly refusal: null } | null {
	if (request?.logprobs === undefined) return null;
	return {
		content: scores.map((score) => ({ ...entryOf(score), top_logprobs: score.top.map(entryOf) })),
		refusal: null,
	};
}
