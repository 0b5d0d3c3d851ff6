/**
 * How a prompt is cut into native calls, none of which can be interrupted.
 *
 * llama.cpp's attention on CPUs has two forms, which round differently: from 64 tokens on it works in tiles. So that one
 * prompt always gives the same bits, whether a token goes through the one or the other may not depend on how fast the
 * machine happens to be: sizes are multiples of a tile, the last slice takes the remainder with it, and only the number
 * of tiles follows the clock. (Measured: slices of 64, 128, 192 and 512 give equal bits, 70 and 101 others.)
 */
export const tile = 64;

/** Time that a slice should take: a stop is answered at once, and the processor idle after the slice. */
export const sliceMs = 80;

export interface Slices {
	/** Tokens of the next slice of a prompt of which `left` tokens are still to be processed. */
	next(left: number): number;
	/** How long a slice took. */
	took(tokens: number, ms: number): void;
}

export interface SliceOptions {
	/** Most tokens of one native call. */
	readonly batchSize: number;
	/** What 16 tokens took at load. */
	readonly sixteenTokensMs: number;
}

/**
 * Where a tile takes longer than this, slices are smaller than a tile: attention is slower then, but on models of that
 * size it is a small part of the work, and a stop would otherwise leave the processor busy for too long.
 */
const longestTileMs = 500;

/** What a context must be able to take in one native call: a slice of `batchSize` tokens and a remainder. */
export function contextBatchSize(batchSize: number): number {
	return batchSize + tile;
}

export function createSlices({ batchSize, sixteenTokensMs }: SliceOptions): Slices {
	const tiled = sixteenTokensMs * (tile / 16) <= longestTileMs && batchSize >= tile;
	const step = tiled ? tile : 4;
	const most = tiled ? Math.floor(batchSize / tile) * tile : tile - 2 * step;
	let tokenMs = sixteenTokensMs / 16;
	return {
		next(left) {
			const wished = Math.max(step, Math.min(most, Math.floor(sliceMs / tokenMs / step) * step));
			return left - wished < step ? left : wished;
		},
		took(tokens, ms) {
			// Half old, half new: attention makes later slices slower, another program makes some slower by chance.
			tokenMs = (tokenMs + ms / tokens) / 2;
		},
	};
}
