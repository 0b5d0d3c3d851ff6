import { overallQuality } from '../../electron/contract/comparison/overall-quality.ts';
import type { ComparisonRow } from '../../electron/contract/comparison/schema.ts';
import { halfWidth95, halfWidthOfRepeats } from './confidence-interval.ts';

/** Scales of the chart: map values to positions along an axis. Pure functions. */

export interface Scale {
	/** Position of a value between the two ends of the axis. */
	at(value: number): number;
	readonly ticks: readonly number[];
}

const steps = [1, 2, 5, 10];

/** Creates a scale from a round number below the smallest value to one above the largest, with four to seven ticks. */
export function linearScale(values: readonly number[], from: number, to: number): Scale {
	const least = Math.min(...values);
	const most = Math.max(...values);
	const span = most - least || Math.abs(most) || 1;
	const power = 10 ** Math.floor(Math.log10(span / 4));
	const step = power * (steps.find((one) => span / (power * one) <= 6) ?? 10);
	const low = Math.floor((least - span * 0.08) / step) * step;
	const high = Math.ceil((most + span * 0.08) / step) * step;
	const ticks = Array.from({ length: Math.round((high - low) / step) + 1 }, (_, index) => low + index * step);
	return { at: (value) => from + ((value - low) / (high - low)) * (to - from), ticks };
}

/** Creates a logarithmic scale with a separate position for zero at the start: 0, then 1 and 3 of each power of ten. */
export function logScaleWithZero(values: readonly number[], from: number, to: number): Scale {
	const positive = values.filter((value) => value > 0);
	const low = Math.min(...positive, 0.1) / 1.6;
	const high = Math.max(...positive, 0.1) * 1.6;
	const zeroShare = 0.1;
	const start = from + (to - from) * zeroShare;
	const at = (value: number): number =>
		value <= 0 ? from : start + (Math.log(Math.max(value, low) / low) / Math.log(high / low)) * (to - start);
	const ticks = [0];
	for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power += 1) {
		for (const step of [1, 3]) {
			const tick = step * 10 ** power;
			if (tick >= low && tick <= high) ticks.push(tick);
		}
	}
	return { at, ticks };
}

/** Finds the points that no other beats in both: as fast or faster, with no more damage. Fastest last. */
export function findParetoFront<T extends { x: number; y: number }>(points: readonly T[]): readonly T[] {
	return points
		.filter(
			(point) =>
				!points.some(
					(other) =>
						other !== point && other.x >= point.x && other.y <= point.y && (other.x > point.x || other.y < point.y),
				),
		)
		.toSorted((a, b) => a.x - b.x);
}

/** A file in the chart; errors are half-widths of 95 % intervals. */
export interface Point {
	readonly row: ComparisonRow;
	readonly x: number;
	readonly y: number;
	readonly xError: number;
	/** Lower end of the speed's interval, at least 0. */
	readonly slowest: number;
	readonly yError: number;
	/** The area follows peak memory. */
	readonly radius: number;
}

/** Converts the files that have both a speed and a quality. */
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
