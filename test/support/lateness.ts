import { monitorEventLoopDelay } from 'node:perf_hooks';
import { onTestFinished } from 'vitest';

/**
 * Watches how long other programs keep this process from running. Returns the time that a promise of so many milliseconds
 * may take meanwhile, if both this process and another one had to wait as long as this one did: at most twice as long,
 * because what blocks this process itself looks the same.
 */
export function watchLateness(): (ms: number) => number {
	const late = monitorEventLoopDelay({ resolution: 1 });
	late.enable();
	onTestFinished(() => void late.disable());
	return (ms) => ms + Math.min(ms, (2 * late.max) / 1e6);
}
