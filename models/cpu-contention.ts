import { cpus } from 'node:os';

/** Readings of the system and of this process. */
export interface CpuTimes {
	/** Time that all cores together have worked, ms. */
	readonly busyMs: number;
	/** Time that they have passed, working or not, ms. */
	readonly totalMs: number;
	/** Time that this process has worked, all threads together, ms. */
	readonly ownMs: number;
}

function readCpuTimes(): CpuTimes {
	let busyMs = 0;
	let idleMs = 0;
	for (const { times } of cpus()) {
		busyMs += times.user + times.nice + times.sys + times.irq;
		idleMs += times.idle;
	}
	const { user, system } = process.cpuUsage();
	return { busyMs, totalMs: busyMs + idleMs, ownMs: (user + system) / 1000 };
}

/** With more of all cores taken by other programs, a measured speed is not what the computer can do. */
const busyShare = 0.15;

/**
 * Starts watching the processor. The returned function says whether other programs kept more than 15 % of it busy since
 * then; false where the system reports no times.
 */
export function watchOtherPrograms(read: () => CpuTimes = readCpuTimes): () => boolean {
	const before = read();
	return () => {
		const after = read();
		const total = after.totalMs - before.totalMs;
		const others = after.busyMs - before.busyMs - (after.ownMs - before.ownMs);
		return total > 0 && others / total > busyShare;
	};
}
