import type { Job } from '../../electron/contract/job/job.ts';
import { formatBytesOf, formatCount, formatTimeLeft } from '../design/format.ts';

/** "12,000 of 480,000 · 25 s left"; "Beginning" until there is a number. */
export function describeJobProgress({ state, done, total, unit, rate, secondsLeft }: Job): string {
	if (state === 'queued') return 'Waits for other work';
	if (total === null) return 'Beginning';
	return [
		unit === 'bytes' ? formatBytesOf(done, total) : `${formatCount(done)} of ${formatCount(total)}`,
		rate === null || unit === 'bytes' ? null : `${formatCount(Math.round(rate))}/s`,
		secondsLeft === null ? null : formatTimeLeft(secondsLeft),
	]
		.filter((part) => part !== null)
		.join(' · ');
}
