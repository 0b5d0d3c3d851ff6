import { Failure } from '../../contract/failure.ts';
import type { TrainingSample } from '../../contract/native/training.ts';
import { said } from '../../contract/said.ts';

/** A sample as the model is given it: `tokens[i]` predicts `targets[i]`, which counts `weights[i]`. */
export type PackedSample = {
	readonly tokens: Int32Array;
	readonly targets: Int32Array;
	readonly weights: Float32Array;
};

function unsuitable(reason: string): Failure {
	return new Failure({
		code: 'training-sample-unsuitable',
		message: said`A sample can’t be trained on: ${reason}.`,
		next: [said`Leave it out`, said`Shorten it, or allow more tokens per pass`],
	});
}

/**
 * Prepares a sample: tokens behind the last one that counts are left out. Throws Failure `training-sample-unsuitable` for
 * a sample that is empty, too long, without a token that counts, or not of this vocabulary.
 */
export function prepareSample(sample: TrainingSample, vocabulary: number, longest: number): PackedSample {
	const { tokens, weights } = sample;
	if (tokens.length !== weights.length)
		throw unsuitable(`it has ${tokens.length} tokens and ${weights.length} weights`);
	if (tokens.some((token) => token < 0 || token >= vocabulary))
		throw unsuitable('it has a token that the model does not have');
	if (weights.some((weight) => !(weight >= 0 && weight < Infinity)))
		throw unsuitable('a weight is negative or no number');
	const last = weights.findLastIndex((weight) => weight > 0);
	if (last < 1) throw unsuitable(tokens.length < 2 ? 'it has fewer than two tokens' : 'none of its tokens count');
	if (last > longest) throw unsuitable(`it has ${last} tokens, and a pass takes ${longest}`);
	return {
		tokens: tokens.slice(0, last),
		targets: tokens.slice(1, last + 1),
		weights: weights.slice(1, last + 1),
	};
}

/** Puts groups of samples that stay together into passes of at most `longest` tokens, in their order. */
export function packGroups<Group extends { readonly samples: readonly { tokens: { length: number } }[] }>(
	groups: readonly Group[],
	longest: number,
): Group[][] {
	const passes: Group[][] = [];
	let room = 0;
	for (const group of groups) {
		const length = group.samples.reduce((sum, { tokens }) => sum + tokens.length, 0);
		if (length > longest)
			throw unsuitable(`its two answers have ${length} tokens together, and a pass takes ${longest}`);
		const current = passes.at(-1);
		if (current === undefined || length > room) {
			passes.push([group]);
			room = longest - length;
		} else {
			current.push(group);
			room -= length;
		}
	}
	return passes;
}

/** Neighbouring tokens whose attention is computed at once, and the tokens that some of them see. */
export type AttentionTile = {
	readonly start: number;
	readonly count: number;
	/** The first token that is seen, and how many are. */
	readonly from: number;
	readonly keys: number;
};

/** Most tokens of a tile; twice as many where there would be very many tiles. */
const tileTokens = 64;
const manyTokens = 4096;

/**
 * Returns the tiles of samples that lie one after another: a tile holds several short samples, or a part of a long one
 * that sees the sample from its start.
 */
export function tilesOf(lengths: readonly number[]): AttentionTile[] {
	const total = lengths.reduce((sum, length) => sum + length, 0);
	const most = total > manyTokens ? 2 * tileTokens : tileTokens;
	const tiles: AttentionTile[] = [];
	let start = 0;
	let isOpen = false;
	for (const length of lengths) {
		const last = tiles.at(-1);
		if (isOpen && last !== undefined && last.count + length <= most) {
			tiles[tiles.length - 1] = { ...last, count: last.count + length, keys: last.keys + length };
		} else {
			const parts = Math.ceil(length / most);
			for (let part = 0; part < parts; part += 1) {
				const [first, end] = [part, part + 1].map((at) => Math.floor((at * length) / parts)) as [number, number];
				tiles.push({ start: start + first, count: end - first, from: start, keys: end });
			}
			isOpen = parts === 1;
		}
		start += length;
	}
	return tiles;
}

/** Number of values in the masks of tiles. */
export function maskLength(tiles: readonly AttentionTile[]): number {
	return tiles.reduce((sum, { count, keys }) => sum + count * keys, 0);
}

/** The arrays of one pass. */
export type PassArrays = {
	readonly tokens: Int32Array;
	/** Each sample starts at 0. */
	readonly positions: Int32Array;
	readonly tiles: readonly AttentionTile[];
	/** [keys, count] of each tile: 0 where a token sees another of its own sample, −∞ elsewhere. */
	readonly mask: Float32Array;
	readonly windowMask: Float32Array | null;
	/** Tokens whose prediction counts, and what they should predict. */
	readonly rows: Int32Array;
	readonly targets: Int32Array;
	readonly weights: Float32Array;
	/** Number of rows of each sample. */
	readonly rowsOfSample: readonly number[];
};

/** Lays samples one after another; none sees another one. */
export function layOut(samples: readonly PackedSample[], window: number | null): PassArrays {
	const lengths = samples.map(({ tokens }) => tokens.length);
	const count = lengths.reduce((sum, length) => sum + length, 0);
	const tokens = new Int32Array(count);
	const positions = new Int32Array(count);
	const tiles = tilesOf(lengths);
	const scored = samples.map(({ weights }) => weights.reduce((sum, weight) => sum + (weight > 0 ? 1 : 0), 0));
	const total = scored.reduce((sum, rows) => sum + rows, 0);
	const [rows, targets, weights] = [new Int32Array(total), new Int32Array(total), new Float32Array(total)];
	let start = 0;
	let row = 0;
	for (const sample of samples) {
		tokens.set(sample.tokens, start);
		for (let index = 0; index < sample.tokens.length; index += 1) {
			const at = start + index;
			positions[at] = index;
			const weight = sample.weights[index] ?? 0;
			if (weight === 0) continue;
			rows[row] = at;
			targets[row] = sample.targets[index] ?? 0;
			weights[row] = weight;
			row += 1;
		}
		start += sample.tokens.length;
	}
	return {
		...{ tokens, positions, tiles, rows, targets, weights, rowsOfSample: scored },
		mask: masksOf(tiles, positions, Infinity),
		windowMask: window === null ? null : masksOf(tiles, positions, window),
	};
}

/** Each token sees those before it in its own sample, as far back as the window, and itself. */
function masksOf(tiles: readonly AttentionTile[], positions: Int32Array, window: number): Float32Array {
	const mask = new Float32Array(maskLength(tiles)).fill(-Infinity);
	let offset = 0;
	for (const { start, count, from, keys } of tiles) {
		for (let at = start; at < start + count; at += 1) {
			const seen = Math.min((positions[at] ?? 0) + 1, window);
			mask.fill(0, offset + at + 1 - seen - from, offset + at + 1 - from);
			offset += keys;
		}
	}
	return mask;
}
