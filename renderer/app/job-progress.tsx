import type { Job } from '../../electron/contract/jobs/schema.ts';
import { formatBytesOf, formatBytesPerSecond, formatCount, formatPercent, formatTimeLeft } from '../design/format.ts';
import { ProgressBar } from '../design/progress-bar.tsx';
import { t } from '../messages/t.ts';

/** "431 of 1,020 MB · 24 MB/s · 25 s left" */
export function describeJobProgress({ state, done, total, unit, rate, secondsLeft }: Job): string {
	if (state === 'queued') return t('Waiting for another import or export');
	if (total === null) return t('Starting');
	return [
		unit === 'bytes'
			? formatBytesOf(done, total)
			: t('{done} of {total}', { done: formatCount(done), total: formatCount(total) }),
		rate === null || unit !== 'bytes' ? null : formatBytesPerSecond(rate),
		secondsLeft === null ? null : formatTimeLeft(secondsLeft),
	]
		.filter((part) => part !== null)
		.join(' · ');
}

/** Computes the completed share, from 0 to 1; null while it is unknown. */
export function computeJobFraction({ done, total }: Job): number | null {
	return total === null || total === 0 ? null : Math.min(1, done / total);
}

/** One job: name, progress, speed and time left. */
export function JobProgress({ name, fraction, figures }: { name: string; fraction: number | null; figures: string }) {
	return (
		<div>
			<div className="flex items-baseline gap-3">
				<span className="min-w-0 flex-1 truncate font-medium">{name}</span>
				<span className="text-xs text-ink-2 tabular-nums">{fraction === null ? '' : formatPercent(fraction)}</span>
			</div>
			<ProgressBar className="mt-2" label={name} value={fraction} />
			<p className="mt-2 text-xs text-ink-3 tabular-nums">{figures}</p>
		</div>
	);
}
