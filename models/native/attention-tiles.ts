import { commonPrefixLength } from '../prompt/common-prefix.ts';

/** Query rows that llama.cpp's attention on CPUs takes at once, from that many tokens on. */
export const tile = 64;

/**
 * How much more work attention does than it must, 1 or more, when `tokens` are processed together. The rows of all heads
 * are cut into four chunks a thread; a chunk works in tiles that end where the chunk or the head ends, and a tile that
 * is not full costs as much as a full one. With one thread there is one chunk, and nothing is lost.
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
		// Whichever thread is done first takes the next chunk.
		const first = load.indexOf(Math.min(...load));
		load[first] = (load[first] ?? 0) + tiles;
	}
	return (Math.max(...load) * threads) / (Math.ceil(tokens / tile) * heads);
}

/** Tokens of the next native call of a prompt: whole tiles, the last call with what remains. */
export function nextSlice(left: number, batchSize: number): number {
	const whole = Math.max(tile, Math.floor(batchSize / tile) * tile - tile);
	return left < whole + tile ? left : whole;
}

/**
 * How many tokens of a prompt are kept of one that was computed before, so that the rest comes out as if nothing had been
 * kept: whole tiles, and so few that a tile at least is left. Then each token goes through the same form of attention
 * (attention-tiles.ts) and the same kernels either way. Kept as they are, the 30 tokens that two short questions begin
 * with changed the greedy answers to a quarter of GSM8K's questions.
 */
export function keptTokens(before: readonly number[], tokens: readonly number[]): number {
	const most = Math.min(commonPrefixLength(before, tokens), tokens.length - 1 - tile);
	return Math.max(0, Math.floor(most / tile) * tile);
}
