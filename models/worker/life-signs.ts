/**
 * Memory that a worker's main thread shares with its heartbeat thread: when it last signalled that it is alive, and
 * since when it has been working. Milliseconds of the system's monotonic clock, which all threads share: performance.now
 * starts with each thread, and Date.now leaps when somebody sets the clock, which would look like a worker that hangs.
 */
const slots = { alive: 0, workingSince: 1 } as const;

const shared = new Float64Array(new SharedArrayBuffer(2 * Float64Array.BYTES_PER_ELEMENT));

export const sharedLifeSigns = shared.buffer;

function systemMs(): number {
	return Number(process.hrtime.bigint() / 1_000_000n);
}

/** How often the main thread signals that it is alive, ms. */
const aliveIntervalMs = 250;

/** Starts signalling that the main thread is alive; the timer does not keep the process running. */
export function showLifeSigns(): void {
	const show = (): void => {
		shared[slots.alive] = systemMs();
	};
	show();
	setInterval(show, aliveIntervalMs).unref();
}

/** Runs `work`, and lets the heartbeat report its duration. Nested calls count from the outermost. */
export async function reportWorking<T>(work: () => Promise<T>): Promise<T> {
	if (shared[slots.workingSince] !== 0) return await work();
	shared[slots.workingSince] = systemMs();
	try {
		return await work();
	} finally {
		shared[slots.workingSince] = 0;
	}
}

/** Reads both times in ms, for the heartbeat thread, from the memory that the main thread writes. */
export function readLifeSigns(buffer: ArrayBufferLike): { silentMs: number; workingMs: number } {
	const signs = new Float64Array(buffer);
	const now = systemMs();
	const since = signs[slots.workingSince] ?? 0;
	return {
		silentMs: Math.max(0, now - (signs[slots.alive] ?? now)),
		workingMs: since === 0 ? 0 : Math.max(0, now - since),
	};
}
