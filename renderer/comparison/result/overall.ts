import type { ComparisonRow, Quality } from '../../../electron/contract/comparison/comparison.ts';

/** All texts together; undefined where nothing is measured yet. */
export function overall(row: ComparisonRow): Quality | undefined {
	return row.quality.find(({ category }) => category === null);
}

/** 97.5 % point of the normal distribution: half-width of a 95 % interval in standard errors, for many repeats. */
export const z95 = 1.96;
