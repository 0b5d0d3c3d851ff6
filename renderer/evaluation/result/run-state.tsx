import { useStore } from 'zustand';
import type { Run } from '../../../electron/contract/evaluation/run.ts';
import { Button } from '../../design/button.tsx';
import { formatCount, formatQuantity } from '../../design/format.ts';
import { FailureCard } from '../../design/state/failure-card.tsx';
import { useServices } from '../../services.ts';
import { formatEvaluateRoute } from '../place.ts';
import { isLive } from '../words.ts';
import { RescoredLine } from './head/marked-line.tsx';
import { StateLine } from './head/state-line.tsx';

/** What there is to do about a run that stands still: it stopped, was ended early, or some of its answers failed. */
export function RunState({ run }: { run: Run }) {
	const { evaluations, layout } = useServices();
	const busy = useStore(evaluations.state, (state) => state.busy[run.id]);
	const baseline = useStore(evaluations.state, ({ runs }) =>
		runs.find(({ id, baseline: is, dataset }) => is && id !== run.id && dataset.id === run.dataset.id),
	);
	const { done, total, errors } = run.progress;
	if (isLive(run.status) || run.status === 'paused') return null;
	const goOn = (
		<Button size="sm" busy={busy} onClick={() => void evaluations.resume(run.id)}>
			Go on
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
					Ended early: {formatCount(done)} of {formatQuantity(total, 'answer')} are there, and all numbers below are of
					those.
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
								Retry them
							</Button>
						) : null
					}
				>
					{formatQuantity(errors, 'answer')} of {formatCount(total)} failed
					{run.manifest.marked === undefined ? '' : ' in the run that made them'}. They are counted, and no part of the
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
							Compare with it
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
