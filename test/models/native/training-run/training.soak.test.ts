import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { openTraining, type TrainingEnd } from '../../../../models/native/training-run/session.ts';
import { writeOrderSamples } from '../../../support/order-samples.ts';
import { starterModelPath } from '../../../support/starter-model.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

/** ASSAY_SOAK_MINUTES shortens it. */
const minutes = Number(process.env.ASSAY_SOAK_MINUTES ?? 120);

/** Growth that is allowed: the heap's own movement, and that of an hour of training. */
const movement = 15e6;
const growthPerHour = 10e6;

/** Time until the largest passes have come and the heap has its size, ms; a shorter run says nothing about memory. */
const warmUp = 300_000;

const median = (values: readonly number[]): number => values.toSorted((x, y) => x - y)[values.length >> 1] ?? 0;

/** Trains until the end of the run or `stopAfter`, and checks that the memory of its process stays the same. */
async function trainFlat(
	place: { model: string; data: string; folder: string },
	stopAfter: number,
	how: 'pause' | 'finish',
): Promise<{ end: TrainingEnd; first: number; last: number }> {
	const memory: { at: number; bytes: number }[] = [];
	const losses: number[] = [];
	let [from, tokens, checkpoints] = [0, 0, 0];
	const session = openTraining({
		training: {
			...{ ...place, objective: 'sft', name: 'Soak', threads: 1 },
			settings: {
				...{ packTokens: 256, maxTokens: 256, samplesPerStep: 2, epochs: 100, schedule: 'constant' },
				...{ learningRate: 2e-4, validateEvery: 50, patience: 0, checkpointSeconds: 120 },
			},
		},
		onFrame(frame) {
			if (frame.type === 'started') from = frame.step;
			else if (frame.type === 'checkpoint') checkpoints += 1;
			else if (frame.type === 'beat') memory.push({ at: performance.now(), bytes: frame.beat.residentBytes });
			else if (frame.type === 'point') {
				losses.push(frame.point.loss);
				({ tokens } = frame.point);
			}
		},
	});
	const began = performance.now();
	const report = setInterval(() => {
		const passed = ((performance.now() - began) / 60_000).toFixed(0);
		const resident = ((memory.at(-1)?.bytes ?? 0) / 1e6).toFixed(0);
		process.stdout.write(`minute ${passed}: step ${from + losses.length}, ${tokens} tokens, ${resident} MB\n`);
	}, 60_000);
	try {
		// Chat answers go first: every three minutes the process is held.
		for (let left = stopAfter; left > 0; left -= 180_000) {
			await Promise.race([sleep(Math.min(left, 180_000)), session.ended]);
			session.hold(true);
			await sleep(2000);
			session.hold(false);
		}
		session[how]();
		const end = await session.ended;
		const [start, stop] = [memory[0]?.at ?? 0, memory.at(-1)?.at ?? 0];
		const settled = start + warmUp;
		const fifth = (stop - settled) / 5;
		const first = median(memory.filter(({ at }) => at >= settled && at < settled + fifth).map(({ bytes }) => bytes));
		const last = median(memory.filter(({ at }) => at >= stop - fifth).map(({ bytes }) => bytes));
		const hours = (stop - settled) / 3_600_000;
		process.stdout.write(
			`${how}: steps ${from} to ${end.step}, ${tokens} tokens, ${((stop - start) / 60_000).toFixed(1)} min, ` +
				`${checkpoints} checkpoints, ${(first / 1e6).toFixed(1)} MB after warm-up, ${(last / 1e6).toFixed(1)} MB at the end\n`,
		);
		expect(end.step - from).toBe(losses.length);
		expect(checkpoints).toBeGreaterThanOrEqual(Math.floor(stopAfter / 600_000) + 1);
		if (stop - start > 2 * warmUp) expect(last - first).toBeLessThan(movement + growthPerHour * hours);
		return { end, first: losses[0] ?? 0, last: losses.at(-1) ?? 0 };
	} finally {
		clearInterval(report);
		session.kill(new Error('the test has ended'));
	}
}

test(
	'two hours of training are flat in memory, with a pause',
	async () => {
		const folder = temporaryFolder();
		const data = join(folder, 'data.jsonl');
		writeOrderSamples(data, 1500, 9);
		const place = { model: await starterModelPath(), data, folder: join(folder, 'run') };
		const all = minutes * 60_000;
		const paused = await trainFlat(place, all * 0.3, 'pause');
		expect(paused.end).toMatchObject({ outcome: 'paused', adapter: null });
		const resumed = await trainFlat(place, all * 0.7, 'finish');
		expect(resumed.end).toMatchObject({ outcome: 'stopped' });
		expect(resumed.end.step).toBeGreaterThan(paused.end.step);
		expect(resumed.last).toBeLessThan(paused.first);
	},
	minutes * 60_000 + 1_200_000,
);
