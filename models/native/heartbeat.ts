import type { NativeHeartbeat } from '../contract/native/tasks.ts';

/** Frequent enough to see peak memory, rare enough to cost nothing, ms. */
export const heartbeatIntervalMs = 1000;

/** Returns the state of this process. */
export function readHeartbeat(): NativeHeartbeat {
	const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
	const residentBytes = process.memoryUsage.rss();
	return {
		cpuMs: Math.round((userCPUTime + systemCPUTime) / 1000),
		residentBytes,
		// Node reports it in kibibytes on every system.
		peakResidentBytes: Math.max(maxRSS * 1024, residentBytes),
	};
}
