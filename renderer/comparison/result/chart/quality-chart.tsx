import { useId } from 'react';
import type { Comparison, ComparisonRow } from '../../../../electron/contract/comparison/comparison.ts';
import { overall, z95 } from '../overall.ts';
import { front, linearScale, logScaleWithZero } from './scales.ts';

const width = 560;
const height = 284;
const frame = { left: 46, right: 14, top: 30, bottom: 40 };

interface Point {
	readonly row: ComparisonRow;
	readonly x: number;
	readonly y: number;
	readonly xError: number;
	readonly yError: number;
	/** Area follows the peak memory. */
	readonly radius: number;
}

function pointsOf(rows: readonly ComparisonRow[]): readonly Point[] {
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

/** Quality against speed, with the 95 % interval of both and the memory as area. The table above has its numbers. */
export function QualityChart({ comparison }: { comparison: Comparison }) {
	const title = useId();
	const points = pointsOf(comparison.rows);
	const { klLimit } = comparison.plan;
	const x = linearScale(
		points.flatMap((point) => [point.x - point.xError, point.x + point.xError]),
		frame.left,
		width - frame.right,
	);
	const y = logScaleWithZero([...points.map((point) => point.y), klLimit], frame.top + 8, height - frame.bottom);
	const best = front(points);
	const bottom = height - frame.bottom;
	return (
		<section aria-labelledby={title}>
			<h2 id={title} className="text-xs font-semibold">
				Quality against speed{' '}
				<span className="font-normal text-ink-2">area is peak memory, crosses are 95 % intervals</span>
			</h2>
			<svg
				viewBox={`0 0 ${width} ${height}`}
				role="img"
				data-chart="comparison"
				aria-label={points
					.map(
						({ row, x: speed, y: damage }) =>
							`${row.name}: ${speed.toFixed(1)} tokens a second, KL divergence ${damage.toFixed(3)}`,
					)
					.join('; ')}
				className="mt-1 block w-full font-sans text-[11px]"
			>
				<text x={frame.left - 34} y={12} className="fill-ink-2">
					KL divergence (better upwards, log scale)
				</text>
				{klLimit < Math.max(...points.map((point) => point.y), klLimit) * 1.6 ? (
					<>
						<rect
							x={frame.left}
							y={y.at(klLimit)}
							width={width - frame.left - frame.right}
							height={Math.max(0, bottom - y.at(klLimit))}
							className="fill-bad-soft"
						/>
						<line
							x1={frame.left}
							x2={width - frame.right}
							y1={y.at(klLimit)}
							y2={y.at(klLimit)}
							strokeDasharray="3 3"
							className="stroke-bad"
						/>
						<text x={frame.left + 6} y={y.at(klLimit) + 14} className="fill-bad">
							Ruled out: KL divergence over {klLimit}
						</text>
					</>
				) : null}
				{y.ticks.map((tick) => (
					<g key={tick}>
						<line x1={frame.left} x2={width - frame.right} y1={y.at(tick)} y2={y.at(tick)} className="stroke-grid" />
						<text x={frame.left - 6} y={y.at(tick) + 4} textAnchor="end" className="fill-ink-2 tabular-nums">
							{tick === 0 ? '0' : String(Number(tick.toPrecision(1)))}
						</text>
					</g>
				))}
				{x.ticks.map((tick) => (
					<text key={tick} x={x.at(tick)} y={bottom + 15} textAnchor="middle" className="fill-ink-2 tabular-nums">
						{Number(tick.toPrecision(6))}
					</text>
				))}
				<line x1={frame.left} x2={width - frame.right} y1={bottom} y2={bottom} className="stroke-line-strong" />
				<text x={width - frame.right} y={height - 6} textAnchor="end" className="fill-ink-2">
					Generation, tok/s (faster to the right)
				</text>
				<polyline
					points={best.map((point) => `${x.at(point.x)},${y.at(point.y)}`).join(' ')}
					fill="none"
					strokeDasharray="2 3"
					className="stroke-ink-3"
				/>
				{points.map((point) => (
					<Mark key={point.row.candidateId} point={point} cx={x.at(point.x)} cy={y.at(point.y)} x={x.at} y={y.at} />
				))}
			</svg>
		</section>
	);
}

function Mark({
	point,
	cx,
	cy,
	x,
	y,
}: {
	point: Point;
	cx: number;
	cy: number;
	x: (value: number) => number;
	y: (value: number) => number;
}) {
	const { row, radius } = point;
	const chosen = row.outcome === 'recommended';
	const faint = row.outcome === 'dominated';
	const tone = row.reference
		? 'fill-selected stroke-series-baseline'
		: chosen
			? 'fill-accent-soft stroke-accent'
			: faint
				? 'fill-surface stroke-ink-3'
				: 'fill-surface stroke-series-1';
	// The better files lie to the right of those they beat, so that a beaten one is named on its other side.
	const right = !faint && cx < width * 0.8;
	return (
		<g>
			<circle
				cx={cx}
				cy={cy}
				r={radius}
				strokeWidth={1.5}
				{...(faint ? { strokeDasharray: '2 2' } : {})}
				className={tone}
			/>
			<line x1={x(point.x - point.xError)} x2={x(point.x + point.xError)} y1={cy} y2={cy} className="stroke-ink-2" />
			<line
				x1={cx}
				x2={cx}
				y1={y(Math.max(0, point.y - point.yError))}
				y2={y(point.y + point.yError)}
				className="stroke-ink-2"
			/>
			<text
				x={right ? cx + radius + 5 : cx - radius - 5}
				y={faint ? cy + 4 : cy - 5}
				textAnchor={right ? 'start' : 'end'}
				className={chosen ? 'fill-accent-ink font-semibold' : faint ? 'fill-ink-3' : 'fill-ink'}
			>
				{row.name}
			</text>
		</g>
	);
}
