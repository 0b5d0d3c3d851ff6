import { useId, useState } from 'react';
import { overallQuality } from '../../electron/contract/comparison/overall-quality.ts';
import type { Comparison, ComparisonRow } from '../../electron/contract/comparison/schema.ts';
import { formatBytes, formatConjunction, formatNumber, phraseSeparator } from '../design/format.ts';
import { numberLocale } from '../messages/page-locale.ts';
import { t } from '../messages/t.ts';
import { isUnsteady } from './comparison-wording.ts';
import { halfWidth95, halfWidthOfRepeats } from './confidence-interval.ts';

const width = 560;
const height = 284;
const frame = { left: 46, right: 14, top: 30, bottom: 40 };

/** Quality against speed, with the 95 % interval of both and memory as area. The table above has the numbers. */
export function ParetoChart({ comparison }: { comparison: Comparison }) {
	const title = useId();
	const [active, setActive] = useState<number | null>(null);
	const points = toPoints(comparison.rows);
	const { klLimit } = comparison.plan;
	const x = linearScale(
		points.flatMap((point) => [point.slowest, point.x + point.xError]),
		frame.left,
		width - frame.right,
	);
	const y = logScaleWithZero([...points.map((point) => point.y), klLimit], frame.top + 8, height - frame.bottom);
	const best = findParetoFront(points);
	/** From slow to fast, which is the order of the arrow keys. */
	const order = points.toSorted((a, b) => a.x - b.x);
	const shown = points.find(({ row }) => row.candidateId === active);
	const at = Math.max(0, shown === undefined ? 0 : order.indexOf(shown));
	const bottom = height - frame.bottom;
	return (
		<section aria-labelledby={title}>
			<h2 id={title} className="text-xs font-semibold">
				{t('Quality against speed')}{' '}
				<span className="font-normal text-ink-2">{t('area is peak memory, crosses are 95 % intervals')}</span>
			</h2>
			<div
				role="listbox"
				aria-label={t('Quality against speed, by file; use the arrow keys')}
				onKeyDown={(event) => {
					const step = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
					if (step === undefined) return;
					event.preventDefault();
					const next = order[(at + step + order.length) % order.length];
					if (next === undefined) return;
					setActive(next.row.candidateId);
					event.currentTarget.querySelector<SVGGElement>(`[data-file="${next.row.candidateId}"]`)?.focus();
				}}
			>
				<svg
					viewBox={`0 0 ${width} ${height}`}
					role="presentation"
					data-chart="comparison"
					// Its letters grow with it: wider, they would be larger than those around it.
					className="mt-1 block w-full max-w-[616px] font-sans text-[11px]"
				>
					{/* biome-ignore lint/a11y/noAriaHiddenOnFocusable: lines and numbers take no focus; the table beside has them */}
					<g aria-hidden="true">
						<text x={frame.left - 34} y={12} className="fill-ink-2">
							{t('KL divergence (better upwards, log scale)')}
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
									{t('Ruled out: KL divergence over {limit}', { limit: formatTick(klLimit) })}
								</text>
							</>
						) : null}
						{y.ticks.map((tick) => (
							<g key={tick}>
								<line
									x1={frame.left}
									x2={width - frame.right}
									y1={y.at(tick)}
									y2={y.at(tick)}
									className="stroke-grid"
								/>
								<text x={frame.left - 6} y={y.at(tick) + 4} textAnchor="end" className="fill-ink-2 tabular-nums">
									{formatTick(Number(tick.toPrecision(1)))}
								</text>
							</g>
						))}
						{x.ticks.map((tick) => (
							<text key={tick} x={x.at(tick)} y={bottom + 15} textAnchor="middle" className="fill-ink-2 tabular-nums">
								{formatTick(tick)}
							</text>
						))}
						<line x1={frame.left} x2={width - frame.right} y1={bottom} y2={bottom} className="stroke-line-strong" />
						<text x={width - frame.right} y={height - 6} textAnchor="end" className="fill-ink-2">
							{t('Generation, tok/s (faster to the right)')}
						</text>
						<polyline
							points={best.map((point) => `${x.at(point.x)},${y.at(point.y)}`).join(' ')}
							fill="none"
							strokeDasharray="2 3"
							className="stroke-ink-3"
						/>
					</g>
					{points.map((point) => (
						<g
							key={point.row.candidateId}
							role="option"
							aria-selected={point === shown}
							data-file={point.row.candidateId}
							tabIndex={point === order[at] ? 0 : -1}
							aria-label={describePoint(point)}
							onFocus={() => setActive(point.row.candidateId)}
							onMouseEnter={() => setActive(point.row.candidateId)}
							onMouseLeave={() => setActive(null)}
							onBlur={() => setActive(null)}
							className="outline-none [&:focus-visible>g>circle]:stroke-focus [&:focus-visible>g>circle]:[stroke-width:3]"
						>
							<Mark point={point} cx={x.at(point.x)} cy={y.at(point.y)} x={x.at} y={y.at} />
						</g>
					))}
				</svg>
			</div>
			<p aria-hidden className="min-h-4 text-xs text-ink-2">
				{shown === undefined ? t('Point at a file, or use the arrow keys.') : describePoint(shown)}
			</p>
			<NotShown rows={comparison.rows} />
			<ChartTable points={points} />
		</section>
	);
}

/** Formats a number of an axis with as many digits as it has: 0.003, 60. */
function formatTick(value: number): string {
	return value.toLocaleString(numberLocale(), { maximumSignificantDigits: 6, useGrouping: false });
}

/** Names the files whose speed could not be measured. */
function NotShown({ rows }: { rows: readonly ComparisonRow[] }) {
	const names = rows.filter(({ generation }) => isUnsteady(generation)).map(({ name }) => name);
	return names.length === 0 ? null : (
		<p className="text-xs text-ink-2">
			{t('Not shown: {names}, because the speed was not measurable.', { names: formatConjunction(names) })}
		</p>
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
	// Better files lie to the right of those they beat, so a beaten file's label goes on the other side.
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
			<line x1={x(point.slowest)} x2={x(point.x + point.xError)} y1={cy} y2={cy} className="stroke-ink-2" />
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

/** "Q4_K_M: 62.3 ± 0.7 tok/s, KL divergence 0.057 ± 0.006, 266 MB peak; Use this one" */
function describePoint({ row, x, y, xError, yError }: Point): string {
	const facts = [
		t('{name}: {speed} ± {error} tok/s', {
			name: row.name,
			speed: formatNumber(x, 1),
			error: formatNumber(xError, 1),
		}),
		row.reference
			? t('the reference')
			: t('KL divergence {value} ± {error}', { value: formatNumber(y, 3), error: formatNumber(yError, 3) }),
		...(row.peakBytes === null ? [] : [t('{bytes} peak', { bytes: formatBytes(row.peakBytes) })]),
	].join(phraseSeparator('comma'));
	return row.reason === '' || row.outcome === 'reference' ? facts : `${facts}; ${row.reason}`;
}

/** The chart's data as a table for screen readers. */
function ChartTable({ points }: { points: readonly Point[] }) {
	return (
		<table className="sr-only">
			<caption>{t('Quality against speed, with 95 % intervals')}</caption>
			<thead>
				<tr>
					{[t('File'), t('Generation, tokens a second'), t('KL divergence'), t('Peak memory'), t('Result')].map(
						(head) => (
							<th key={head} scope="col">
								{head}
							</th>
						),
					)}
				</tr>
			</thead>
			<tbody>
				{points.map(({ row, x, y, xError, yError }) => (
					<tr key={row.candidateId}>
						<th scope="row">{row.name}</th>
						<td>{`${formatNumber(x, 1)} ± ${formatNumber(xError, 1)}`}</td>
						<td>{`${formatNumber(y, 4)} ± ${formatNumber(yError, 4)}`}</td>
						<td>{row.peakBytes === null ? '' : formatBytes(row.peakBytes)}</td>
						<td>{row.reason}</td>
					</tr>
				))}
			</tbody>
		</table>
	);
}

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
	const below = Math.floor((least - span * 0.08) / step) * step;
	// No quantity here is negative, so neither is its axis.
	const low = least >= 0 ? Math.max(0, below) : below;
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
interface Point {
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

/** Converts the files that have both a quality and a speed that could be measured. */
export function toPoints(rows: readonly ComparisonRow[]): readonly Point[] {
	const most = Math.max(1, ...rows.map(({ peakBytes }) => peakBytes ?? 0));
	return rows.flatMap((row) => {
		const quality = overallQuality(row);
		if (quality === undefined || row.generation === null || isUnsteady(row.generation)) return [];
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
