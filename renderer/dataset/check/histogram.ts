import type { Lengths } from '../../../electron/contract/dataset/check.ts';
import { formatCount } from '../../design/format.ts';

export interface Bar {
	/** Both included. */
	readonly from: number;
	readonly to: number;
	readonly count: number;
}

/** More bars than this say nothing more. */
const maxBars = 24;

/** The steps of the report as bars of whole lengths, each as wide as the others: where steps are finer than 1, one a length. */
export function toBars({ min, max, histogram }: Pick<Lengths, 'min' | 'max' | 'histogram'>): readonly Bar[] {
	const steps = histogram.length;
	if (steps === 0) return [];
	const size = (max - min) / steps;
	const lengths = Math.floor(max - min) + 1;
	if (size < 1 && lengths <= maxBars) {
		return Array.from({ length: lengths }, (_, index) => ({
			from: min + index,
			to: min + index,
			count: histogram[size === 0 ? index : Math.min(steps - 1, Math.floor(index / size))] ?? 0,
		}));
	}
	return histogram.map((n, index) => {
		const from = Math.ceil(min + index * size);
		const next = Math.ceil(min + (index + 1) * size);
		return { from, to: index === steps - 1 ? max : Math.max(from, next - 1), count: n };
	});
}

/** "12" or "12 to 18" */
export function formatStep(from: number, to: number): string {
	return from >= to ? formatCount(from) : `${formatCount(from)} to ${formatCount(to)}`;
}
