import { describe, expect, test } from 'vitest';
import { bestThreads, threadCounts, tryThreads } from '../../../models/worker/thread-choice.ts';
import { createThreadTuner } from '../../../models/worker/thread-tuner.ts';

/** Simulates a computer on which a token takes `tokenMs` for a thread count. */
function machine(tokenMs: (threads: number) => number) {
	let now = 0;
	let threads = 0;
	let speed = tokenMs;
	const changes: number[] = [];
	const counts = [1, 2];
	const tuner = createThreadTuner({
		counts,
		trials: counts.map((count) => ({ threads: count, tokensPerSecond: 1000 / tokenMs(count) })),
		setThreads: (count) => {
			threads = count;
		},
		changed: () => changes.push(threads),
		clock: () => now,
		watch: () => () => false,
	});
	return {
		tuner,
		changes,
		becomes(next: (threads: number) => number) {
			speed = next;
		},
		rest(ms: number) {
			now += ms;
		},
		/** Generates `tokens` and returns the duration. */
		answer(tokens: number, depth = 0): number {
			const began = now;
			tuner.begin();
			for (let token = 0; token < tokens; token += 1) {
				const ms = speed(threads);
				now += ms;
				tuner.generated(ms, depth + token);
			}
			return now - began;
		},
	};
}

const free = (threads: number): number => (threads === 2 ? 4 : 8);
/** One core is busy: threads that wait for each other are extremely slow. */
const busy = (threads: number): number => (threads === 2 ? 200 : 9);

describe('thread count', () => {
	test('the fastest measured count is used, or the smaller of nearly equal ones', () => {
		expect(
			bestThreads([
				{ threads: 2, tokensPerSecond: 200 },
				{ threads: 1, tokensPerSecond: 110 },
			]),
		).toBe(2);
		expect(
			bestThreads([
				{ threads: 2, tokensPerSecond: 112 },
				{ threads: 1, tokensPerSecond: 110 },
			]),
		).toBe(1);
	});

	test('it is soon remeasured when another program takes a core', () => {
		const { tuner, answer, becomes, changes } = machine(free);
		answer(100);
		expect(tuner.threads).toBe(2);
		becomes(busy);
		answer(100);
		expect(tuner.threads).toBe(1);
		expect(changes).toEqual([1]);
	});

	test('it is remeasured when the computer is free', () => {
		const { tuner, answer, becomes, rest } = machine(free);
		becomes(busy);
		answer(100);
		expect(tuner.threads).toBe(1);
		becomes(free);
		rest(10_000);
		answer(100);
		expect(tuner.threads).toBe(2);
	});

	test('repeated measurements cost little while the computer stays busy', () => {
		const { answer, becomes, rest } = machine(free);
		becomes(busy);
		answer(100);
		let spent = 0;
		for (let round = 0; round < 30; round += 1) {
			spent += answer(200);
			rest(2000);
		}
		expect(spent / (30 * 200 * busy(1))).toBeLessThan(1.1);
	});

	test('it stays when tokens get slower as the context fills', () => {
		const { tuner, answer, changes, becomes } = machine(free);
		for (let depth = 0; depth < 8000; depth += 500) {
			becomes((threads) => free(threads) * (1 + depth / 2000));
			answer(500, depth);
		}
		expect(tuner.threads).toBe(2);
		expect(changes.every((count) => count === 2)).toBe(true);
	});

	test('it is never measured if configured', () => {
		const given: number[] = [];
		const tuner = createThreadTuner({
			counts: [3],
			trials: [{ threads: 3, tokensPerSecond: 0 }],
			setThreads: (count) => given.push(count),
			changed: () => given.push(-1),
		});
		for (let token = 0; token < 100; token += 1) tuner.generated(token < 50 ? 5 : 500, token);
		expect(given).toEqual([3]);
	});
});

describe('trials', () => {
	test('all cores and fractions of them are tried', () => {
		expect([1, 2, 4, 8, 16].map(threadCounts)).toEqual([[1], [2, 1], [4, 3, 2, 1], [8, 6, 4, 2, 1], [16, 12, 8, 4, 1]]);
	});

	test('every count that there was time for has a speed, and trials end in time', async () => {
		let threads = 0;
		const began = performance.now();
		const trials = await tryThreads(
			[2, 1],
			(count) => {
				threads = count;
			},
			() => new Promise((resolve) => setTimeout(resolve, threads === 2 ? 10 : 20)),
		);
		expect(performance.now() - began).toBeLessThan(1500);
		expect(bestThreads(trials)).toBe(2);
		expect(trials).toHaveLength(2);
	});

	test('on a slow model they end when fewer threads are slower', async () => {
		let threads = 0;
		const trials = await tryThreads(
			[4, 2, 1],
			(count) => {
				threads = count;
			},
			() => new Promise((resolve) => setTimeout(resolve, 3000 / threads)),
		);
		expect(trials.map((trial) => trial.threads)).toEqual([4, 2]);
	});

	test('on a busy computer they continue with fewer threads although the time is up', async () => {
		let threads = 0;
		const trials = await tryThreads(
			[2, 1],
			(count) => {
				threads = count;
			},
			() => new Promise((resolve) => setTimeout(resolve, threads === 2 ? 1400 : 10)),
		);
		expect(bestThreads(trials)).toBe(1);
	});

	test('they are marked if other programs were busy meanwhile', async () => {
		const trials = async (busy: boolean) =>
			tryThreads(
				[2],
				() => {},
				() => new Promise((resolve) => setTimeout(resolve, 2)),
				() => () => busy,
			);
		expect((await trials(true)).map(({ underLoad }) => underLoad)).toEqual([true]);
		expect((await trials(false)).map(({ underLoad }) => underLoad)).toEqual([undefined]);
	});
});
