import type { Lengths } from '../../../electron/contract/dataset/check.ts';
import { count } from '../../design/format.ts';

export interface Bar {
	/** Both included. */
	readonly from: number;
	readonly to: number;
	readonly count: number;
}

/** Equal steps from the shortest to the longest, as whole lengths. */
export function barsOf({ min, max, histogram }: Pick<Lengths, 'min' | 'max' | 'histogram'>): readonly Bar[] {
	const step = (max - min) / Math.max(1, histogram.length);
	return histogram.map((n, index) => ({
		from: Math.round(min + index * step),
		to:
			index === histogram.length - 1
				? max
				: Math.max(Math.round(min + index * step), Math.round(min + (index + 1) * step) - 1),
		count: n,
	}));
}

/** "12" or "12 to 18" */
export function stepWords(from: number, to: number): string {
	return from >= to ? count(from) : `${count(from)} to ${count(to)}`;
}
