import { NumberMap } from '../number-map.ts';
import type { TaskContext } from '../thread/desk.ts';
import { withDoubleCapacity } from './lengths.ts';
import { bandHashes, bandsFor } from './min-hash.ts';
import { jaccard, piecesOf } from './shingles.ts';

/** Two samples by their numbers in the order of the version, the earlier one first. */
export interface DuplicatePair {
	readonly first: number;
	readonly second: number;
	readonly similarity: number;
}

/** So many samples can be told apart in a sort key of 53 bits. */
const maxSamples = 2 ** 21;

/** Of more that agree in a band each is compared with those next to it only. */
const comparedInBucket = 40;

/**
 * So many pairs are compared at most. Texts that are all alike (a million sums) have more that agree in a band; then the
 * report says that it is not complete.
 */
const maxCompared = 2_000_000;

/** Pieces of so many texts are kept while pairs are compared. */
const keptPieces = 5_000;

/** Gathers texts in a memory of 80 to 200 bytes each, then finds those that are nearly the same. */
export class NearDuplicates {
	readonly #threshold: number;
	readonly #shape: { readonly rows: number; readonly bands: number };
	#hashes: Uint32Array;
	#numbers: Uint32Array;
	#count = 0;

	/** `expected`: how many texts there will be; more find room, too. */
	constructor(threshold: number, expected = 1_024) {
		const room = Math.max(1, Math.min(maxSamples, expected));
		this.#threshold = threshold;
		this.#shape = bandsFor(threshold);
		this.#hashes = new Uint32Array(room * this.#shape.bands);
		this.#numbers = new Uint32Array(room);
	}

	/** `number`: of the sample; numbers ascend. False where there are too many. */
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

	/** `normalisedOf` gives the text of a number again. Pairs in the order of their second sample; whether that is all. */
	async pairs(
		desk: Pick<TaskContext, 'pause'>,
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
			const made = piecesOf(normalisedOf(this.#numbers[index] ?? 0));
			if (pieces.size >= keptPieces) pieces.delete(pieces.keys().next().value ?? 0);
			pieces.set(index, made);
			return made;
		};
		const keys = new Float64Array(count);
		for (let band = 0; band < bands && compared.size < maxCompared; band += 1) {
			await desk.pause();
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
					await desk.pause();
					until = performance.now() + 20;
				}
			}
		}
		pairs.sort((one, other) => one.second - other.second || one.first - other.first);
		return { pairs, complete: compared.size < maxCompared };
	}
}
