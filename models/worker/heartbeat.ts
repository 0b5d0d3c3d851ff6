import { writeSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { errorCodeOf } from '../error-code.ts';
import { type HeartbeatFrame, heartbeatDescriptor } from '../runtime/protocol.ts';
import { readLifeSigns, sharedLifeSigns, showLifeSigns } from './life-signs.ts';

const heartbeatIntervalMs = 1000;

/** Starts the heartbeat thread: it runs the entry file again, which then calls `runHeartbeat`. */
export function startHeartbeat(entry: URL, intervalMs = heartbeatIntervalMs): void {
	showLifeSigns();
	const thread = new Worker(entry, { workerData: { signs: sharedLifeSigns, intervalMs } });
	thread.unref();
}

/**
 * Runs the heartbeat thread. It never enters native code, so it continues while a decode or a load blocks everything
 * else.
 */
export function runHeartbeat({ signs, intervalMs }: { signs: SharedArrayBuffer; intervalMs: number }): void {
	const once = (): void => {
		const { userCPUTime, systemCPUTime, majorPageFault } = process.resourceUsage();
		const frame: HeartbeatFrame = {
			...readLifeSigns(signs),
			cpuMs: Math.round((userCPUTime + systemCPUTime) / 1000),
			pagesRead: majorPageFault,
			residentBytes: process.memoryUsage.rss(),
		};
		try {
			writeSync(heartbeatDescriptor, `${JSON.stringify(frame)}\n`);
		} catch (error) {
			if (errorCodeOf(error) === 'EAGAIN') return;
			// The host is gone. The main thread may be in native code, so it isn't asked.
			process.kill(process.pid, 'SIGKILL');
		}
	};
	once();
	setInterval(once, intervalMs);
}
