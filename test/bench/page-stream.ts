import type { Measurement } from './measurement.ts';
import { measureRenderer } from './renderer.ts';
import { median } from './statistics.ts';

export const renderer: Measurement = {
	name: 'renderer',
	about: "tasks over 50 ms on the page's thread while one answer of 5,000 tokens comes in at 1,000 tokens/s",
	unit: 'long tasks',
	target: { of: 'value', relation: 'at-most', limit: 0 },
	async run(context) {
		await context.release();
		const values: number[] = [];
		const longest: number[] = [];
		const frames: number[] = [];
		for (let round = 0; round < (context.quick ? 1 : 3); round += 1) {
			await context.settle();
			const { longTasksOver50ms, longestMs, framesPerSecond } = await measureRenderer();
			values.push(longTasksOver50ms);
			longest.push(longestMs);
			frames.push(framesPerSecond);
		}
		const details = { longestMs: Math.max(...longest), framesPerSecond: median(frames) };
		return { values, baselines: [], summary: 'max', details };
	},
};
