import type { ReactNode } from 'react';
import { useStore } from 'zustand';
import type { Run } from '../../../electron/contract/evaluation/schema.ts';
import { Button } from '../../design/button.tsx';
import { FailureCard } from '../../design/failure-card.tsx';
import { formatCount, formatQuantity } from '../../design/format.ts';
import { useServices } from '../../services.ts';
import { formatEvaluateRoute } from '../evaluate-route.ts';
import { openRun } from '../run-actions.ts';
import { isLive } from '../run-wording.ts';
import { describeScorerChanges } from './scorer-changes.ts';

/** Actions for a run that is not running: it stopped, was ended early, or has failed answers. */
export function RunNotices({ run }: { run: Run }) {
	const { evaluations, layout } = useServices();
	const busy = useStore(evaluations.state, (state) => state.busy[run.id]);
	const baseline = useStore(evaluations.state, ({ runs }) =>
		runs.find(({ id, baseline: is, dataset }) => is && id !== run.id && dataset.id === run.dataset.id),
	);
	const { done, total, errors } = run.progress;
	if (isLive(run.status) || run.status === 'paused') return null;
	const goOn = (
		<Button size="sm" busy={busy} onClick={() => void evaluations.resume(run.id)}>
			Resume
		</Button>
	);
	if (run.failure !== null && run.status === 'failed') {
		return (
			<div className="flex-none px-5 pt-3.5">
				<FailureCard title="The run stopped" failure={run.failure} actions={goOn} />
			</div>
		);
	}
	return (
		<>
			{run.status === 'cancelled' ? (
				<StateLine action={goOn}>
					Ended early: all figures below are from {formatCount(done)} of {formatQuantity(total, 'answer')}.
				</StateLine>
			) : null}
			{run.givenUp.map(({ armId, first, last, failure }) => (
				<StateLine key={`${armId}/${first}`} action={null}>
					{first === last
						? `Sample ${formatCount(first + 1)} was`
						: `Samples ${formatCount(first + 1)} to ${formatCount(last + 1)} were`}{' '}
					given up
					{run.arms.length > 1 ? ` by ${run.arms.find(({ id }) => id === armId)?.label ?? ''}` : ''}: {failure.message}
				</StateLine>
			))}
			<RescoredLine run={run} />
			{errors > 0 ? (
				<StateLine
					action={
						run.manifest.marked === undefined ? (
							<Button size="sm" busy={busy} onClick={() => void evaluations.retry(run.id)}>
								Retry failed answers
							</Button>
						) : null
					}
				>
					{formatQuantity(errors, 'answer')} of {formatCount(total)} failed
					{run.manifest.marked === undefined ? '' : ' in the original run'}. They are counted, but not part of the
					means.
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
							Compare
						</Button>
					}
				>
					The baseline of {run.dataset.name} is{' '}
					{baseline.name === run.name ? 'an earlier run of this name' : baseline.name}.
				</StateLine>
			)}
		</>
	);
}

/** For a re-scored run: the source of the outputs, the changes, and a link to it. */
function RescoredLine({ run }: { run: Run }) {
	const services = useServices();
	const { evaluations, layout } = services;
	const source = useStore(evaluations.state, ({ runs }) => runs.find(({ id }) => id === run.markedOf));
	const { marked } = run.manifest;
	if (marked === undefined) return null;
	const words = describeScorerChanges(run);
	return (
		<StateLine
			action={
				source === undefined ? null : (
					<>
						<Button size="sm" kind="ghost" onClick={() => openRun(services, source.id)}>
							Open run
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
							Compare
						</Button>
					</>
				)
			}
		>
			The outputs of {source?.name ?? `run ${marked.runId}, ${marked.name} (deleted)`}, rescored
			{words === null ? '' : `: ${words}`}. No answer was generated.
		</StateLine>
	);
}

/** A note about a run above its results, with an action. */
function StateLine({ action, children }: { action: ReactNode; children: ReactNode }) {
	return (
		<div className="flex flex-none items-center gap-3 border-b border-line bg-sunken py-0.5 pr-3 pl-5 text-xs text-ink-2">
			<p className="min-w-0 flex-1 text-pretty">{children}</p>
			{action}
		</div>
	);
}
