import type { ComparisonRow, Quality } from './schema.ts';

/** Quality over all texts together; undefined if nothing is measured yet. */
export function overallQuality(row: ComparisonRow): Quality | undefined {
	return row.quality.find(({ category }) => category === null);
}
