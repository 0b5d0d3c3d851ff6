import { setTimeout as delay } from 'node:timers/promises';

/** Delay of a timer on an idle machine, ms: timers have whole milliseconds. */
const timerMs = 1;

/** How long a thread handled no events, ms. */
export interface Blocks {
	/** Wall-clock time: what a user waits, including other programs' work. */
	readonly longestBlockMs: number;
	/** The thread's own processor time between two looks: the same on a busy machine. */
	readonly longestWorkMs: number;
}

/** Watches the thread that calls it, until `stop`. */
export function watchBlocks(): { stop(): Blocks } {
	let longestBlockMs = 0;
	let longestWorkMs = 0;
	let last = performance.now();
	let lastWork = workMs();
	let timer = setTimeout(look, timerMs);
	function look(): void {
		const [now, work] = [performance.now(), workMs()];
		longestBlockMs = Math.max(longestBlockMs, now - last - timerMs);
		longestWorkMs = Math.max(longestWorkMs, work - lastWork);
		[last, lastWork] = [now, work];
		timer = setTimeout(look, timerMs);
	}
	return {
		stop() {
			clearTimeout(timer);
			return { longestBlockMs, longestWorkMs };
		},
	};
}

/** Returns the processor time that this thread has used, ms. */
function workMs(): number {
	const { user, system } = process.threadCpuUsage();
	return (user + system) / 1000;
}

/** Takes `rounds` samples of `sample` in ms, with pauses for other work in between; also returns the longest blocks. */
export async function timed(
	rounds: number,
	sample: (round: number) => unknown,
): Promise<{ values: number[]; blocks: Blocks }> {
	const values: number[] = [];
	// Warm-up: compiling, caching and starting don't count.
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
	return { values, blocks: watch.stop() };
}
