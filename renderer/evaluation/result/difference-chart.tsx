import { scaleLinear } from 'd3-scale';
import { type KeyboardEvent, useRef, useState } from 'react';
import { Button } from '../../design/button.tsx';
import { phraseSeparator } from '../../design/format.ts';
import { useElementWidth } from '../../design/use-element-width.ts';
import { t } from '../../messages/t.ts';
import { formatRange, formatSigned } from '../score-format.ts';

/** One difference, in the unit of the axis. */
export interface DifferenceMark {
	readonly key: string;
	readonly label: string;
	readonly difference: number;
	readonly low: number;
	readonly high: number;
	/** Whether the interval excludes zero. Hollow otherwise. */
	readonly clear: boolean;
	/** "27 fixed, 13 broken", read out with the point and shown in the table. */
	readonly detail?: string;
}

const rowHeight = 26;
const axisHeight = 36;
const top = 6;
/** Half of the widest label, so that the last tick keeps its label under it. */
const right = 20;

/** Creates a scale from a little below the smallest value to a little above the largest; always includes zero. */
export function differenceScale(
	marks: readonly DifferenceMark[],
	{ from, to, most: bound = Number.POSITIVE_INFINITY }: { from: number; to: number; most?: number },
) {
	const ends = [0, ...marks.flatMap(({ low, high }) => [low, high])];
	const [least, most] = [Math.min(...ends), Math.max(...ends)];
	const room = Math.max((most - least) * 0.06, 0.5);
	const scale = scaleLinear()
		.domain([least < 0 ? least - room : -room, most > 0 ? most + room : room])
		.range([from, to])
		.nice(5);
	// No share differs by more than all of it.
	const [low = 0, high = 0] = scale.domain();
	return scale.domain([Math.max(-bound, low), Math.min(bound, high)]);
}

/** The most room between labels such as "+100" that still reads as one axis, px. */
const leastTickGap = 48;

/** Returns as many round ticks as have room, six at most; d3 takes the number as a hint and may return twice as many. */
export function chooseTicks(x: ReturnType<typeof differenceScale>): number[] {
	for (let wanted = 6; wanted > 1; wanted -= 1) {
		const ticks = x.ticks(wanted);
		const [first = 0, second = 1] = ticks;
		if (ticks.length <= 6 && x(second) - x(first) >= leastTickGap) return ticks;
	}
	return x.ticks(1);
}

/**
 * Paired differences with their intervals around a line at zero. The points are buttons over the drawing, so that arrow
 * keys move between them and screen readers announce them; a button opens a table of the same numbers.
 */
export function DifferenceChart({
	marks,
	unit,
	most,
	better,
	summary,
	selected,
	onSelect,
}: {
	marks: readonly DifferenceMark[];
	unit: string;
	/** Largest possible difference; left out: there is none. */
	most?: number;
	/** Direction of improvement, for the axis: "better to the right". */
	better: string;
	/** Summary of the chart in one sentence. */
	summary: string;
	selected?: string | null;
	onSelect?: (key: string) => void;
}) {
	const box = useRef<HTMLDivElement>(null);
	const width = useElementWidth(box);
	const [table, setTable] = useState(false);
	return (
		<div ref={box} className="relative">
			{table ? (
				<MarkTable marks={marks} unit={unit} />
			) : width > 0 ? (
				<Drawing
					marks={marks}
					unit={unit}
					most={most}
					better={better}
					summary={summary}
					width={width}
					selected={selected ?? null}
					onSelect={onSelect}
				/>
			) : null}
			<div className={table ? 'mt-1 -ml-2' : 'absolute bottom-[-5px] -left-2'}>
				<Button kind="ghost" size="sm" onClick={() => setTable(!table)}>
					{table ? t('Show as chart') : t('Show as table')}
				</Button>
			</div>
		</div>
	);
}

function Drawing({
	marks,
	unit,
	most,
	better,
	summary,
	width,
	selected,
	onSelect,
}: {
	marks: readonly DifferenceMark[];
	unit: string;
	most: number | undefined;
	better: string;
	summary: string;
	width: number;
	selected: string | null;
	onSelect: ((key: string) => void) | undefined;
}) {
	const points = useRef<HTMLDivElement>(null);
	const longest = Math.max(...marks.map(({ label }) => label.length), 4);
	const left = Math.min(width * 0.4, 12 + longest * 6.4);
	const height = top + marks.length * rowHeight + axisHeight;
	const bottom = height - axisHeight;
	const x = differenceScale(marks, {
		from: left,
		to: width - right,
		...(most === undefined ? {} : { most }),
	});
	const ticks = chooseTicks(x);
	const middle = (index: number): number => top + (index + 0.5) * rowHeight;
	function press(event: KeyboardEvent): void {
		const buttons = [...(points.current?.querySelectorAll('button') ?? [])];
		const at = buttons.indexOf(event.target as HTMLButtonElement);
		const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
		if (step === undefined || at === -1) return;
		event.preventDefault();
		event.stopPropagation();
		buttons[Math.max(0, Math.min(buttons.length - 1, at + step))]?.focus();
	}
	const entry = marks.some(({ key }) => key === selected) ? selected : marks[0]?.key;
	return (
		<div className="relative" style={{ height }}>
			<svg role="img" aria-label={summary} width={width} height={height} className="block font-sans text-[11px]">
				{ticks.map((tick) => (
					<g key={tick}>
						<line
							x1={x(tick)}
							x2={x(tick)}
							y1={top}
							y2={bottom}
							className={tick === 0 ? 'stroke-ink-2' : 'stroke-grid'}
						/>
						<text x={x(tick)} y={bottom + 14} textAnchor="middle" className="fill-ink-3 tabular-nums">
							{tick === 0 ? '0' : formatSigned(tick, tick % 1 === 0 ? 0 : 1)}
						</text>
					</g>
				))}
				<text x={width - right} y={height - 5} textAnchor="end" className="fill-ink-3">
					{unit}, {better}
				</text>
				{marks.map((mark, index) => (
					<Mark key={mark.key} mark={mark} y={middle(index)} x={x} left={left} />
				))}
			</svg>
			{/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for form controls */}
			<div ref={points} role="group" aria-label={t('Points')} onKeyDown={press}>
				{marks.map((mark, index) => (
					<button
						key={mark.key}
						type="button"
						tabIndex={mark.key === entry ? 0 : -1}
						aria-label={markWords(mark, unit)}
						title={markWords(mark, unit)}
						aria-pressed={onSelect === undefined ? undefined : mark.key === selected}
						onClick={() => onSelect?.(mark.key)}
						className="absolute size-6 -translate-1/2 rounded-full focus-visible:outline-offset-0"
						style={{ left: x(mark.difference), top: middle(index) }}
					/>
				))}
			</div>
		</div>
	);
}

function Mark({
	mark: { label, difference, low, high, clear },
	y,
	x,
	left,
}: {
	mark: DifferenceMark;
	y: number;
	x: (value: number) => number;
	left: number;
}) {
	const line = clear ? 'stroke-accent' : 'stroke-ink-3';
	const most = Math.floor((left - 10) / 6);
	return (
		<g strokeWidth={1.5}>
			<text x={0} y={y + 4} strokeWidth={0} className="fill-ink font-medium">
				{label.length > most ? `${label.slice(0, most - 1)}…` : label}
			</text>
			<line x1={x(low)} x2={x(high)} y1={y} y2={y} className={line} />
			<line x1={x(low)} x2={x(low)} y1={y - 4} y2={y + 4} className={line} />
			<line x1={x(high)} x2={x(high)} y1={y - 4} y2={y + 4} className={line} />
			<circle
				cx={x(difference)}
				cy={y}
				r={4.5}
				strokeWidth={2}
				className={clear ? 'fill-accent stroke-accent' : 'fill-surface stroke-ink-3'}
			/>
		</g>
	);
}

function markWords({ label, difference, low, high, clear, detail }: DifferenceMark, unit: string): string {
	return [
		t('{label}: {difference} {unit}, {low} to {high}', {
			label,
			difference: formatSigned(difference),
			unit,
			low: formatSigned(low),
			high: formatSigned(high),
		}),
		...(clear ? [] : [t('may be chance')]),
		...(detail === undefined ? [] : [detail]),
	].join(phraseSeparator('semicolon'));
}

function MarkTable({ marks, unit }: { marks: readonly DifferenceMark[]; unit: string }) {
	return (
		<table className="w-full border-collapse text-xs">
			<caption className="sr-only">{t('Differences in {unit} with 95 % intervals', { unit })}</caption>
			<thead>
				<tr className="border-b border-line-strong text-2xs text-ink-3">
					<th scope="col" className="py-1 pr-2 text-left font-medium">
						{t('On', {}, 'column with the models or prompts that a difference was measured on')}
					</th>
					<th scope="col" className="px-2 py-1 text-right font-medium">
						{t('Difference, {unit}', { unit })}
					</th>
					<th scope="col" className="px-2 py-1 text-right font-medium">
						{t('95 % interval')}
					</th>
					<th scope="col" className="py-1 pl-2 text-left font-medium">
						{t('Samples')}
					</th>
				</tr>
			</thead>
			<tbody>
				{marks.map(({ key, label, difference, low, high, detail }) => (
					<tr key={key} className="h-7 border-b border-line last:border-0">
						<th scope="row" className="pr-2 text-left font-medium">
							{label}
						</th>
						<td className="px-2 text-right font-mono tabular-nums">{formatSigned(difference)}</td>
						<td className="px-2 text-right font-mono whitespace-nowrap tabular-nums">
							{formatRange(formatSigned(low), formatSigned(high))}
						</td>
						<td className="pl-2 text-ink-2">{detail ?? ''}</td>
					</tr>
				))}
			</tbody>
		</table>
	);
}
