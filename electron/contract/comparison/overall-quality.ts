import type { ComparisonRow, Quality } from './schema.ts';

/** All texts together; undefined where nothing is measured yet. */
export function overallQuality(row: ComparisonRow): Quality | undefined {
	return row.quality.find(({ category }) => category === null);
}
