import type { ReactNode } from 'react';
import type { Fit, FitLever } from '../../electron/contract/library/fit.ts';
import { formatList } from '../design/format.ts';
import { t } from '../messages/t.ts';
import { FitBadge } from './fit-badge.tsx';
import { describeChange, describePart, formatDeviation, formatGigabyteFigure, formatGigabytes } from './fit-wording.ts';

/** Describes the spare or missing memory, and the meaning of the verdict. */
function describeSpare({ spareBytes, tightBytes, verdict }: Fit): string {
	if (verdict === 'wont-fit') return t('{size} short.', { size: formatGigabytes(-spareBytes) });
	const spare = formatGigabytes(spareBytes);
	return verdict === 'tight'
		? t('{spare} to spare. Below {limit} is tight.', { spare, limit: formatGigabytes(tightBytes) })
		: t('{spare} to spare.', { spare });
}

/** The calculation behind a fit badge: parts, levers, and the last load compared with its estimate. */
export function FitBreakdown({ fit, onLever }: { fit: Fit; onLever: (lever: FitLever) => void }) {
	const { options, last } = fit;
	const shown = fit.parts.filter(({ bytes }) => Math.abs(bytes) >= 500_000);
	return (
		<div className="px-3.5 pt-2.5 pb-3">
			<p className="mb-2 flex flex-wrap gap-x-4">
				<span className="flex-1 font-medium whitespace-nowrap">
					{t('{sum} of {free} with a context of {tokens, plural, one {# token} other {# tokens}}', {
						sum: formatGigabyteFigure(fit.sumBytes),
						free: formatGigabytes(fit.freeBytes),
						tokens: options.contextSize,
					})}
				</span>
				<span className="text-ink-2">{describeSpare(fit)}</span>
			</p>
			<FitBar fit={fit} />
			<div className="mt-2.5 grid gap-x-7 gap-y-3 text-xs/5 @2xl:grid-cols-[1fr_1.18fr]">
				<dl>
					{shown.map((part) => (
						<Row key={`${part.kind} ${part.where}`} mark={part.kind} words={describePart(part, options)}>
							{formatGigabytes(part.bytes)}
						</Row>
					))}
					<Row mark="headroom" words={t('Reserved for your other apps')}>
						{formatGigabytes(fit.headroomBytes)}
					</Row>
					<div className="mt-1 flex justify-between border-t border-line-strong pt-1 font-semibold">
						<dt>{t('Total')}</dt>
						<dd className="font-mono tracking-[-0.01em] tabular-nums">{formatGigabytes(fit.sumBytes)}</dd>
					</div>
				</dl>
				<div>
					{fit.levers.length === 0 ? null : <Levers fit={fit} onLever={onLever} />}
					{last === null ? (
						<p className="text-ink-3">
							{t('Not loaded on this computer yet. The first load will correct this estimate.')}
						</p>
					) : (
						<p className="text-ink-3">
							{t(
								'Last load: estimated {estimated}, measured {measured} ({difference}). Later estimates use the measured value.',
								{
									estimated: formatGigabytes(last.predictedBytes),
									measured: formatGigabytes(last.measuredBytes),
									difference: formatDeviation(last.predictedBytes, last.measuredBytes),
								},
							)}
						</p>
					)}
				</div>
			</div>
		</div>
	);
}

function Levers({ fit, onLever }: { fit: Fit; onLever: (lever: FitLever) => void }) {
	return (
		<>
			<p className="mb-1 text-ink-3">{fit.verdict === 'fits' ? t('To free more') : t('To make it fit')}</p>
			<ul className="mb-[7px] flex flex-col gap-[5px]">
				{fit.levers.map((lever) => (
					<li key={describeChange(lever.change, fit.options)}>
						<button
							type="button"
							onClick={() => onLever(lever)}
							className="flex min-h-7.5 w-full items-center gap-2 rounded-md border border-line-strong bg-raised pr-[5px] pl-2.5 text-left text-ink shadow-control hover:bg-[color-mix(in_oklab,var(--raised),var(--ink)_4%)]"
						>
							<span className="flex-1">{describeChange(lever.change, fit.options)}</span>
							<span className="text-ink-2 tabular-nums">
								{t('frees {size}', { size: formatGigabytes(lever.freesBytes) })}
							</span>
							<FitBadge verdict={lever.verdict} />
						</button>
					</li>
				))}
			</ul>
		</>
	);
}

function Row({ mark, words, children }: { mark: string; words: string; children: ReactNode }) {
	return (
		<div className="flex justify-between gap-2">
			<dt className="flex min-w-0 items-center gap-[7px]">
				<PartMark kind={mark} />
				{words}
			</dt>
			<dd className="flex-none font-mono tracking-[-0.01em] tabular-nums">{children}</dd>
		</div>
	);
}

const shade = (percent: number): string => `color-mix(in oklab, var(--accent) ${percent}%, var(--surface))`;

/** Fills of the parts: shades of one hue, hatched for the reserve, hollow for the free rest. */
const grounds: Readonly<Record<string, string>> = {
	weights: 'var(--accent)',
	repacked: shade(84),
	kv: shade(66),
	state: shade(56),
	compute: shade(44),
	process: shade(30),
	correction: shade(20),
	headroom: 'repeating-linear-gradient(135deg, var(--control) 0 1px, transparent 1px 5px), var(--line)',
	spare: 'var(--surface)',
};

const edge = (kind: string): string => (kind === 'spare' ? 'inset-ring inset-ring-control' : '');

/** Swatch of a part, next to its label. */
function PartMark({ kind }: { kind: string }) {
	return <i aria-hidden className="size-[9px] flex-none rounded-[2px]" style={{ background: grounds[kind] }} />;
}

/** Short names of the parts, for who can't see the bar. */
const partNames: Readonly<Record<string, string>> = {
	weights: t('weights'),
	repacked: t('repacked'),
	kv: t('KV cache'),
	state: t('state'),
	compute: t('compute'),
	process: t('process'),
	correction: t('correction'),
	headroom: t('headroom'),
	spare: t('spare'),
};

/** The calculation as one bar: needed, reserved and free memory. */
export function FitBar({ fit }: { fit: Fit }) {
	const parts = fit.parts.filter(({ bytes, where }) => bytes > 0 && where === 'ram');
	const all = [
		...parts.map(({ kind, bytes }) => ({ kind: kind as string, bytes })),
		{ kind: 'headroom', bytes: fit.headroomBytes },
		...(fit.spareBytes > 0 ? [{ kind: 'spare', bytes: fit.spareBytes }] : []),
	];
	const total = all.reduce((sum, { bytes }) => sum + bytes, 0);
	const summary = formatList(all.map(({ kind, bytes }) => `${partNames[kind] ?? kind} ${formatGigabyteFigure(bytes)}`));
	return (
		<div role="img" aria-label={t('{summary} GB', { summary })} className="flex h-3.5 gap-0.5">
			{all.map(({ kind, bytes }) => (
				<i
					key={kind}
					className={`min-w-0.5 first:rounded-l-[4px] last:rounded-r-[4px] ${edge(kind)}`}
					style={{ flex: bytes / total, background: grounds[kind] }}
				/>
			))}
		</div>
	);
}
