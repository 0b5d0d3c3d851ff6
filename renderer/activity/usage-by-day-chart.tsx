import { scaleLinear } from 'd3-scale';
import { type KeyboardEvent, useRef, useState } from 'react';
import type { DayUsage } from '../../electron/contract/activity/schema.ts';
import { Button } from '../design/button.tsx';
import { formatCount } from '../design/format.ts';
import { Scroller } from '../design/scroll-area.tsx';
import { useElementWidth } from '../design/use-element-width.ts';
import { dateLocale } from '../messages/page-locale.ts';
import { t } from '../messages/t.ts';

const height = 148;
const frame = { left: 48, right: 8, top: 20, bottom: 20 };

/** Generated tokens, one bar per day. The days are buttons over the drawing, so that arrow keys move between them. */
export function UsageByDayChart({ days }: { days: readonly DayUsage[] }) {
	const box = useRef<HTMLDivElement>(null);
	const width = useElementWidth(box);
	const [table, setTable] = useState(false);
	return (
		<section aria-label={t('Output tokens per day')} className="mt-3.5">
			<div className="flex items-center justify-between">
				<h2 className="text-xs font-semibold">{t('Output tokens per day')}</h2>
				<Button kind="ghost" size="sm" onClick={() => setTable(!table)}>
					{table ? t('Show as chart') : t('Show as table')}
				</Button>
			</div>
			<div ref={box}>{table ? <DayTable days={days} /> : width > 0 ? <Drawing days={days} width={width} /> : null}</div>
		</section>
	);
}

function Drawing({ days, width }: { days: readonly DayUsage[]; width: number }) {
	const [at, setAt] = useState(days.length - 1);
	const buttons = useRef<HTMLDivElement>(null);
	const bottom = height - frame.bottom;
	const most = Math.max(1, ...days.map((day) => day.completionTokens));
	const y = scaleLinear().domain([0, most]).nice(3).range([bottom, frame.top]);
	const step = (width - frame.left - frame.right) / days.length;
	const left = (index: number): number => frame.left + index * step;
	const busiest = days.reduce((best, day) => (day.completionTokens > best.completionTokens ? day : best), days[0]!);
	const written = days.reduce((sum, day) => sum + day.completionTokens, 0);
	const entry = Math.min(at, days.length - 1);
	function press(event: KeyboardEvent): void {
		const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: days.length - 1 }[event.key];
		if (to === undefined) return;
		event.preventDefault();
		event.stopPropagation();
		const index = Math.max(0, Math.min(days.length - 1, to));
		setAt(index);
		buttons.current?.querySelectorAll('button')[index]?.focus();
	}
	const label = (index: number): string => formatDay(days[index]!.day);
	return (
		<div className="relative" style={{ height }}>
			<svg
				role="img"
				aria-label={t(
					'{written, plural, one {# output token} other {# output tokens}} in {count, plural, one {# day} other {# days}}, most on {day}: {completionTokens}',
					{
						written,
						count: days.length,
						day: formatDay(busiest.day),
						completionTokens: formatCount(busiest.completionTokens),
					},
				)}
				width={width}
				height={height}
				className="block font-sans text-[11px]"
			>
				{y.ticks(3).map((tick) => (
					<g key={tick}>
						<line x1={frame.left} x2={width - frame.right} y1={y(tick)} y2={y(tick)} className="stroke-grid" />
						<text x={frame.left - 6} y={y(tick) + 4} textAnchor="end" className="fill-ink-3 tabular-nums">
							{formatCount(tick)}
						</text>
					</g>
				))}
				{days.map(({ day, completionTokens }, index) => (
					<rect
						key={day}
						x={left(index) + Math.min(2, step * 0.12)}
						width={Math.max(1, step - 2 * Math.min(2, step * 0.12))}
						y={y(completionTokens)}
						height={bottom - y(completionTokens)}
						rx={Math.min(2, step / 4)}
						className="fill-series-1"
					/>
				))}
				<line x1={frame.left} x2={width - frame.right} y1={bottom} y2={bottom} className="stroke-line-strong" />
				{[0, Math.floor((days.length - 1) / 2), days.length - 1].map((index, place) => (
					<text
						key={days[index]!.day}
						x={left(index) + step / 2}
						y={height - 5}
						textAnchor={place === 2 && step < 60 ? 'end' : place === 0 && step < 60 ? 'start' : 'middle'}
						className="fill-ink-3"
					>
						{label(index)}
					</text>
				))}
			</svg>
			{/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for form controls */}
			<div ref={buttons} role="group" aria-label={t('Days')} onKeyDown={press}>
				{days.map((day, index) => (
					<button
						key={day.day}
						type="button"
						tabIndex={index === entry ? 0 : -1}
						aria-label={describeDay(day)}
						title={describeDay(day)}
						onFocus={() => setAt(index)}
						className="absolute rounded-sm hover:bg-[color-mix(in_oklab,transparent,var(--ink)_5%)] focus-visible:outline-offset-0"
						style={{ left: left(index), top: frame.top, width: step, height: bottom - frame.top }}
					/>
				))}
			</div>
		</div>
	);
}

function DayTable({ days }: { days: readonly DayUsage[] }) {
	const head = 'sticky top-0 bg-surface border-b border-line-strong py-1 font-medium text-2xs text-ink-3';
	return (
		<Scroller label={t('Tokens by day')} className="max-h-56">
			<table className="w-full border-separate border-spacing-0 text-xs tabular-nums">
				<thead>
					<tr>
						<th scope="col" className={`${head} text-left`}>
							{t('Day')}
						</th>
						{[t('Answers'), t('Input tokens'), t('Output tokens')].map((name) => (
							<th key={name} scope="col" className={`${head} text-right`}>
								{name}
							</th>
						))}
					</tr>
				</thead>
				<tbody>
					{days.toReversed().map(({ day, answers, promptTokens, completionTokens }) => (
						<tr key={day}>
							<th scope="row" className="border-b border-line py-1 text-left font-normal">
								{formatDay(day)}
							</th>
							{[answers, promptTokens, completionTokens].map((value, index) => (
								<td
									key={['answers', 'read', 'written'][index]}
									className="border-b border-line py-1 text-right font-mono"
								>
									{formatCount(value)}
								</td>
							))}
						</tr>
					))}
				</tbody>
			</table>
		</Scroller>
	);
}

function describeDay({ day, answers, promptTokens, completionTokens }: DayUsage): string {
	return t(
		'{day}: {answers, plural, one {# answer} other {# answers}}, {completionTokens, plural, one {# output token} other {# output tokens}}, {promptTokens, plural, one {# input token} other {# input tokens}}',
		{ day: formatDay(day), answers, completionTokens, promptTokens },
	);
}

/** Formats "2026-11-26" as "26 Nov". */
function formatDay(day: string): string {
	return new Date(`${day}T12:00:00`).toLocaleDateString(dateLocale(), { day: 'numeric', month: 'short' });
}
