import { fingerprint } from '../dataset/check/shingles.ts';

/** Words in a row that say that a passage is the same; a shorter text is compared whole. */
const longestRun = 8;

/** A text of fewer words occurs in any long document by chance. */
const fewestWords = 5;

/** Share of a text's runs of words that must occur in the documents. */
const leakedShare = 0.5;

/** Texts that may share a run; one that more have, such as an instruction before each question, tells nothing. */
const mostSharing = 8;

/** Words; a letter of a script without spaces counts as one. */
const word = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]|[\p{L}\p{N}]+/gu;

function hashesOf(text: string): readonly number[] {
	return Array.from(text.toLowerCase().matchAll(word), ([found]) => fingerprint(found));
}

/** Appends a word to the hash of a run: 53 bits. */
function extendRun(run: number, next: number): number {
	const low = Math.imul((run / 0x20_0000) ^ (next / 0x20_0000), 0x0100_0193);
	const high = Math.imul((run & 0x1f_ffff) ^ (next & 0x1f_ffff), 0x85eb_ca6b);
	return ((low ^ (low >>> 15)) >>> 0) * 0x20_0000 + ((high ^ (high >>> 13)) & 0x1f_ffff);
}

/** Calls `found` with the length and the hash of each run of words of a wanted length. */
function eachRun(
	words: readonly number[],
	lengths: ReadonlySet<number>,
	found: (length: number, run: number) => void,
): void {
	for (let start = 0; start < words.length; start += 1) {
		let run = 0;
		for (let length = 1; length <= longestRun && start + length <= words.length; length += 1) {
			run = extendRun(run, words[start + length - 1] ?? 0);
			if (lengths.has(length)) found(length, run);
		}
	}
}

/**
 * Finds which of many short texts occur in long ones: those of which at least half the runs of eight words do. Memory
 * grows only with the short texts.
 */
export class TextLeaks {
	/** By length and hash of a run: the texts that have it. */
	readonly #runs = new Map<string, number[]>();
	/** Runs that too many texts have. */
	readonly #common = new Set<string>();
	readonly #lengths = new Set<number>();
	readonly #total: number[] = [];
	readonly #found: number[] = [];

	/** Adds a short text. Returns its number. */
	add(text: string): number {
		const number = this.#total.length;
		const words = hashesOf(text);
		const length = Math.min(longestRun, words.length);
		this.#total.push(0);
		this.#found.push(0);
		if (length < fewestWords) return number;
		this.#lengths.add(length);
		const own = new Set<string>();
		eachRun(words, new Set([length]), (_, run) => own.add(`${length} ${run}`));
		for (const key of own) this.#note(key, number);
		return number;
	}

	#note(key: string, number: number): void {
		if (this.#common.has(key)) return;
		const numbers = this.#runs.get(key) ?? [];
		if (numbers.length === mostSharing) {
			this.#common.add(key);
			this.#runs.delete(key);
			for (const each of numbers) this.#total[each] = (this.#total[each] ?? 0) - 1;
			return;
		}
		numbers.push(number);
		this.#runs.set(key, numbers);
		this.#total[number] = (this.#total[number] ?? 0) + 1;
	}

	/** Searches a part of a long text; a run counts once, however often it occurs. */
	search(text: string): void {
		eachRun(hashesOf(text), this.#lengths, (length, run) => {
			const key = `${length} ${run}`;
			const numbers = this.#runs.get(key);
			if (numbers === undefined) return;
			for (const number of numbers) this.#found[number] = (this.#found[number] ?? 0) + 1;
			this.#runs.delete(key);
		});
	}

	/** Whether a short text was found. */
	has(number: number): boolean {
		const total = this.#total[number] ?? 0;
		return total > 0 && (this.#found[number] ?? 0) >= leakedShare * total;
	}
}
