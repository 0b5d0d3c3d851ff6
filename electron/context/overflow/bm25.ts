import { queryWords, wordsOf } from '../retrieval/query-words.ts';

/** How much of a text's further occurrences of a word count, and how much its length; FTS5's values. */
const k1 = 1.2;
const b = 0.75;
/** FTS5 gives words that occur in more than half of all texts this weight rather than none. */
const leastWeight = 1e-6;

export interface Bm25Hit {
	/** Of the text. */
	readonly index: number;
	readonly score: number;
	/** Share of the query's words that the text has, weighted by how rare they are. */
	readonly matched: number;
}

/**
 * Ranks a few thousand texts in memory, where an index in the database would not be worth keeping. Scores are those of
 * FTS5's `bm25()` on a table of these texts.
 */
export class Bm25 {
	/** Words of each text. */
	readonly #lengths: number[] = [];
	#words = 0;
	/** Occurrences of each word, by text. */
	readonly #places = new Map<string, Map<number, number>>();

	/** Adds a text; its index is the number of texts before it. */
	add(text: string): void {
		const index = this.#lengths.length;
		const words = wordsOf(text);
		this.#lengths.push(words.length);
		this.#words += words.length;
		for (const word of words) {
			const counts = this.#places.get(word) ?? new Map<number, number>();
			counts.set(index, (counts.get(index) ?? 0) + 1);
			this.#places.set(word, counts);
		}
	}

	/** Returns the texts with a word of the query, best first. */
	search(query: string): readonly Bm25Hit[] {
		const texts = this.#lengths.length;
		const average = Math.max(1, this.#words) / Math.max(1, texts);
		const scores = new Map<number, number>();
		const matched = new Map<number, number>();
		let total = 0;
		for (const word of queryWords(query)) {
			const counts = this.#places.get(word);
			if (counts === undefined) continue;
			const others = texts - counts.size;
			const weight = Math.max(leastWeight, Math.log((others + 0.5) / (counts.size + 0.5)));
			// The logarithm of a search in documents, which is never negative: every matching word counts for something.
			const rarity = Math.log(1 + (others + 0.5) / (counts.size + 0.5));
			total += rarity;
			for (const [index, count] of counts) {
				const length = (this.#lengths[index] ?? 0) / average;
				const score = (weight * count * (k1 + 1)) / (count + k1 * (1 - b + b * length));
				scores.set(index, (scores.get(index) ?? 0) + score);
				matched.set(index, (matched.get(index) ?? 0) + rarity);
			}
		}
		return [...scores]
			.map(([index, score]) => ({ index, score, matched: (matched.get(index) ?? 0) / total }))
			.toSorted((one, other) => other.score - one.score || one.index - other.index);
	}
}
