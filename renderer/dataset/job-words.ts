import type { Job } from '../../electron/contract/job/job.ts';
import { bytesOf, count, timeLeft } from '../design/format.ts';

/** "12,000 of 480,000 · 25 s left"; "Beginning" until there is a number. */
export function jobWords({ state, done, total, unit, rate, secondsLeft }: Job): string {
	if (state === 'queued') return 'Waits for other work';
	if (total === null) return 'Beginning';
	return [
		unit === 'bytes' ? bytesOf(done, total) : `${count(done)} of ${count(total)}`,
		rate === null || unit === 'bytes' ? null : `${count(Math.round(rate))}/s`,
		secondsLeft === null ? null : timeLeft(secondsLeft),
	]
		.filter((part) => part !== null)
		.join(' · ');
}
