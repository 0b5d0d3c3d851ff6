import { useStore } from 'zustand';
import type { Run } from '../../../electron/contract/evaluation/run.ts';
import { Button } from '../../design/button.tsx';
import { count, counted } from '../../design/format.ts';
import { FailureCard } from '../../design/state/failure-card.tsx';
import { useServices } from '../../services.ts';
import { partOf } from '../place.ts';
import { isLive } from '../words.ts';

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
				<Line action={goOn}>
					Ended early: {count(done)} of {counted(total, 'answer')} are there, and all numbers below are of those.
				</Line>
			) : null}
			{run.givenUp.map(({ armId, first, last, failure }) => (
				<Line key={`${armId}/${first}`} action={null}>
					{first === last ? `Sample ${count(first + 1)} was` : `Samples ${count(first + 1)} to ${count(last + 1)} were`}{' '}
					given up
					{run.arms.length > 1 ? ` by ${run.arms.find(({ id }) => id === armId)?.label ?? ''}` : ''}: {failure.message}
				</Line>
			))}
			{errors > 0 ? (
				<Line
					action={
						<Button size="sm" busy={busy} onClick={() => void evaluations.retry(run.id)}>
							Retry them
						</Button>
					}
				>
					{counted(errors, 'answer')} of {count(total)} failed. They are counted, and no part of the means.
				</Line>
			) : null}
			{baseline === undefined || done === 0 ? null : (
				<Line
					action={
						<Button
							size="sm"
							kind="ghost"
							onClick={() =>
								layout.go({ section: 'evaluate', part: partOf({ kind: 'compare', ids: [baseline.id, run.id] }) })
							}
						>
							Compare with it
						</Button>
					}
				>
					The baseline of {run.dataset.name} is{' '}
					{baseline.name === run.name ? 'an earlier run of this name' : baseline.name}.
				</Line>
			)}
		</>
	);
}

function Line({ action, children }: { action: React.ReactNode; children: React.ReactNode }) {
	return (
		<div className="flex flex-none items-center gap-3 border-b border-line bg-sunken py-0.5 pr-3 pl-5 text-xs text-ink-2">
			<p className="min-w-0 flex-1 text-pretty">{children}</p>
			{action}
		</div>
	);
}
