import { useStore } from 'zustand';
import type { FeedbackCount, FeedbackSummary } from '../../electron/contract/feedback/schema.ts';
import { formatCount } from '../design/format.ts';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { formatWholePercent } from './feedback-filter.ts';

const head =
	'border-b border-line-strong px-2.5 pb-1.5 align-bottom text-2xs/3.5 font-medium text-ink-3 whitespace-nowrap';
const cell = 'h-8 border-b border-line px-2.5 whitespace-nowrap';
const figure = `${cell} text-right font-mono text-xs tabular-nums tracking-[-0.01em]`;

/** Thumbs by model and quantisation: the share of thumbs up with its interval, as numbers and as a line. */
export function ModelShares({ summary }: { summary: FeedbackSummary }) {
	return (
		<section aria-label={t('By model')} className="@container px-5 pt-4 pb-3">
			<table className="w-full border-separate border-spacing-0" aria-label={t('Ratings by model')}>
				<thead>
					<tr>
						<th scope="col" className={`${head} pl-0 text-left`}>
							{t('Model')}
						</th>
						<th scope="col" className={`${head} text-right`}>
							{t('Good')}
						</th>
						<th scope="col" className={`${head} text-right`}>
							{t('Bad')}
						</th>
						<th scope="col" className={`${head} hidden text-right @lg:table-cell`}>
							{t('Corrected')}
						</th>
						<th scope="col" className={`${head} text-right`}>
							{t('Rated good')} <span className="font-normal">%</span>
						</th>
						<th scope="col" className={`${head} text-left`}>
							{t('95 % interval')}
						</th>
						<th aria-hidden className={`${head} hidden w-40 @2xl:table-cell`} />
					</tr>
				</thead>
				<tbody>
					{summary.counts.map((row) => (
						<ShareRow key={`${row.modelName} ${row.quantization}`} row={row} />
					))}
				</tbody>
			</table>
			{summary.comparison === null ? null : (
				<p className="mt-2 max-w-(--reading) text-pretty text-ink-2">{describeComparison(summary.comparison)}</p>
			)}
		</section>
	);
}

function ShareRow({ row }: { row: FeedbackCount }) {
	const { feedbackReport: report } = useServices();
	const chosen = useStore(
		report.state,
		({ filter }) => filter.model?.name === row.modelName && filter.model.quantization === row.quantization,
	);
	const n = row.up + row.down;
	const edge = chosen
		? 'bg-accent-soft border-b-transparent'
		: 'group-hover:bg-[color-mix(in_oklab,var(--surface),var(--ink)_2%)]';
	const model = chosen ? null : { name: row.modelName, quantization: row.quantization };
	return (
		<tr className="group">
			<td className={`${cell} ${edge} max-w-72 pl-0 ${chosen ? 'shadow-[inset_2px_0_0_var(--accent)] pl-2' : ''}`}>
				<button
					type="button"
					aria-pressed={chosen}
					onClick={() => report.change({ model })}
					className="flex w-full min-w-0 items-center gap-2 text-left"
				>
					<span className="truncate font-medium">{describeModel(row)}</span>
					<span className="font-mono text-xs text-ink-2">{row.quantization}</span>
				</button>
			</td>
			<td className={`${figure} ${edge}`}>{formatCount(row.up)}</td>
			<td className={`${figure} ${edge}`}>{formatCount(row.down)}</td>
			<td className={`${figure} ${edge} hidden @lg:table-cell`}>{formatCount(row.corrected)}</td>
			<td className={`${figure} ${edge}`}>{n === 0 ? '–' : formatWholePercent(row.share)}</td>
			<td className={`${figure} ${edge} text-left! text-ink-2`}>
				{n === 0 ? '–' : t('{low} to {high}', { low: formatWholePercent(row.low), high: formatWholePercent(row.high) })}
			</td>
			<td aria-hidden className={`${cell} ${edge} hidden @2xl:table-cell`}>
				{n === 0 ? null : <IntervalLine row={row} />}
			</td>
		</tr>
	);
}

const width = 140;

/** A line from 0 to 100 %: the interval as a bar, the share as a dot. The numbers are next to it. */
function IntervalLine({ row: { share, low, high } }: { row: FeedbackCount }) {
	const x = (value: number) => 4 + value * (width - 8);
	return (
		<svg aria-hidden width={width} height={12} className="block">
			<line x1={x(0)} x2={x(1)} y1={6} y2={6} stroke="var(--line-strong)" />
			<line x1={x(0.5)} x2={x(0.5)} y1={3} y2={9} stroke="var(--line-strong)" />
			<line x1={x(low)} x2={x(high)} y1={6} y2={6} stroke="var(--control)" strokeWidth={3} strokeLinecap="round" />
			<circle cx={x(share)} cy={6} r={3.5} fill="var(--ink)" stroke="var(--surface)" strokeWidth={1.5} />
		</svg>
	);
}

type Comparison = NonNullable<FeedbackSummary['comparison']>;

function describeModel({ modelName }: { readonly modelName: string }): string {
	return modelName === '' ? t('Unknown model') : modelName;
}

/**
 * Describes what the thumbs of the two most rated models show, and what they don't: people rate whatever they happened
 * to ask.
 */
export function describeComparison({ first, second, difference, low, high }: Comparison): string {
	const one = `${describeModel(first)} ${first.quantization}`.trim();
	const other = `${describeModel(second)} ${second.quantization}`.trim();
	const values = {
		one,
		other,
		difference: formatPoints(difference),
		low: formatPoints(low),
		high: formatPoints(high),
	};
	return low > 0
		? t(
				'{one} is rated good more often than {other}, by {difference} points (95 % interval {low} to {high}). Their prompts differed, which may explain part of it.',
				values,
			)
		: t(
				'The difference of {difference} points between {one} and {other} could still be chance (95 % interval {low} to {high}).',
				values,
			);
}

/** Formats a difference of shares in points, with a real minus: −0.041 → "−4". */
function formatPoints(difference: number): string {
	const value = Math.round(difference * 100);
	return formatCount(value === 0 ? 0 : value);
}
