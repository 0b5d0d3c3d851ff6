import { setTimeout as delay } from 'node:timers/promises';

/** How long a timer is late without any work, ms: it has whole milliseconds. */
const timerMs = 1;

/** Watches the thread that it is called on: how long was it deaf to everything else? */
export interface BlockWatch {
	/** Ends the watch; the longest block in ms. */
	stop(): number;
}

export function watchBlocks(): BlockWatch {
	let longest = 0;
	let last = performance.now();
	let timer = setTimeout(look, timerMs);
	function look(): void {
		const now = performance.now();
		longest = Math.max(longest, now - last - timerMs);
		last = now;
		timer = setTimeout(look, timerMs);
	}
	return {
		stop() {
			clearTimeout(timer);
			return longest;
		},
	};
}

/** Takes `rounds` samples of `sample` in ms, with pauses in which everything else has its turn, and the longest block. */
export async function timed(
	rounds: number,
	sample: (round: number) => unknown,
): Promise<{ values: number[]; longestBlockMs: number }> {
	const values: number[] = [];
	// What is compiled, cached and started once is no part of it.
	for (let round = 0; round < Math.min(10, rounds); round += 1) await sample(round);
	await delay(50);
	const watch = watchBlocks();
	for (let round = 0; round < rounds; round += 1) {
		const started = performance.now();
		await sample(round);
		values.push(performance.now() - started);
		if (round % 10 === 0) await delay(2);
		else await delay(0);
	}
	return { values, longestBlockMs: watch.stop() };
}
