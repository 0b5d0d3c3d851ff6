import type { Lengths } from '../../contract/dataset/schema.ts';
import { unspacedRanges } from '../../database/unspaced-scripts.ts';

const words = new RegExp(`[${unspacedRanges}]|[^\\s${unspacedRanges}]+`, 'gu');

/** Counts the words of a text; in scripts without spaces, the letters. */
export function countWords(text: string): number {
	let count = 0;
	for (const _ of text.matchAll(words)) count += 1;
	return count;
}

const bars = 24;
const longestShown = 5;

/** Lengths of samples, identified by their number in version order: 8 bytes each, where an object takes 40. */
export class LengthList {
	#numbers: Uint32Array = new Uint32Array(1_024);
	#lengths: Uint32Array = new Uint32Array(1_024);
	#count = 0;

	get count(): number {
		return this.#count;
	}

	add(number: number, length: number): void {
		if (this.#count === this.#numbers.length) {
			this.#numbers = withDoubleCapacity(this.#numbers);
			this.#lengths = withDoubleCapacity(this.#lengths);
		}
		this.#numbers[this.#count] = number;
		this.#lengths[this.#count] = length;
		this.#count += 1;
	}

	/** Returns the lengths in ascending order. */
	sorted(): Uint32Array {
		return this.#lengths.slice(0, this.#count).sort();
	}

	/** Returns the longest first; among equal ones, the later first. */
	longest(most: number): readonly { readonly number: number; readonly length: number }[] {
		const found: { readonly number: number; readonly length: number }[] = [];
		for (let at = this.#count - 1; at >= 0; at -= 1) {
			const length = this.#lengths[at] ?? 0;
			if (found.length === most && length <= (found.at(-1)?.length ?? 0)) continue;
			const place = found.findIndex((other) => other.length < length);
			found.splice(place === -1 ? found.length : place, 0, { number: this.#numbers[at] ?? 0, length });
			if (found.length > most) found.pop();
		}
		return found;
	}
}

/** Copies the numbers to an array of twice the size. */
export function withDoubleCapacity(array: Uint32Array): Uint32Array {
	const larger = new Uint32Array(array.length * 2);
	larger.set(array);
	return larger;
}

/** Returns null if there are none. Quantiles are order statistics (nearest rank). */
export function summariseLengths(
	lengths: LengthList,
	sideOf: (number: number) => { readonly id: number; readonly key: string },
): Lengths | null {
	if (lengths.count === 0) return null;
	const sorted = lengths.sorted();
	const at = (share: number): number =>
		sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? 0;
	const min = at(0);
	const max = at(1);
	const total = sorted.reduce((sum, length) => sum + length, 0);
	const histogram = new Array<number>(max === min ? 1 : bars).fill(0);
	for (const length of sorted) {
		const bar = max === min ? 0 : Math.min(bars - 1, Math.floor(((length - min) / (max - min)) * bars));
		histogram[bar] = (histogram[bar] ?? 0) + 1;
	}
	return {
		count: sorted.length,
		total,
		min,
		median: at(0.5),
		mean: total / sorted.length,
		p95: at(0.95),
		max,
		histogram,
		longest: lengths.longest(longestShown).map(({ number, length }) => ({ ...sideOf(number), length })),
	};
}
