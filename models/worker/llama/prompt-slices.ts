import { attentionWaste, tile } from '../../native/attention-tiles.ts';

/*
 * How a prompt is divided into native calls, between which progress is reported. A stop ends a call within one
 * operation of llama.cpp's graph, so it does not depend on their length.
 *
 * llama.cpp's CPU attention has two forms, which round differently: from 64 tokens on it works in tiles. One prompt
 * must always give the same bits, in a measurement too, so the form that processes a token must not depend on the speed
 * of the machine. Sizes are therefore multiples of a tile, the last slice includes the remainder, and only the number
 * of tiles depends on time. On a slow machine, a large model thus reports progress rarely. (Measured: slices of 64,
 * 128, 192 and 512 give equal bits; 70 and 101 give others.)
 */

/** Target time of a slice, so that progress is visible, ms. */
export const sliceMs = 1000;

/**
 * Time allowed for a slice if smaller ones are slower, ms. On the starter model (9 heads) with two threads, a prompt of
 * 1,056 tokens in slices of 64, 128 and 512 takes 4.03, 3.85 and 3.56 s.
 */
const longestSliceMs = 2000;

/** Attention with up to this factor of the necessary work still counts as efficient. */
const littleWaste = 1.05;

/** Smaller slices are mostly overhead. */
const leastShared = 8;

/** A shorter rest is added to the slice before it, if the configured batch is smaller than a tile. */
const leastRest = 4;

export interface Slices {
	/** Returns the tokens of the next slice of a prompt with `left` tokens still to process. */
	next(left: number): number;
	/**
	 * Returns the number of tokens that take about `ms`, at least a few and at most a batch, for slices that others
	 * wait for.
	 */
	within(ms: number): number;
	/** Records how long a slice took. */
	recordTime(tokens: number, ms: number): void;
}

export interface SliceOptions {
	/** The most tokens of one native call. */
	readonly batchSize: number;
	/** Time per prompt token measured at load, ms. */
	readonly tokenMs: number;
	readonly heads: number;
	readonly threads: () => number;
}

/**
 * Returns the tokens that a context must be able to take in one native call: a slice of `batchSize` tokens plus a
 * remainder.
 */
export function contextBatchSize(batchSize: number): number {
	return batchSize + tile;
}

/** Returns the tiles of a slice: the fewest without waste, or more as long as they take no longer than `sliceMs`. */
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
		recordTime(tokens, ms) {
			// A short rest is not representative of a whole slice.
			if (tokens < step) return;
			// Averages old and new: attention makes later slices slower, and another program slows some by chance.
			tokenMs = (tokenMs + ms / tokens) / 2;
		},
	};
}
