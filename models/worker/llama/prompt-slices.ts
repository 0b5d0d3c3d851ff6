import { attentionWaste, tile } from '../../native/attention-tiles.ts';

/*
 * How a prompt is cut into native calls, between which progress is told. A stop ends a call within one operation of
 * llama.cpp's graph, so it does not depend on their length.
 *
 * llama.cpp's attention on CPUs has two forms, which round differently: from 64 tokens on it works in tiles. So that one
 * prompt always gives the same bits, those of a measurement too, whether a token goes through the one or the other may
 * not depend on how fast the machine happens to be: sizes are multiples of a tile, the last slice takes the remainder
 * with it, and only the number of tiles follows the clock. On a slow machine a large model tells its progress seldom,
 * then. (Measured: slices of 64, 128, 192 and 512 give equal bits, 70 and 101 others.)
 */

/** Time that a slice should take, so that progress shows. */
export const sliceMs = 1000;

/**
 * Time that a slice may take where smaller ones are slower. On the starter model (9 heads) with two threads, a prompt of
 * 1,056 tokens in slices of 64, 128 and 512 takes 4.03, 3.85 and 3.56 s.
 */
const longestSliceMs = 2000;

/** Attention that does this much more than it must is still taken for efficient. */
const littleWaste = 1.05;

/** Smaller slices are mostly overhead. */
const leastShared = 8;

/** A rest below this goes with the slice before it, where a batch is set that is smaller than a tile. */
const leastRest = 4;

export interface Slices {
	/** Tokens of the next slice of a prompt of which `left` tokens are still to be processed. */
	next(left: number): number;
	/** Tokens that take about `ms`, at least a few, at most a batch: where others wait for the slice to end. */
	within(ms: number): number;
	/** How long a slice took. */
	took(tokens: number, ms: number): void;
}

export interface SliceOptions {
	/** Most tokens of one native call. */
	readonly batchSize: number;
	/** What a token of a prompt took at load, ms. */
	readonly tokenMs: number;
	readonly heads: number;
	readonly threads: () => number;
}

/** What a context must be able to take in one native call: a slice of `batchSize` tokens and a remainder. */
export function contextBatchSize(batchSize: number): number {
	return batchSize + tile;
}

/** Tiles of a slice: the fewest that lose nothing, more while that takes no longer than `sliceMs`. */
export function tilesOf(most: number, tileMs: number, waste: (tiles: number) => number): number {
	const longest = Math.max(1, Math.min(most, Math.floor(longestSliceMs / tileMs)));
	let efficient = 1;
	for (let tiles = 1; tiles <= longest; tiles += 1) {
		if (waste(tiles) < waste(efficient) - 0.001) efficient = tiles;
		if (waste(efficient) <= littleWaste) break;
	}
	const short = Math.floor(sliceMs / (tileMs * efficient));
	return efficient * Math.max(1, Math.min(short, Math.floor(most / efficient)));
}

export function createSlices({ batchSize, tokenMs: atLoad, heads, threads }: SliceOptions): Slices {
	let tokenMs = atLoad;
	const tiled = batchSize >= tile;
	const step = tiled ? tile : leastRest;
	const wished = (): number => {
		if (!tiled) return batchSize;
		const waste = (tiles: number): number => attentionWaste(tiles * tile, heads, threads());
		return tile * tilesOf(Math.floor(batchSize / tile), tokenMs * tile, waste);
	};
	return {
		next(left) {
			const tokens = wished();
			return left - tokens < step ? left : tokens;
		},
		within: (ms) => Math.max(leastShared, Math.min(batchSize, Math.floor(ms / tokenMs))),
		took(tokens, ms) {
			// A short rest says nothing about a whole slice.
			if (tokens < step) return;
			// Half old, half new: attention makes later slices slower, another program makes some slower by chance.
			tokenMs = (tokenMs + ms / tokens) / 2;
		},
	};
}
