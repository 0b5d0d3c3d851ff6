import { commonPrefixLength } from '../prompt/common-prefix.ts';
import type { ModelFacts } from './model.ts';

type ModelSize = Pick<ModelFacts, 'parameters' | 'vocabularySize' | 'embeddingLength' | 'layers' | 'heads'>;

/** Number of query rows from which llama.cpp's CPU attention works in tiles, and the rows of a tile. */
export const tile = 64;

/**
 * Returns how many times the necessary work attention does, 1 or more, if `tokens` are processed together. The rows of
 * all heads are split into four chunks per thread. A chunk works in tiles that end where the chunk or the head ends,
 * and a partial tile costs as much as a full one. With one thread there is one chunk and no waste.
 * (ggml_compute_forward_flash_attn_ext_f16 in ggml-cpu/ops.cpp, llama.cpp v0.4.0.)
 */
export function attentionWaste(tokens: number, heads: number, threads: number): number {
	if (tokens < tile) return 1;
	const rows = tokens * heads;
	const wished = threads === 1 ? 1 : Math.ceil(rows / Math.ceil(rows / (threads * 4)));
	const chunks = Math.max(wished, threads);
	const chunkRows = Math.ceil(rows / chunks);
	const load = new Array<number>(threads).fill(0);
	for (let start = 0; start < rows; start += chunkRows) {
		const end = Math.min(start + chunkRows, rows);
		let tiles = 0;
		for (let row = start; row < end; tiles += 1) row += Math.min(tile, end - row, tokens - (row % tokens));
		// The first idle thread takes the next chunk.
		const first = load.indexOf(Math.min(...load));
		load[first] = (load[first] ?? 0) + tiles;
	}
	return (Math.max(...load) * threads) / (Math.ceil(tokens / tile) * heads);
}

/**
 * What attention between two tokens costs a head below a tile, in weights that one token passes in the same time. Flash
 * attention takes 160 ns there, and 1,000 weights 43 ns (MiniLM on one core with AVX-512).
 */
const pairCost = { flash: 3_700, plain: 600 } as const;

/**
 * Returns the number of tokens to compute a short text of an encoder with: a whole tile if the tokens added to it take less
 * time than the attention without tiles. MiniLM takes 26 ms for a tile in Q8_0 (31 in F16) and 73 for 63 tokens with flash
 * attention. Plain attention takes 19 ms for 33 tokens, where flash attention takes 30, and 31 for 55 (F16). A language
 * model, whose tokens attend only to earlier ones, gains nothing.
 */
export function paddedToTile(
	tokens: number,
	{ parameters, vocabularySize, embeddingLength, layers, heads }: ModelSize,
	attention: keyof typeof pairCost,
): number {
	if (tokens >= tile) return tokens;
	const weights = parameters - vocabularySize * embeddingLength;
	return (tile - tokens) * weights < tokens * tokens * layers * heads * pairCost[attention] ? tile : tokens;
}

/** Returns the number of prompt tokens in the next native call: whole tiles, and the rest in the last call. */
export function nextSlice(left: number, batchSize: number): number {
	const whole = Math.max(tile, Math.floor(batchSize / tile) * tile - tile);
	return left < whole + tile ? left : whole;
}

/**
 * Returns how many tokens of an earlier prompt to reuse so that the rest is computed as if nothing had been reused:
 * whole tiles, leaving at least one tile. Each token then goes through the same form of attention (attention-tiles.ts)
 * and the same kernels either way. Without this rule, reusing the 30 tokens shared by two short questions changed the
 * greedy answers to a quarter of GSM8K's questions.
 */
export function keptTokens(before: readonly number[], tokens: readonly number[]): number {
	const most = Math.min(commonPrefixLength(before, tokens), tokens.length - 1 - tile);
	return Math.max(0, Math.floor(most / tile) * tile);
}

/**
 * Returns how many of the `held` tokens an answer reuses that has the context to itself. What follows the same
 * conversation continues where it ended: recomputing a long one would take too long. Any other prompt only reuses what
 * leaves its bits as they are without a cache. `promptLength` is the length of the prompt that `held` began with.
 */
export function reusableTokens(held: readonly number[], promptLength: number, tokens: readonly number[]): number {
	const end = tokens.length - 1;
	const common = Math.min(commonPrefixLength(held, tokens), end);
	const goesOn = common >= Math.min(promptLength, held.length, end);
	return goesOn ? common : keptTokens(held, tokens);
}
