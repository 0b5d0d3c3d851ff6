import { NumberMap } from '../number-map.ts';
import type { TaskContext } from '../worker/task-context.ts';
import { withDoubleCapacity } from './lengths.ts';
import { jaccard, piecesOf } from './shingles.ts';

/** Two samples by their number in version order, the earlier one first. */
export interface DuplicatePair {
	readonly first: number;
	readonly second: number;
	readonly similarity: number;
}

/** Most samples that fit into a sort key of 53 bits. */
const maxSamples = 2 ** 21;

/** In larger buckets of a band, each text is compared only with its neighbours. */
const comparedInBucket = 40;

/**
 * Most pairs to compare. A set of very similar texts (a million sums) shares bands more often; the report is then
 * marked incomplete.
 */
const maxCompared = 2_000_000;

/** Texts whose shingles are cached during the comparison. */
const keptPieces = 5_000;

/** Collects texts in 80 to 200 bytes each, then finds the near duplicates. */
export class NearDuplicates {
	readonly #threshold: number;
	readonly #shape: { readonly rows: number; readonly bands: number };
	#hashes: Uint32Array;
	#numbers: Uint32Array;
	#count = 0;

	/** `expected`: estimated number of texts; the capacity grows if there are more. */
	constructor(threshold: number, expected = 1_024) {
		const room = Math.max(1, Math.min(maxSamples, expected));
		this.#threshold = threshold;
		this.#shape = bandsFor(threshold);
		this.#hashes = new Uint32Array(room * this.#shape.bands);
		this.#numbers = new Uint32Array(room);
	}

	/** Adds the text of sample `number`; numbers must ascend. Returns false if there are too many. */
	add(number: number, normalised: string): boolean {
		if (this.#count === maxSamples) return false;
		const { bands } = this.#shape;
		if (this.#count === this.#numbers.length) {
			this.#hashes = withDoubleCapacity(this.#hashes);
			this.#numbers = withDoubleCapacity(this.#numbers);
		}
		this.#hashes.set(bandHashes(piecesOf(normalised), this.#shape), this.#count * bands);
		this.#numbers[this.#count] = number;
		this.#count += 1;
		return true;
	}

	/**
	 * Finds the pairs, ordered by their second sample, and reports if the search was complete. `normalisedOf` returns
	 * the text of a number again.
	 */
	async pairs(
		context: Pick<TaskContext, 'pause'>,
		normalisedOf: (number: number) => string,
	): Promise<{ readonly pairs: readonly DuplicatePair[]; readonly complete: boolean }> {
		const { bands } = this.#shape;
		const count = this.#count;
		const compared = new NumberMap();
		const pairs: DuplicatePair[] = [];
		const pieces = new Map<number, Uint32Array>();
		const piecesAt = (index: number): Uint32Array => {
			const known = pieces.get(index);
			if (known !== undefined) return known;
			const found = piecesOf(normalisedOf(this.#numbers[index] ?? 0));
			if (pieces.size >= keptPieces) pieces.delete(pieces.keys().next().value ?? 0);
			pieces.set(index, found);
			return found;
		};
		const keys = new Float64Array(count);
		for (let band = 0; band < bands && compared.size < maxCompared; band += 1) {
			await context.pause();
			for (let at = 0; at < count; at += 1) keys[at] = (this.#hashes[at * bands + band] ?? 0) * maxSamples + at;
			keys.sort();
			let until = performance.now() + 20;
			for (let from = 0, to = 0; from < count; from = to) {
				const hash = Math.floor((keys[from] ?? 0) / maxSamples);
				for (to = from + 1; to < count && Math.floor((keys[to] ?? 0) / maxSamples) === hash; ) to += 1;
				for (let a = from; a < to - 1; a += 1) {
					for (let b = a + 1; b < Math.min(to, a + comparedInBucket); b += 1) {
						const one = (keys[a] ?? 0) % maxSamples;
						const other = (keys[b] ?? 0) % maxSamples;
						const pair = one * count + other;
						if (compared.size >= maxCompared || compared.get(pair) !== undefined) continue;
						compared.set(pair, 1);
						const similarity = jaccard(piecesAt(one), piecesAt(other));
						if (similarity < this.#threshold) continue;
						pairs.push({ first: this.#numbers[one] ?? 0, second: this.#numbers[other] ?? 0, similarity });
					}
				}
				if (performance.now() > until) {
					await context.pause();
					until = performance.now() + 20;
				}
			}
		}
		pairs.sort((one, other) => one.second - other.second || one.first - other.first);
		return { pairs, complete: compared.size < maxCompared };
	}
}

/** Length of a signature: the smallest hash of a text's shingles under this many permutations. */
export const signatureLength = 100;

/**
 * Bands of a signature by threshold: texts that agree in a whole band are compared in full. With r numbers per band and
 * b bands, a pair of similarity s is compared with probability 1 − (1 − sʳ)ᵇ (Leskovec, Rajaraman, Ullman, "Mining of
 * Massive Datasets", 3.4): at the threshold itself at least 0.99 for each of these.
 */
export function bandsFor(threshold: number): { readonly rows: number; readonly bands: number } {
	const rows = threshold < 0.58 ? 2 : threshold < 0.68 ? 3 : threshold < 0.77 ? 4 : threshold < 0.86 ? 5 : 7;
	return { rows, bands: Math.floor(signatureLength / rows) };
}

const multipliers = new Uint32Array(signatureLength);
const increments = new Uint32Array(signatureLength);
// Fixed permutations (a linear congruential generator from 1): the same texts always give the same pairs.
for (let at = 0, state = 1; at < signatureLength; at += 1) {
	state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
	multipliers[at] = state | 1;
	state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
	increments[at] = state;
}

/** Computes the MinHash of a text's shingles, folded into one number per band. */
function bandHashes(pieces: Uint32Array, { rows, bands }: { readonly rows: number; readonly bands: number }) {
	const hashes = new Uint32Array(bands);
	for (let band = 0; band < bands; band += 1) {
		let hash = 0x811c_9dc5 ^ band;
		for (let row = band * rows; row < (band + 1) * rows; row += 1) {
			const a = multipliers[row] ?? 1;
			const b = increments[row] ?? 0;
			let smallest = 0xffff_ffff;
			for (let at = 0; at < pieces.length; at += 1) {
				let value = (Math.imul(pieces[at]!, a) + b) >>> 0;
				value = (value ^ (value >>> 15)) >>> 0;
				if (value < smallest) smallest = value;
			}
			hash = Math.imul(hash ^ smallest, 0x0100_0193);
			hash ^= hash >>> 15;
		}
		hashes[band] = hash >>> 0;
	}
	return hashes;
}
