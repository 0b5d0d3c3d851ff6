import type { ComparisonRow } from '../../../../electron/contract/comparison/comparison.ts';
import { overallQuality } from '../../../../electron/contract/comparison/overall.ts';
import { halfWidth95, halfWidthOfRepeats } from '../interval.ts';

/** A file in the chart; the errors are halves of 95 % intervals. */
export interface Point {
	readonly row: ComparisonRow;
	readonly x: number;
	readonly y: number;
	readonly xError: number;
	/** Where the interval of the speed begins: nothing is slower than standing still. */
	readonly slowest: number;
	readonly yError: number;
	/** Area follows the peak memory. */
	readonly radius: number;
}

/** Files with a speed and a quality. */
export function toPoints(rows: readonly ComparisonRow[]): readonly Point[] {
	const most = Math.max(1, ...rows.map(({ peakBytes }) => peakBytes ?? 0));
	return rows.flatMap((row) => {
		const quality = overallQuality(row);
		if (quality === undefined || row.generation === null) return [];
		const xError = halfWidthOfRepeats(row.generation) ?? 0;
		return [
			{
				row,
				x: row.generation.median,
				y: quality.klDivergence,
				xError,
				slowest: Math.max(0, row.generation.median - xError),
				yError: halfWidth95(quality.klDivergenceError, quality.chunks) ?? 0,
				radius: 4 + 7 * Math.sqrt((row.peakBytes ?? 0) / most),
			},
		];
	});
}
