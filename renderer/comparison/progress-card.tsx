import type { Comparison } from '../../electron/contract/comparison/schema.ts';
import { Button } from '../design/button.tsx';
import { FailureCard } from '../design/failure-card.tsx';
import { ProgressBar } from '../design/progress-bar.tsx';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { describeTimeLeft } from './comparison-wording.ts';
import { useCountdown } from './use-countdown.ts';

/** Progress, the current measurement and the time left, or the reason why it is paused. */
export function ProgressCard({ comparison }: { comparison: Comparison }) {
	const { comparisons } = useServices();
	const { id, status, done, total, doing, secondsLeft, secondsLeftLearned, waiting, failure } = comparison;
	const running = status === 'running' || status === 'waiting';
	const left = useCountdown(secondsLeft, status === 'running' && !waiting);
	const resume = (
		<Button size="sm" onClick={() => void comparisons.resume(id)}>
			{t('Resume')}
		</Button>
	);
	if (status === 'failed' && failure !== null) {
		return (
			<div className="mb-4">
				<FailureCard title={t('The comparison stopped')} failure={failure} actions={resume} />
			</div>
		);
	}
	const words =
		status === 'waiting'
			? t('Waiting until another measurement is complete')
			: status === 'paused'
				? t('Paused')
				: (doing ?? t('Starting'));
	const time = left === null ? null : describeTimeLeft(left, secondsLeftLearned);
	return (
		<section
			aria-label={t('Progress')}
			className="mb-4 flex items-center gap-4 rounded-lg border border-line bg-sunken px-3.5 py-2.5"
		>
			<div className="min-w-0 flex-1">
				<div className="mb-1.5 flex flex-wrap gap-x-3">
					<span className="min-w-0 flex-1 truncate font-medium">{words}</span>
					<span className="text-xs text-ink-2 tabular-nums" title={time?.source}>
						{time === null
							? t('{done} of {total, plural, one {# measurement} other {# measurements}}', { done, total })
							: t('{done} of {total, plural, one {# measurement} other {# measurements}}, {time}', {
									done,
									total,
									time: time.text,
								})}
					</span>
				</div>
				<ProgressBar
					value={total === 0 ? null : done / total}
					label={t('Comparison')}
					tone={running ? 'accent' : 'paused'}
				/>
			</div>
			{running ? (
				<Button size="sm" onClick={() => void comparisons.pause(id)}>
					{t('Pause')}
				</Button>
			) : (
				resume
			)}
		</section>
	);
}
