/**
 * What the main thread of a worker shares with its beat thread: when it last showed that it is alive, and since when it
 * has been working. Milliseconds since the epoch, because the two threads' own clocks start at different moments.
 */
const slots = { alive: 0, workingSince: 1 } as const;

const shared = new Float64Array(new SharedArrayBuffer(2 * Float64Array.BYTES_PER_ELEMENT));

export const sharedLifeSigns = shared.buffer;

/** How often the main thread says that it is alive. */
const aliveIntervalMs = 250;

/** Starts saying that the main thread is alive; the timer keeps no process from ending. */
export function showLifeSigns(): void {
	const show = (): void => {
		shared[slots.alive] = Date.now();
	};
	show();
	setInterval(show, aliveIntervalMs).unref();
}

/** Runs `work`, and lets the beat say for how long. Calls within one another count from the outermost. */
export async function reportWorking<T>(work: () => Promise<T>): Promise<T> {
	if (shared[slots.workingSince] !== 0) return await work();
	shared[slots.workingSince] = Date.now();
	try {
		return await work();
	} finally {
		shared[slots.workingSince] = 0;
	}
}

/** For the beat thread: both times in ms, read from the memory that the main thread writes. */
export function readLifeSigns(buffer: ArrayBufferLike): { silentMs: number; workingMs: number } {
	const signs = new Float64Array(buffer);
	const now = Date.now();
	const since = signs[slots.workingSince] ?? 0;
	return {
		silentMs: Math.max(0, now - (signs[slots.alive] ?? now)),
		workingMs: since === 0 ? 0 : Math.max(0, now - since),
	};
}
