import { Check, FlaskConical, Play } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import type { TrainingComparison, TrainingEffects, TrainingRun } from '../../electron/contract/adaptation/schema.ts';
import { halfWidth95 } from '../comparison/confidence-interval.ts';
import { Badge } from '../design/badge.tsx';
import { Button } from '../design/button.tsx';
import {
	formatBytes,
	formatCount,
	formatNumber,
	formatPercentage,
	formatRate,
	phraseSeparator,
} from '../design/format.ts';
import { Scroller } from '../design/scroll-area.tsx';
import { IntervalBar } from '../evaluation/result/interval-bar.tsx';
import { openRun } from '../evaluation/run-actions.ts';
import { t } from '../messages/t.ts';
import { type Services, useServices } from '../services.ts';

/** Base against adapter: on the held-out samples, and on other datasets to see what was forgotten. */
export function TrainingComparisons({ run }: { run: TrainingRun }) {
	const { evaluations, trainings, toasts } = useServices();
	const [asking, setAsking] = useState(false);
	const { comparisons, isCompared, status, adapter, effects } = run;
	const isMeasuring = [...comparisons, ...(effects === null ? [] : [effects])].some(
		(one) => one.status === 'waiting' || one.status === 'running',
	);
	const paused = comparisons.filter((one) => one.status === 'paused');
	const compare = async (): Promise<void> => {
		setAsking(true);
		await trainings.compare(run.id);
		setAsking(false);
	};
	const use = async (): Promise<void> => {
		const undo = await trainings.use(run.id);
		if (undo === null) return;
		toasts.show({
			text: t('New answers from {name} use this adapter', { name: run.base.name }),
			icon: Check,
			action: { label: t('Undo'), run: undo },
		});
	};
	return (
		<section aria-label={t('Base against adapter')} className="mt-5 pb-6">
			<div className="mb-2 flex flex-wrap items-center gap-2">
				<h2 className="text-xs font-semibold">{t('Base against adapter')}</h2>
				<span className="flex-1" />
				{paused.length < 2 ? null : (
					<Button size="sm" icon={Play} onClick={() => void resumeAll(evaluations, paused)}>
						{t('Resume all')}
					</Button>
				)}
				{isMeasuring ? null : (
					<Button
						size="sm"
						icon={FlaskConical}
						kind={isCompared ? 'secondary' : 'primary'}
						busy={asking ? t('Starting') : undefined}
						blocked={status === 'done' ? undefined : t('The training is still running')}
						onClick={() => void compare()}
					>
						{isCompared ? t('Compare on more datasets') : t('Compare with the base')}
					</Button>
				)}
				{adapter?.inUse ? (
					<Badge tone="good" icon={Check}>
						{t('In use')}
					</Badge>
				) : (
					<Button
						size="sm"
						kind={isCompared ? 'primary' : 'secondary'}
						blocked={isCompared ? undefined : t('Compare it with the base first')}
						onClick={() => void use()}
					>
						{t('Use this one')}
					</Button>
				)}
			</div>
			{comparisons.length === 0 && effects === null ? (
				<p className="text-xs text-pretty text-ink-2">
					{t(
						'Both answer the samples that were held out, and your other datasets: those show what the model has forgotten. What else the adapter changes is measured on neutral texts.',
					)}
				</p>
			) : comparisons.length === 0 ? null : (
				<Table comparisons={comparisons} />
			)}
			{effects === null ? null : <Effects effects={effects} />}
		</section>
	);
}

/** Resumes runs one after the other, so that they queue in the order of the table. */
async function resumeAll(
	evaluations: Pick<Services['evaluations'], 'resume'>,
	paused: readonly Pick<TrainingComparison, 'runId'>[],
): Promise<void> {
	for (const { runId } of paused) await evaluations.resume(runId);
}

/** What the adapter changes on texts that have nothing to do with its samples, and what it costs. */
function Effects({ effects }: { effects: TrainingEffects }) {
	const { comparisons, layout } = useServices();
	const { comparisonId, status, divergence, base, adapter } = effects;
	const half = divergence === null ? null : halfWidth95(divergence.standardError, divergence.chunks);
	const facts = [
		[
			t('KL divergence from the base'),
			divergence === null
				? null
				: [
						half === null
							? t('{value} nats', { value: formatNumber(divergence.value, 4) })
							: t('{value} ± {half} nats', { value: formatNumber(divergence.value, 4), half: formatNumber(half, 4) }),
						t('the same next token {percent} of the time', { percent: formatPercentage(100 * divergence.sameTop, 1) }),
					].join(phraseSeparator('comma')),
		],
		[
			t('Generation'),
			base.generation === null || adapter.generation === null
				? null
				: t('{base} → {adapter}', {
						base: formatNumber(base.generation.median, 1),
						adapter: formatRate(adapter.generation.median),
					}),
		],
		[
			t('Size'),
			base.sizeBytes === null || adapter.sizeBytes === null
				? null
				: t('{base} + {adapter}', {
						base: formatBytes(base.sizeBytes),
						adapter: formatBytes(adapter.sizeBytes - base.sizeBytes),
					}),
		],
		[
			t('Peak memory'),
			base.peakBytes === null || adapter.peakBytes === null
				? null
				: t('{base} → {adapter}', { base: formatBytes(base.peakBytes), adapter: formatBytes(adapter.peakBytes) }),
		],
	] as const;
	return (
		<section aria-label={t('On neutral texts')} className="mt-4">
			<div className="mb-1 flex flex-wrap items-baseline gap-x-3">
				<h3 className="text-xs font-semibold">{t('On neutral texts')}</h3>
				<span className="text-2xs text-ink-3">
					{divergence === null
						? t('how much the adapter changes what it was not taught')
						: t('{tokens, plural, one {# token} other {# tokens}} that have nothing to do with the samples', {
								tokens: divergence.tokens,
							})}
				</span>
				<span className="flex-1" />
				<button
					type="button"
					className="link text-xs"
					onClick={() => {
						void comparisons.choose(comparisonId);
						layout.go({ section: 'compare' });
					}}
				>
					{t('Show the comparison')}
				</button>
			</div>
			<dl className="grid grid-cols-[max-content_minmax(0,1fr)] gap-x-6 gap-y-1 text-xs tabular-nums">
				{facts.map(([name, value]) => (
					<div key={name} className="contents">
						<dt className="text-ink-3">{name}</dt>
						<dd className={value === null ? 'text-ink-3' : ''}>{value ?? effectStates[status]}</dd>
					</div>
				))}
			</dl>
		</section>
	);
}

/** What stands for a figure that is not there yet. */
const effectStates: Record<TrainingEffects['status'], string> = {
	waiting: t('Waiting'),
	running: t('Being measured'),
	paused: t('Paused'),
	failed: t('Couldn’t be measured'),
	done: t('Not measured'),
};

/** Differences in points, the same scale for all rows. */
function domainOf(comparisons: readonly TrainingComparison[]): readonly [number, number] {
	const most = Math.max(
		5,
		...comparisons.flatMap(({ low, high }) => [Math.abs(low ?? 0), Math.abs(high ?? 0)].map((x) => 100 * x)),
	);
	return [-most, most];
}

const verdicts = { better: 'good', worse: 'bad', undecided: 'plain', same: 'plain' } as const;
const bars = { better: 'best', worse: 'worse', undecided: 'plain', same: 'plain' } as const;

function Table({ comparisons }: { comparisons: readonly TrainingComparison[] }) {
	const services = useServices();
	const domain = domainOf(comparisons);
	const head = 'border-b border-line-strong py-1.5 pr-4 font-medium text-2xs text-ink-3';
	return (
		<Scroller label={t('Base against adapter')}>
			<table className="w-full border-collapse text-xs tabular-nums">
				<thead>
					<tr>
						<th scope="col" className={`${head} text-left`}>
							{t('Samples')}
						</th>
						{[t('Base'), t('Adapter')].map((name) => (
							<th key={name} scope="col" className={`${head} text-right`}>
								{name}
							</th>
						))}
						<th scope="col" className={`${head} min-w-40 text-left`}>
							{t('Difference in points, 95 % interval')}
						</th>
						<th scope="col" className={`${head} text-right`}>
							{t('Speed, tok/s')}
						</th>
						<th scope="col" className={`${head} text-left`}>
							{t('Verdict')}
						</th>
					</tr>
				</thead>
				<tbody>
					{comparisons.map((one) => (
						<tr key={one.runId} className="border-b border-line">
							<th scope="row" className="py-2 pr-4 text-left font-normal">
								<button type="button" className="link" onClick={() => openRun(services, one.runId)}>
									{one.role === 'held-out' ? t('{name}, held out', { name: one.name }) : one.name}
								</button>
								<span className="block text-2xs text-ink-3">
									{one.n === 0
										? one.scorer
										: t('{scorer}, {n, plural, one {# sample} other {# samples}}', { scorer: one.scorer, n: one.n })}
								</span>
							</th>
							<td className="py-2 pr-4 text-right font-mono">{percent(one.base)}</td>
							<td className="py-2 pr-4 text-right font-mono">{percent(one.adapter)}</td>
							<td className="py-2 pr-4">
								{one.difference === null || one.low === null || one.high === null ? (
									<NoDifference of={one} />
								) : (
									<>
										<IntervalBar
											value={100 * one.difference}
											low={100 * one.low}
											high={100 * one.high}
											domain={domain}
											tone={one.verdict === null ? 'plain' : bars[one.verdict]}
											zero
											label={one.words}
										/>
										<span className="text-2xs text-ink-3">
											{t('{difference} ({low} to {high})', {
												difference: signed(100 * one.difference),
												low: signed(100 * one.low),
												high: signed(100 * one.high),
											})}
										</span>
									</>
								)}
							</td>
							<td className="py-2 pr-4 text-right font-mono whitespace-nowrap">
								{one.baseTokensPerSecond === null || one.adapterTokensPerSecond === null
									? ''
									: t('{base} → {adapter}', {
											base: formatNumber(one.baseTokensPerSecond, 0),
											adapter: formatNumber(one.adapterTokensPerSecond, 0),
										})}
							</td>
							<td className="py-2">
								{one.status === 'paused' ? (
									<Button size="sm" icon={Play} onClick={() => void services.evaluations.resume(one.runId)}>
										{t('Resume')}
										<span className="sr-only"> {one.name}</span>
									</Button>
								) : one.verdict === null ? null : (
									<Badge tone={verdicts[one.verdict]}>{verdictWords(one.verdict)}</Badge>
								)}
							</td>
						</tr>
					))}
				</tbody>
			</table>
		</Scroller>
	);
}

/** What stands for a difference that is not known: how far its run is, as the list of runs tells it. */
function NoDifference({ of: { runId, status, words } }: { of: TrainingComparison }) {
	const { evaluations } = useServices();
	const run = useStore(evaluations.state, ({ runs }) => runs.find(({ id }) => id === runId));
	const progress = status === 'running' && run?.status === 'running' ? run.progress : null;
	return (
		<span className="text-ink-2 tabular-nums">
			{status === 'paused'
				? t('Paused')
				: progress === null
					? words
					: [
							t('{done} of {total}', { done: formatCount(progress.done), total: formatCount(progress.total) }),
							progress.doing,
						]
							.filter(Boolean)
							.join(' · ')}
		</span>
	);
}

function percent(value: number | null): string {
	return value === null ? '' : formatPercentage(100 * value, 1);
}

function signed(points: number): string {
	return `${points > 0 ? '+' : ''}${formatNumber(points, 1)}`;
}

function verdictWords(verdict: NonNullable<TrainingComparison['verdict']>): string {
	switch (verdict) {
		case 'better':
			return t('Better');
		case 'worse':
			return t('Worse');
		case 'undecided':
			return t('Undecided');
		case 'same':
			return t('Same');
	}
}
