import { cpus } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';

/** Other programs may take this share of the processor; repeats of a speed then vary by a few per cent at most. */
export const quietShare = 0.15;

const sampleMs = 1_000;

/** Longest wait. After that the speed is measured anyway, and the conditions say how busy the computer was. */
const patienceMs = 10 * 60_000;

interface Times {
	readonly busy: number;
	readonly all: number;
}

function readTimes(): Times {
	let [busy, all] = [0, 0];
	for (const { times } of cpus()) {
		const sum = times.user + times.nice + times.sys + times.idle + times.irq;
		all += sum;
		busy += sum - times.idle;
	}
	return { busy, all };
}

/** The share of the processor that was in use over the next second, 0 to 1. */
async function readShareInUse(signal: AbortSignal): Promise<number> {
	const before = readTimes();
	await wait(sampleMs, undefined, { signal });
	const after = readTimes();
	return after.all === before.all ? 0 : (after.busy - before.busy) / (after.all - before.all);
}

/**
 * Resolves once the processor is nearly idle, or after ten minutes. Calls `onBusy` with the share in use. Rejects with the
 * signal's reason.
 */
export async function waitUntilQuiet(
	signal: AbortSignal,
	onBusy: (share: number) => void,
	read: (signal: AbortSignal) => Promise<number> = readShareInUse,
): Promise<void> {
	const until = performance.now() + patienceMs;
	while (performance.now() < until) {
		const share = await read(signal);
		signal.throwIfAborted();
		if (share <= quietShare) return;
		onBusy(share);
	}
}
