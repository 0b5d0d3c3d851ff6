/** Most that the memory of the application may grow while a parser process reads a hostile file, bytes. */
const mostGrowth = 100_000_000;

/** Longest time for which the application may not answer, ms. */
const longestPause = 200;

/** What happened to this process since `hostEffects` was called. */
export interface HostEffects {
	readonly grewMuch: boolean;
	readonly paused: boolean;
	readonly grownBytes: number;
	readonly longestPauseMs: number;
}

/**
 * Watches the memory and the event loop of this process; the function that it returns ends that and reports. Time that
 * other processes had the processor for is no pause: this one's own processor time within it decides.
 */
export function hostEffects(): () => HostEffects {
	const before = process.memoryUsage.rss();
	let peak = before;
	let last = performance.now();
	let cpu = process.cpuUsage();
	let longestPauseMs = 0;
	const timer = setInterval(() => {
		const now = performance.now();
		const { user, system } = process.cpuUsage(cpu);
		longestPauseMs = Math.max(longestPauseMs, Math.min(now - last, (user + system) / 1_000));
		cpu = process.cpuUsage();
		last = now;
		peak = Math.max(peak, process.memoryUsage.rss());
	}, 10);
	return () => {
		clearInterval(timer);
		const grownBytes = peak - before;
		return { grewMuch: grownBytes > mostGrowth, paused: longestPauseMs > longestPause, grownBytes, longestPauseMs };
	};
}
