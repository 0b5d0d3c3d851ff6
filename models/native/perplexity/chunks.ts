import { Failure } from '../../contract/failure.ts';
import { amount, figure, said } from '../../contract/said.ts';

/**
 * llama-perplexity's division of a text (tools/perplexity/perplexity.cpp): chunks of `contextSize` tokens without
 * overlap, dropping the rest; only the second half of each is scored, so that every scored token has context.
 */
export type ChunkPlan = {
	contextSize: number;
	/** Number of scored chunks. */
	chunks: number;
	/** Number of chunks in the text. */
	available: number;
	/** Position whose logits score the first scored token, which is the next one. */
	first: number;
	/** Scored tokens per chunk. */
	scored: number;
};

/** Smallest chunk: in a smaller one, a token would have hardly any context. */
const minContextSize = 16;

/**
 * Plans the chunks of a text. `limit` takes only the first ones, like `--chunks`. Throws Failure `text-too-short` if
 * the text has less than two chunks.
 */
export function planChunks(tokens: number, contextSize: number, limit: number | null, path: string): ChunkPlan {
	const needed = 2 * contextSize;
	if (tokens < needed) {
		const smaller = 2 ** Math.floor(Math.log2(tokens / 2));
		throw new Failure({
			code: 'text-too-short',
			message: said`${path} has ${amount(tokens, 'token')}; scoring with a context of ${figure(contextSize)} needs at least ${figure(needed)}.`,
			next: [
				said`Use a longer text`,
				...(smaller >= minContextSize && smaller < contextSize ? [said`Use a context of ${smaller}`] : []),
			],
		});
	}
	const available = Math.floor(tokens / contextSize);
	const first = Math.floor(contextSize / 2);
	return {
		contextSize,
		chunks: limit === null ? available : Math.min(limit, available),
		available,
		first,
		scored: contextSize - 1 - first,
	};
}

/** Returns the tokens of a chunk as the model sees them: the start token, if there is one, replaces the first. */
export function chunkTokens(tokens: Int32Array, chunk: number, plan: ChunkPlan, startToken: number | null): Int32Array {
	const cut = tokens.slice(chunk * plan.contextSize, (chunk + 1) * plan.contextSize);
	if (startToken !== null) cut[0] = startToken;
	return cut;
}
