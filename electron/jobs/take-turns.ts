import { setTimeout as sleep } from 'node:timers/promises';

/** Longest stretch of work before other work gets its turn, ms: a frame has 16. */
export const sliceMs = 7;

/**
 * Returns a function to await between the steps of long work in the main process: once the steps have taken a few
 * milliseconds, other work gets its turn.
 */
export function takeTurns(): () => Promise<void> {
	let end = performance.now() + sliceMs;
	return async () => {
		if (performance.now() < end) return;
		await sleep(0);
		end = performance.now() + sliceMs;
	};
}
