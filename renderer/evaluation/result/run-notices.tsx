import type { ReactNode } from 'react';
import { useStore } from 'zustand';
import type { Run } from '../../../electron/contract/evaluation/schema.ts';
import { Button } from '../../design/button.tsx';
import { FailureCard } from '../../design/failure-card.tsx';
import { formatCount } from '../../design/format.ts';
import { t, translate } from '../../messages/t.ts';
import { useServices } from '../../services.ts';
import { formatEvaluateRoute } from '../evaluate-route.ts';
import { openRun } from '../run-actions.ts';
import { isLive } from '../run-wording.ts';
import { describeScorerChanges } from './scorer-changes.ts';

/** Actions for a run that is not running: it stopped, was ended early, or has failed answers. */
export function RunNotices({ run }: { run: Run }) {
	const { evaluations, layout } = useServices();
	const doing = useStore(evaluations.state, (state) => state.busy[run.id]);
	const busy = doing === undefined ? undefined : translate(doing);
	const baseline = useStore(evaluations.state, ({ runs }) =>
		runs.find(({ id, baseline: is, dataset }) => is && id !== run.id && dataset.id === run.dataset.id),
	);
	const { done, total, errors } = run.progress;
	if (isLive(run.status) || run.status === 'paused') return null;
	const goOn = (
		<Button size="sm" busy={busy} onClick={() => void evaluations.resume(run.id)}>
			{t('Resume')}
		</Button>
	);
	if (run.failure !== null && run.status === 'failed') {
		return (
			<div className="flex-none px-5 pt-3.5">
				<FailureCard title={t('The run stopped')} failure={run.failure} actions={goOn} />
			</div>
		);
	}
	return (
		<>
			{run.status === 'cancelled' ? (
				<StateLine action={goOn}>
					{t('Ended early: all figures below are from {done} of {total, plural, one {# answer} other {# answers}}.', {
						done: formatCount(done),
						total,
					})}
				</StateLine>
			) : null}
			{run.givenUp.map(({ armId, first, last, failure }) => (
				<StateLine key={`${armId}/${first}`} action={null}>
					{describeGivenUp(
						{ first: formatCount(first + 1), last: formatCount(last + 1) },
						run.arms.length > 1 ? (run.arms.find(({ id }) => id === armId)?.label ?? null) : null,
						failure.message,
					)}
				</StateLine>
			))}
			<RescoredLine run={run} />
			{errors > 0 ? (
				<StateLine
					action={
						run.manifest.marked === undefined ? (
							<Button size="sm" busy={busy} onClick={() => void evaluations.retry(run.id)}>
								{t('Retry failed answers')}
							</Button>
						) : null
					}
				>
					{run.manifest.marked === undefined
						? t(
								'{errors, plural, one {# answer} other {# answers}} of {total} failed. They are counted, but not part of the means.',
								{ errors, total: formatCount(total) },
							)
						: t(
								'{errors, plural, one {# answer} other {# answers}} of {total} failed in the original run. They are counted, but not part of the means.',
								{ errors, total: formatCount(total) },
							)}
					{(run.failures ?? []).map(({ armId, failure: { message } }) => (
						<span key={armId} className="block">
							{run.arms.length > 1
								? t('{arm}: {message}', { arm: run.arms.find(({ id }) => id === armId)?.label ?? '', message })
								: message}
						</span>
					))}
				</StateLine>
			) : null}
			{baseline === undefined || baseline.id === run.markedOf || done === 0 ? null : (
				<StateLine
					action={
						<Button
							size="sm"
							kind="ghost"
							onClick={() =>
								layout.go({
									section: 'evaluate',
									part: formatEvaluateRoute({ kind: 'compare', ids: [baseline.id, run.id] }),
								})
							}
						>
							{t('Compare')}
						</Button>
					}
				>
					{baseline.name === run.name
						? t('The baseline of {dataset} is an earlier run of this name.', { dataset: run.dataset.name })
						: t('The baseline of {dataset} is {baseline}.', { dataset: run.dataset.name, baseline: baseline.name })}
				</StateLine>
			)}
		</>
	);
}

/** Says which samples were given up, by which combination if there are several, and why. */
function describeGivenUp(
	{ first, last }: { first: string; last: string },
	arm: string | null,
	message: string,
): string {
	if (first === last) {
		return arm === null
			? t('Sample {first} was given up: {message}', { first, message })
			: t('Sample {first} was given up by {arm}: {message}', { first, arm, message });
	}
	return arm === null
		? t('Samples {first} to {last} were given up: {message}', { first, last, message })
		: t('Samples {first} to {last} were given up by {arm}: {message}', { first, last, arm, message });
}

/** For a re-scored run: the source of the outputs, the changes, and a link to it. */
function RescoredLine({ run }: { run: Run }) {
	const services = useServices();
	const { evaluations, layout } = services;
	const source = useStore(evaluations.state, ({ runs }) => runs.find(({ id }) => id === run.markedOf));
	const { marked } = run.manifest;
	if (marked === undefined) return null;
	const words = describeScorerChanges(run);
	const name = source?.name ?? t('run {runId}, {name} (deleted)', { runId: marked.runId, name: marked.name });
	return (
		<StateLine
			action={
				source === undefined ? null : (
					<>
						<Button size="sm" kind="ghost" onClick={() => openRun(services, source.id)}>
							{t('Open run')}
						</Button>
						<Button
							size="sm"
							kind="ghost"
							onClick={() =>
								layout.go({
									section: 'evaluate',
									part: formatEvaluateRoute({ kind: 'compare', ids: [source.id, run.id] }),
								})
							}
						>
							{t('Compare')}
						</Button>
					</>
				)
			}
		>
			{words === null
				? t('The outputs of {source}, re-scored. No answer was generated.', { source: name })
				: t('The outputs of {source}, re-scored: {changes}. No answer was generated.', {
						source: name,
						changes: words,
					})}
		</StateLine>
	);
}

/** A note about a run above its results, with an action. */
function StateLine({ action, children }: { action: ReactNode; children: ReactNode }) {
	return (
		<div className="flex flex-none items-center gap-3 border-b border-line bg-sunken min-h-8 py-0.5 pr-3 pl-5 text-xs text-ink-2">
			<p className="min-w-0 flex-1 text-pretty">{children}</p>
			{action}
		</div>
	);
}
