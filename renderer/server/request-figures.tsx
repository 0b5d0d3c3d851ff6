import { type ReactNode, useRef } from 'react';
import { useStore } from 'zustand';
import type { Percentiles, RequestFigures } from '../../electron/contract/server/request-log.ts';
import { textLinkClass } from '../design/button.tsx';
import {
	formatCount,
	formatDuration,
	formatNumber,
	formatPercent,
	formatPercentage,
	formatShortTime,
} from '../design/format.ts';
import { useElementWidth } from '../design/use-element-width.ts';
import { useNow } from '../design/use-now.ts';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { describeErrorCode, describeKey } from './server-wording.ts';

/** What the filtered requests took, which errors there were, and what each key used. */
export function RequestFiguresView() {
	const { serverPage } = useServices();
	const figures = useStore(serverPage.state, (state) => state.figures);
	const box = useRef<HTMLDivElement>(null);
	const width = useElementWidth(box);
	if (figures === null) return null;
	return (
		<div ref={box} className="min-h-0 flex-1 overflow-x-hidden overflow-y-auto px-5 py-3.5">
			<Sums figures={figures} />
			<div className={width >= 860 ? 'mt-4 grid grid-cols-[minmax(0,3fr)_minmax(0,2fr)] gap-x-8' : 'mt-4 grid gap-y-5'}>
				<PercentileTable figures={figures} />
				<Errors figures={figures} />
			</div>
			<KeyUsageTable isNarrow={width < 640} />
		</div>
	);
}

function Sums({ figures }: { figures: RequestFigures }) {
	const { requests, failed, left, promptTokens, cachedTokens, completionTokens } = figures;
	const share = requests === 0 ? 0 : (100 * failed) / requests;
	const sums: readonly (readonly [name: string, value: string, note: string])[] = [
		[t('Requests'), formatCount(requests), ''],
		[t('Failed'), formatCount(failed), failed === 0 ? '' : formatPercentage(share, share < 10 ? 1 : 0)],
		[t('Client left'), formatCount(left), ''],
		[
			t('Input tokens'),
			formatCount(promptTokens),
			promptTokens === 0 ? '' : t('{share} cached', { share: formatPercent(cachedTokens / promptTokens) }),
		],
		[t('Output tokens'), formatCount(completionTokens), ''],
	];
	return (
		<dl className="flex flex-wrap gap-x-8 gap-y-2">
			{sums.map(([name, value, note]) => (
				<div key={name}>
					<dt className="text-2xs text-ink-3">{name}</dt>
					<dd className="font-mono text-[15px]/6 tracking-[-0.01em] tabular-nums">
						{value}
						{note === '' ? null : <span className="ml-1.5 text-2xs text-ink-3">{note}</span>}
					</dd>
				</div>
			))}
		</dl>
	);
}

const head =
	'border-b border-line-strong px-2 pb-1.5 align-bottom text-2xs/3.5 font-medium text-ink-3 whitespace-nowrap text-end first:ps-0 first:text-start last:pe-0';
const cell = 'h-7 border-b border-line px-2 whitespace-nowrap first:ps-0 last:pe-0';
const figure = `${cell} text-end font-mono text-xs tabular-nums tracking-[-0.01em]`;
const rowName = `${cell} max-w-48 truncate text-start text-xs font-normal`;

function Section({ id, title, note, children }: { id: string; title: string; note?: string; children: ReactNode }) {
	return (
		<section aria-labelledby={id} className="min-w-0">
			<h2 id={id} className="mb-2 text-xs font-semibold">
				{title} {note === undefined ? null : <span className="font-normal text-ink-2">{note}</span>}
			</h2>
			{children}
		</section>
	);
}

function PercentileTable({ figures }: { figures: RequestFigures }) {
	const speed = (value: number) => formatNumber(value, value >= 10 ? 0 : 1);
	const rows: readonly (readonly [string, Percentiles, (value: number) => string])[] = [
		[t('In the queue'), figures.queueMs, formatDuration],
		[t('First token'), figures.ttftMs, formatDuration],
		[t('Total'), figures.durationMs, formatDuration],
		[t('Speed, tok/s'), figures.tokensPerSecond, speed],
	];
	return (
		<Section
			id="request-percentiles"
			title={t('Percentiles')}
			note={t('p95: {share} of the requests are at or below', { share: formatPercentage(95) })}
		>
			<table className="w-full border-separate border-spacing-0">
				<thead>
					<tr>
						<th scope="col" className={head}>
							{t('Figure')}
						</th>
						{['p50', 'p90', 'p95', 'p99'].map((name) => (
							<th key={name} scope="col" className={head}>
								{name}
							</th>
						))}
						<th scope="col" className={head}>
							{t('Highest')}
						</th>
						<th scope="col" className={head}>
							n
						</th>
					</tr>
				</thead>
				<tbody>
					{rows.map(([name, found, words]) => (
						<tr key={name}>
							<th scope="row" className={rowName}>
								{name}
							</th>
							{(['p50', 'p90', 'p95', 'p99', 'max'] as const).map((rank) => (
								<td key={rank} className={figure}>
									{found === null ? '–' : words(found[rank])}
								</td>
							))}
							<td className={`${figure} text-ink-3`}>{formatCount(found?.n ?? 0)}</td>
						</tr>
					))}
				</tbody>
			</table>
		</Section>
	);
}

function Errors({ figures }: { figures: RequestFigures }) {
	const { serverPage, layout } = useServices();
	return (
		<Section id="request-errors" title={t('Errors')}>
			{figures.errors.length === 0 ? (
				<p className="text-xs text-ink-2">{t('None of these requests failed.')}</p>
			) : (
				<ul className="border-t border-line-strong">
					{figures.errors.map(({ name, requests }) => (
						<li key={name} className="flex min-h-7 items-center gap-3 border-b border-line text-xs">
							<button
								type="button"
								className={`min-w-0 truncate text-start ${textLinkClass}`}
								onClick={() => {
									serverPage.change({ error: name });
									layout.go({ section: 'activity', part: 'server' });
								}}
							>
								{describeErrorCode(name)}
							</button>
							<span className="ml-auto font-mono tabular-nums">{formatCount(requests)}</span>
						</li>
					))}
				</ul>
			)}
		</Section>
	);
}

function KeyUsageTable({ isNarrow }: { isNarrow: boolean }) {
	const { serverPage } = useServices();
	const keys = useStore(serverPage.state, (state) => state.keys);
	const now = useNow();
	if (keys.length === 0) return null;
	return (
		<div className="mt-5">
			<Section id="key-usage" title={t('By key')} note={t('all requests in the chosen time')}>
				<table className="w-full border-separate border-spacing-0">
					<thead>
						<tr>
							{[
								t('Key'),
								t('Requests'),
								t('Failed'),
								t('Input tokens'),
								...(isNarrow ? [] : [t('Cached')]),
								t('Output tokens'),
								t('Last request'),
							].map((name) => (
								<th key={name} scope="col" className={head}>
									{name}
								</th>
							))}
						</tr>
					</thead>
					<tbody>
						{keys.map(({ key, requests, failed, promptTokens, cachedTokens, completionTokens, lastAt }) => (
							<tr key={key?.id ?? 0}>
								<th scope="row" className={rowName} dir="auto">
									{describeKey(key)}
								</th>
								<td className={figure}>{formatCount(requests)}</td>
								<td className={`${figure} ${failed > 0 ? 'text-bad' : ''}`}>{formatCount(failed)}</td>
								<td className={figure}>{formatCount(promptTokens)}</td>
								{isNarrow ? null : (
									<td className={figure}>{promptTokens === 0 ? '–' : formatPercent(cachedTokens / promptTokens)}</td>
								)}
								<td className={figure}>{formatCount(completionTokens)}</td>
								<td className={figure}>{formatShortTime(lastAt, now)}</td>
							</tr>
						))}
					</tbody>
				</table>
			</Section>
		</div>
	);
}
