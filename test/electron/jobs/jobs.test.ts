import { describe, expect, test } from 'vitest';
import type { Job } from '../../../electron/contract/jobs/schema.ts';
import { createEventBus } from '../../../electron/events.ts';
import { createJobs, type JobControl } from '../../../electron/jobs/jobs.ts';
import { createRateMeter } from '../../../electron/jobs/rate-meter.ts';
import { Failure } from '../../../models/contract/failure.ts';
import { failureOf } from '../../support/failure.ts';

function jobsForTest() {
	const told: Job[] = [];
	const events = createEventBus((error) => {
		throw error;
	});
	events.subscribe((event) => {
		if (event.type === 'job') told.push(event.job);
	});
	const jobs = createJobs({ events, clock: () => 7, log: () => {} });
	const start = (work: (control: JobControl) => Promise<void>, lane = 'one') =>
		jobs.start({ kind: 'import', title: 'a file', unit: 'bytes', lane, work });
	return { jobs, told, start };
}

/** A promise and the function that resolves it. */
function gate() {
	let open = (): void => {};
	const passed = new Promise<void>((resolve) => {
		open = resolve;
	});
	return { passed, open };
}

describe('jobs', () => {
	test('run one after the other in one lane, and in parallel in two', async () => {
		const { jobs, start } = jobsForTest();
		const first = gate();
		const order: string[] = [];
		start(async () => {
			await first.passed;
			order.push('first');
		});
		const second = start(async () => void order.push('second'));
		start(async () => void order.push('other lane'), 'two');
		await new Promise((resolve) => setTimeout(resolve, 5));
		expect(jobs.get(second.id).state).toBe('queued');
		first.open();
		await expect.poll(() => jobs.get(second.id).state).toBe('done');
		expect(order).toEqual(['other lane', 'first', 'second']);
	});

	test('report their progress, and end with everything done', async () => {
		const { jobs, told, start } = jobsForTest();
		const { id } = start(async ({ progress }) => progress(40, 100));
		await expect.poll(() => jobs.get(id).state).toBe('done');
		expect(told.map(({ state, done, total }) => [state, done, total])).toEqual([
			['queued', 0, null],
			['running', 0, null],
			['running', 40, 100],
			['done', 100, 100],
		]);
		expect(jobs.get(id)).toMatchObject({ startedAt: 7, endedAt: 7, rate: null, secondsLeft: null });
	});

	test('report why they failed', async () => {
		const { jobs, start } = jobsForTest();
		const { id } = start(async () => {
			throw new Failure({ code: 'import-unreadable', message: 'It is a recipe.', next: ['Choose another'] });
		});
		await expect.poll(() => jobs.get(id)).toMatchObject({ state: 'failed', failure: { code: 'import-unreadable' } });
	});

	test('count as cancelled only once their changes are undone; a waiting one never starts', async () => {
		const { jobs, start } = jobsForTest();
		const undone = gate();
		let begun = false;
		const first = start(async ({ signal }) => {
			await new Promise((resolve) => signal.addEventListener('abort', resolve));
			await undone.passed;
			throw new Error('stopped');
		});
		const second = start(async () => {
			begun = true;
		});
		expect((await jobs.cancel(second.id)).state).toBe('cancelled');
		await new Promise((resolve) => setTimeout(resolve, 5));
		const cancelled = jobs.cancel(first.id);
		expect(jobs.get(first.id).state).toBe('running');
		undone.open();
		expect(await cancelled).toMatchObject({ state: 'cancelled', failure: null });
		expect(begun).toBe(false);
	});

	test('count as done if they finished before they noticed the cancellation', async () => {
		const { jobs, start } = jobsForTest();
		const { id } = start(async ({ signal }) => {
			await new Promise((resolve) => signal.addEventListener('abort', resolve));
		});
		await new Promise((resolve) => setTimeout(resolve, 5));
		expect((await jobs.cancel(id)).state).toBe('done');
	});

	test('are reported as unknown after a restart', async () => {
		expect((await failureOf(() => jobsForTest().jobs.get('gone'))).code).toBe('job-unknown');
	});
});

test('a rate covers the last seconds, and the time left is null until it is known', () => {
	let now = 0;
	const meter = createRateMeter(() => now);
	const at = (seconds: number, done: number) => {
		now = seconds * 1000;
		return meter.update(done, 1000);
	};
	expect(at(0, 0)).toEqual({ rate: null, secondsLeft: null });
	expect(at(1, 100)).toEqual({ rate: 100, secondsLeft: null });
	expect(at(4, 400)).toEqual({ rate: 100, secondsLeft: 6 });
	for (let second = 5; second <= 10; second += 1) at(second, 400 + (second - 4) * 10);
	expect(at(11, 470).rate).toBeCloseTo(10, 0);
	expect(at(12, 0).rate).toBeNull();
});
