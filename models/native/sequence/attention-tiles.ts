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
