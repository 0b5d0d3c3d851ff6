import type { Lengths } from '../../contract/dataset/check.ts';
import { unspacedRanges } from '../../database/text/unspaced.ts';

const words = new RegExp(`[${unspacedRanges}]|[^\\s${unspacedRanges}]+`, 'gu');

/** Words of a text; of scripts without spaces its letters. */
export function wordsIn(text: string): number {
	let count = 0;
	for (const _ of text.matchAll(words)) count += 1;
	return count;
}

const bars = 24;
const longestShown = 5;

/** null where there is nothing. Quantiles are order statistics (nearest rank). */
export function summariseLengths(
	lengths: readonly { readonly number: number; readonly length: number }[],
	sideOf: (number: number) => { readonly id: number; readonly key: string },
): Lengths | null {
	if (lengths.length === 0) return null;
	const sorted = lengths.toSorted((one, other) => one.length - other.length);
	const at = (share: number): number =>
		sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))]?.length ?? 0;
	const min = at(0);
	const max = at(1);
	const total = sorted.reduce((sum, { length }) => sum + length, 0);
	const histogram = new Array<number>(max === min ? 1 : bars).fill(0);
	for (const { length } of sorted) {
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
		longest: sorted
			.slice(-longestShown)
			.toReversed()
			.map(({ number, length }) => ({ ...sideOf(number), length })),
	};
}
