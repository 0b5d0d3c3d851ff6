import type { NativeHeartbeat } from '../contract/native/tasks.ts';

/** Often enough to see the peak of memory, rarely enough to cost nothing, ms. */
export const heartbeatIntervalMs = 1000;

/** How this process is doing. */
export function readHeartbeat(): NativeHeartbeat {
	const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
	const residentBytes = process.memoryUsage.rss();
	return {
		cpuMs: Math.round((userCPUTime + systemCPUTime) / 1000),
		residentBytes,
		// Node counts it in kibibytes on every system.
		peakResidentBytes: Math.max(maxRSS * 1024, residentBytes),
	};
}
