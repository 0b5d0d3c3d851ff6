import type { ComparisonRow } from '../../../../electron/contract/comparison/comparison.ts';
import { overall, z95 } from '../overall.ts';

/** A file in the chart; the errors are halves of 95 % intervals. */
export interface Point {
	readonly row: ComparisonRow;
	readonly x: number;
	readonly y: number;
	readonly xError: number;
	readonly yError: number;
	/** Area follows the peak memory. */
	readonly radius: number;
}

/** Files with a speed and a quality. */
export function pointsOf(rows: readonly ComparisonRow[]): readonly Point[] {
	const most = Math.max(1, ...rows.map(({ peakBytes }) => peakBytes ?? 0));
	return rows.flatMap((row) => {
		const quality = overall(row);
		if (quality === undefined || row.generation === null) return [];
		const { median, sd, samples } = row.generation;
		return [
			{
				row,
				x: median,
				y: quality.klDivergence,
				xError: (z95 * sd) / Math.sqrt(samples.length),
				yError: z95 * quality.klDivergenceError,
				radius: 4 + 7 * Math.sqrt((row.peakBytes ?? 0) / most),
			},
		];
	});
}
