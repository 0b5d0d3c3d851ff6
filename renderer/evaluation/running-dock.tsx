import { Bell, Pause, Play, Square } from 'lucide-react';
import { useEffect } from 'react';
import { useStore } from 'zustand';
import type { Arm, RunSummary } from '../../electron/contract/evaluation/schema.ts';
import { Button } from '../design/button.tsx';
import { formatCount, phraseSeparator } from '../design/format.ts';
import { ProgressBar } from '../design/progress-bar.tsx';
import { Spinner } from '../design/spinner.tsx';
import { t, translate } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { listLiveRuns } from './evaluation-store.ts';
import { labelArm, toMatrix } from './result/result-matrix.ts';
import { endRunEarly } from './run-actions.ts';
import type { NewestRow } from './run-progress.ts';
import { computeDoneShare, describeTimeLeft, formatRowRate } from './run-wording.ts';
import { ScoreSymbol } from './sample/score-badge.tsx';
import { useSecondsLeft } from './use-time-left.ts';

const rowsShown = 3;

/**
 * The run being measured, at the bottom of the sheet: progress, speed and the latest rows. Also a paused run that is on
 * the screen.
 */
export function RunningDock({ shown }: { shown: RunSummary | undefined }) {
	const { evaluations } = useServices();
	const runs = useStore(evaluations.state, (state) => state.runs);
	const live = listLiveRuns({ runs });
	const run = live[0] ?? (shown?.status === 'paused' ? shown : undefined);
	const id = run?.id;
	useEffect(() => {
		if (id !== undefined) void evaluations.open(id);
	}, [id, evaluations]);
	if (run === undefined) return null;
	return <Dock run={run} waiting={live.length - (live[0] === run ? 1 : 0)} />;
}

function Dock({ run, waiting }: { run: RunSummary; waiting: number }) {
	const services = useServices();
	const { evaluations } = services;
	const newest = useStore(evaluations.state, (state) => state.newest[run.id]);
	const doing = useStore(evaluations.state, (state) => state.busy[run.id]);
	const busy = doing === undefined ? undefined : translate(doing);
	const running = run.status === 'running';
	return (
		<section
			aria-label={`${running ? t('Running') : t('Not finished')}: ${run.name}`}
			className="sticky bottom-0 flex-none border-t border-line bg-sunken pr-3 pb-1.5 pl-5"
		>
			<div className="flex h-10 items-center gap-2">
				{running ? <Spinner /> : null}
				<h2 className="min-w-0 truncate font-semibold">{run.name}</h2>
				<Figures run={run} waiting={waiting} />
				<span className="flex-1" />
				<span role="status" className="sr-only">
					{run.status === 'paused' ? t('{name} is paused', { name: run.name }) : ''}
				</span>
				<NoticeOffer />
				{run.status === 'paused' ? (
					<Button icon={Play} size="sm" busy={busy} onClick={() => void evaluations.resume(run.id)}>
						{t('Resume')}
					</Button>
				) : (
					<Button icon={Pause} size="sm" busy={busy} onClick={() => void evaluations.pause(run.id)}>
						{t('Pause')}
					</Button>
				)}
				<Button kind="ghost" icon={Square} size="sm" onClick={() => void endRunEarly(services, run)}>
					{t('Stop')}
				</Button>
			</div>
			<ProgressBar
				value={computeDoneShare(run)}
				label={run.name}
				tone={running ? 'accent' : 'paused'}
				className="mb-[3px] h-1!"
			/>
			{newest === undefined || newest.length === 0 ? (
				// As tall as the rows that will replace it, so that the content above doesn't move.
				<div className={running ? 'h-18.75 max-[1100px]:hidden' : ''} />
			) : (
				<NewestRows run={run} rows={newest.slice(0, rowsShown)} />
			)}
		</section>
	);
}

/** Offers a browser notification at the end of a long run, as the user won't wait for it. */
function NoticeOffer() {
	const { endNotification, toasts } = useServices();
	const notice = useStore(endNotification.state, (state) => state.notice);
	if (notice !== 'possible') return null;
	const ask = async (): Promise<void> => {
		await endNotification.ask();
		const allowed = endNotification.state.getState().notice === 'on';
		if (allowed) toasts.show({ text: t('You will be notified when the run ends.'), icon: Bell });
		else if (endNotification.state.getState().notice === 'none')
			toasts.note({
				text: t('Notifications are blocked for this page. Allow them in the browser’s site settings.'),
				icon: Bell,
			});
	};
	return (
		<Button kind="ghost" icon={Bell} size="sm" onClick={() => void ask()}>
			{t('Notify me')}
		</Button>
	);
}

function Figures({ run, waiting }: { run: RunSummary; waiting: number }) {
	const { evaluations } = useServices();
	const perSecond = useStore(evaluations.state, (state) => state.rates[run.id] ?? 0);
	const { done, total, errors, doing } = run.progress;
	const secondsLeft = useSecondsLeft(run);
	const words = [
		t('{done} of {total}', { done: formatCount(done), total: formatCount(total) }),
		run.status === 'paused' ? t('paused') : perSecond > 0 ? formatRowRate(perSecond) : null,
		secondsLeft === null ? null : describeTimeLeft(secondsLeft, run.progress.secondsLeftBasis),
	];
	return (
		<>
			<span className="whitespace-nowrap text-ink-2 tabular-nums">{words.filter(Boolean).join(' · ')}</span>
			<span className="min-w-0 truncate text-xs text-ink-3 tabular-nums max-[1100px]:hidden">
				{[
					errors === 0 ? null : t('{errors, plural, one {# error} other {# errors}}', { errors }),
					doing,
					waiting === 0 ? null : t('{waiting, plural, one {# run} other {# runs}} waiting', { waiting }),
				]
					.filter(Boolean)
					.join(phraseSeparator('comma'))}
			</span>
		</>
	);
}

function NewestRows({ run, rows }: { run: RunSummary; rows: readonly NewestRow[] }) {
	const matrix = toMatrix(run.arms);
	return (
		<div className="min-h-18.75 max-[1100px]:hidden">
			<table className="w-full table-fixed border-collapse text-xs" aria-label={t('Newest answers')}>
				<colgroup>
					<col className="w-11" />
					<col className="w-40" />
					<col />
					<col className="w-[26%]" />
					<col className="w-12" />
				</colgroup>
				<tbody>
					{rows.map((row) => (
						<tr key={row.key} className="h-[25px] border-t border-line first:border-0">
							<td className="font-mono text-ink-3 tabular-nums">{row.number}</td>
							<td className="truncate pr-3 text-ink-2">
								{labelArm(matrix, row.armId) || techniqueOf(run.arms, row.armId)}
							</td>
							<td className="truncate pr-3" dir="auto">
								{row.input}
							</td>
							<td className="truncate pr-3 font-mono" dir="auto">
								{row.cell.failure ?? row.cell.answer ?? row.cell.output}
							</td>
							<td className="text-right">
								<ScoreSymbol
									value={row.cell.scores[run.scorers[0] ?? ''] ?? null}
									failed={row.cell.status === 'failed'}
								/>
							</td>
						</tr>
					))}
				</tbody>
			</table>
		</div>
	);
}

const techniqueOf = (arms: readonly Arm[], id: number): string => {
	const arm = arms.find((one) => one.id === id);
	return arm === undefined ? '' : `v${arm.prompt.number}`;
};
