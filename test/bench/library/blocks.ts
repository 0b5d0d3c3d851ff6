import { setTimeout as delay } from 'node:timers/promises';

/** How long a timer is late without any work, ms: it has whole milliseconds. */
const timerMs = 1;

/** How long a thread was deaf to everything else, ms. */
export interface Blocks {
	/** By the clock: what somebody waits, other programs' work included. */
	readonly longestBlockMs: number;
	/** Of the thread's own work between two looks: the same on a busy machine. */
	readonly longestWorkMs: number;
}

/** Watches the thread that it is called on, until `stop`. */
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

/** Processor time that this thread has used. */
function workMs(): number {
	const { user, system } = process.threadCpuUsage();
	return (user + system) / 1000;
}

/** Takes `rounds` samples of `sample` in ms, with pauses in which everything else has its turn, and the longest blocks. */
export async function timed(
	rounds: number,
	sample: (round: number) => unknown,
): Promise<{ values: number[]; blocks: Blocks }> {
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
	return { values, blocks: watch.stop() };
}
