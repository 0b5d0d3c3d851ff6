import { ChartNoAxesColumn } from 'lucide-react';
import type { ReactNode } from 'react';
import { useStore } from 'zustand';
import type { ModelUsage } from '../../electron/contract/activity/schema.ts';
import { Button } from '../design/button.tsx';
import { EmptyState } from '../design/empty-state.tsx';
import { FailureCard } from '../design/failure-card.tsx';
import { formatCount, formatDuration, formatNumber, formatSeconds } from '../design/format.ts';
import { Segmented } from '../design/segmented.tsx';
import { Skeleton } from '../design/skeleton.tsx';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { UsageByDayChart } from './usage-by-day-chart.tsx';
import type { UsagePeriod } from './usage-store.ts';

/** What answers took over the last days, by day and by model. */
export function UsageView() {
	const { activityUsage: store, layout } = useServices();
	const { usage, failure, days } = useStore(store.state);
	if (failure !== null) {
		return (
			<div className="p-5">
				<FailureCard
					title={t('Couldn’t load usage')}
					failure={failure}
					actions={
						<Button size="sm" onClick={() => void store.refresh()}>
							{t('Try again')}
						</Button>
					}
				/>
			</div>
		);
	}
	if (usage === null) return <Skeleton rows={6} className="p-5" />;
	const answers = usage.days.reduce((sum, day) => sum + day.answers, 0);
	return (
		<div className="min-h-0 flex-1 overflow-x-hidden overflow-y-auto px-5 py-3.5">
			<div className="flex flex-wrap items-center gap-3">
				<Segmented
					label={t('Period')}
					value={String(days)}
					onChange={(value) => store.choose(Number(value) as UsagePeriod)}
					options={[7, 30, 90].map((value) => ({
						value: String(value),
						label: t('{days, plural, one {# day} other {# days}}', { days: value }),
					}))}
				/>
				<p role="status" className="text-xs text-ink-2 tabular-nums">
					{t('{answers, plural, one {# answer} other {# answers}}', { answers })}
				</p>
			</div>
			{usage.models.length === 0 ? (
				<EmptyState
					icon={ChartNoAxesColumn}
					title={t('No answers in the last {days, plural, one {# day} other {# days}}', { days })}
					actions={
						<Button onClick={() => layout.go({ section: 'chat', conversationId: null })}>{t('Go to Chat')}</Button>
					}
				>
					{t('Shows tokens, time and speed of answers by model. Temporary conversations aren’t counted.')}
				</EmptyState>
			) : (
				<>
					<UsageByDayChart days={usage.days} />
					<UsageByModelTable models={usage.models} />
				</>
			)}
		</div>
	);
}

const head =
	'border-b border-line-strong px-2 pb-1.5 align-bottom text-2xs/3.5 font-medium text-ink-3 whitespace-nowrap text-right first:pl-0 first:text-left';
const cell = 'h-8 border-b border-line px-2 whitespace-nowrap first:pl-0';
const figure = `${cell} text-right font-mono text-xs tabular-nums tracking-[-0.01em]`;

/** Narrow tables hide the tokens read first, then the time, then the loads. */
const readColumn = 'hidden @5xl:table-cell';
const timeColumn = 'hidden @4xl:table-cell';
const troubleColumn = 'hidden @2xl:table-cell';

/** Usage per model: tokens and time, speed with n and spread, and failures. */
function UsageByModelTable({ models }: { models: readonly ModelUsage[] }) {
	return (
		<section aria-labelledby="usage-by-model" className="@container mt-4">
			<h2 id="usage-by-model" className="mb-2 text-xs font-semibold">
				{t('By model')}{' '}
				<span className="font-normal text-ink-2">
					{t('speed: median and interquartile range; first token: 95th percentile and 95 % interval')}
				</span>
			</h2>
			<table className="w-full border-separate border-spacing-0" aria-label={t('Usage by model')}>
				<thead>
					<tr>
						<Head name={t('Model')} />
						<Head name={t('Answers')} unit={t('failed')} />
						<Head name={t('Input')} unit={t('tokens')} className={readColumn} />
						<Head name={t('Output')} unit={t('tokens')} />
						<Head name={t('Time')} className={timeColumn} />
						<Head name={t('Speed')} unit="tok/s" />
						<Head name={t('First token')} unit="p95" />
						<Head name={t('Crashes')} unit={t('failed loads')} className={troubleColumn} />
					</tr>
				</thead>
				<tbody>
					{models.map((one) => (
						<ModelRow key={one.model} usage={one} />
					))}
				</tbody>
			</table>
			<p className="mt-1.5 text-2xs text-ink-2 @5xl:hidden">
				<span className="hidden @4xl:inline">{t('7 of 8 columns. Widen the window to see input tokens.')}</span>
				<span className="@4xl:hidden">{t('Some columns are hidden. Widen the window to see them.')}</span>
			</p>
		</section>
	);
}

function Head({ name, unit, className = '' }: { name: string; unit?: string; className?: string }) {
	return (
		<th scope="col" className={`${head} ${className}`}>
			{name}
			{unit === undefined ? null : <span className="block font-normal">{unit}</span>}
		</th>
	);
}

function ModelRow({ usage }: { usage: ModelUsage }) {
	const { model, answers, failed, promptTokens, completionTokens, busyMs, tokensPerSecond, ttftMs } = usage;
	const { crashes, loadFailures } = usage;
	return (
		<tr>
			<th scope="row" className={`${cell} max-w-72 truncate text-left font-medium`} dir="auto">
				{model}
			</th>
			<td className={figure}>
				{formatCount(answers)}
				<Muted>{failed === 0 ? '' : formatCount(failed)}</Muted>
			</td>
			<td className={`${figure} ${readColumn}`}>{formatCount(promptTokens)}</td>
			<td className={figure}>{formatCount(completionTokens)}</td>
			<td className={`${figure} ${timeColumn}`}>{formatSeconds(busyMs)}</td>
			<td className={figure} title={tokensPerSecond === null ? undefined : `n = ${formatCount(tokensPerSecond.n)}`}>
				{tokensPerSecond === null ? (
					'–'
				) : (
					<>
						{formatSpeed(tokensPerSecond.median)}
						<Muted>
							{formatSpeed(tokensPerSecond.low)}–{formatSpeed(tokensPerSecond.high)}, n {formatCount(tokensPerSecond.n)}
						</Muted>
					</>
				)}
			</td>
			<td className={figure}>
				{ttftMs === null ? (
					'–'
				) : (
					<>
						{formatDuration(ttftMs.value)}
						<Muted>
							{ttftMs.high === null
								? t('from {low}, n {n}: too few answers', { low: formatDuration(ttftMs.low), n: formatCount(ttftMs.n) })
								: `${formatInterval(ttftMs.low, ttftMs.high)}, n ${formatCount(ttftMs.n)}`}
						</Muted>
					</>
				)}
			</td>
			<td className={`${figure} ${troubleColumn} ${crashes > 0 ? 'text-bad' : ''}`}>
				{formatCount(crashes)}
				<Muted>{loadFailures === 0 ? '' : formatCount(loadFailures)}</Muted>
			</td>
		</tr>
	);
}

function Muted({ children }: { children: ReactNode }) {
	return <span className="ml-1.5 text-2xs text-ink-3 empty:hidden">{children}</span>;
}

/** Formats both ends of an interval; a shared unit appears once. */
function formatInterval(low: number, high: number): string {
	const [from, to] = [formatDuration(low), formatDuration(high)];
	const unit = to.slice(to.lastIndexOf(' '));
	return `${from.endsWith(unit) ? from.slice(0, -unit.length) : from}–${to}`;
}

function formatSpeed(value: number): string {
	return formatNumber(value, value >= 10 ? 0 : 1);
}
