import type { Comparison } from '../../electron/contract/comparison/schema.ts';
import { Button } from '../design/button.tsx';
import { FailureCard } from '../design/failure-card.tsx';
import { formatTimeLeft } from '../design/format.ts';
import { ProgressBar } from '../design/progress-bar.tsx';
import { useServices } from '../services.ts';

/** Progress and the current measurement, or the reason why it is paused. */
export function ProgressCard({ comparison }: { comparison: Comparison }) {
	const { comparisons } = useServices();
	const { id, status, done, total, doing, secondsLeft, failure } = comparison;
	const resume = (
		<Button size="sm" onClick={() => void comparisons.resume(id)}>
			Go on
		</Button>
	);
	if (status === 'failed' && failure !== null) {
		return (
			<div className="mb-4">
				<FailureCard title="The comparison stopped" failure={failure} actions={resume} />
			</div>
		);
	}
	const running = status === 'running' || status === 'waiting';
	const words =
		status === 'waiting' ? 'Waits for another comparison' : status === 'paused' ? 'Paused' : (doing ?? 'Starting');
	return (
		<section
			aria-label="Progress"
			className="mb-4 flex items-center gap-4 rounded-lg border border-line bg-sunken px-3.5 py-2.5"
		>
			<div className="min-w-0 flex-1">
				<div className="mb-1.5 flex gap-3">
					<span className="min-w-0 flex-1 truncate font-medium">{words}</span>
					<span className="text-xs text-ink-2 tabular-nums">
						{done} of {total} measurements
						{secondsLeft === null ? '' : `, ${formatTimeLeft(secondsLeft)}`}
					</span>
				</div>
				<ProgressBar
					value={total === 0 ? null : done / total}
					label="Comparison"
					tone={running ? 'accent' : 'paused'}
				/>
			</div>
			{running ? (
				<Button size="sm" onClick={() => void comparisons.pause(id)}>
					Pause
				</Button>
			) : (
				resume
			)}
		</section>
	);
}
