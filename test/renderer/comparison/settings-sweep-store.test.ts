import { expect, test } from 'vitest';
import type { Sweep, SweepInput } from '../../../electron/contract/comparison/sweep.ts';
import type { Job } from '../../../electron/contract/jobs/schema.ts';
import type { ModelOptions } from '../../../electron/contract/library/schema.ts';
import { Failure } from '../../../models/contract/failure.ts';
import { createSweepStore } from '../../../renderer/comparison/settings-sweep-store.ts';
import type { Connection } from '../../../renderer/connection/connection.ts';
import { fakeSweep, fakeSweepJob } from '../../support/fake-application/sweep/handlers.ts';

function opened(known: { sweep: Sweep | null; job: Job | null } = { sweep: null, job: null }) {
	const asked: SweepInput[] = [];
	const cancelled: string[] = [];
	let options: ModelOptions = { contextSize: 2048, threads: 1 };
	const chosen = { threads: [1, 2], batchSizes: [512], cacheTypes: ['F16'], repetitions: 5, localScore: false };
	const client = {
		sweeps: {
			choices: async () => ({ offered: chosen, chosen }),
			estimate: async ({ threads }: SweepInput) => ({ seconds: 1, words: `About ${threads.length} s.` }),
			get: async () => known,
			start: async (input: SweepInput) => {
				asked.push(input);
				return fakeSweepJob();
			},
		},
		jobs: {
			get: async () => fakeSweepJob(),
			cancel: async ({ jobId }: { jobId: string }) => void cancelled.push(jobId),
		},
		models: {
			options: async () => ({ options }),
			setOptions: async (given: { options: ModelOptions }) => {
				options = given.options;
				return { options, reload: false };
			},
		},
	};
	const ends: string[] = [];
	const store = createSweepStore({ client } as unknown as Connection, (id, job) => ends.push(`${id} ${job.state}`));
	return { store, ends, known, asked, cancelled, options: () => options, state: store.state.getState };
}

test('the chosen settings are estimated, measured and shown when done', async () => {
	const { store, known, asked, state } = opened();
	await store.open(7);
	expect(state()).toMatchObject({ modelId: 7, estimate: 'About 2 s.', job: null, sweep: null });
	await store.change({ threads: [] });
	expect(state().estimate).toBe('');
	await store.change({ threads: [2] });
	expect(state().estimate).toBe('About 1 s.');
	await store.start();
	expect(asked).toMatchObject([{ id: 7, threads: [2], cacheTypes: ['F16'] }]);
	store.applyJob(fakeSweepJob({ id: 'another', done: 9 }));
	store.applyJob(fakeSweepJob({ done: 2000 }));
	expect(state().job?.done).toBe(2000);
	known.sweep = fakeSweep();
	store.applyJob(fakeSweepJob({ state: 'done', endedAt: 1 }));
	await expect.poll(() => state().sweep?.choose.threads).toBe(2);
	expect(state().job).toBeNull();
	store.again();
	expect(state().sweep).toBeNull();
});

test('a running sweep is joined and can be cancelled; a failed one shows its failure', async () => {
	const { store, cancelled, state, known } = opened({ sweep: null, job: fakeSweepJob() });
	await store.open(7);
	expect(state().job?.id).toBe('sweep');
	await store.cancel();
	expect([cancelled, state().job]).toEqual([['sweep'], null]);
	await store.start();
	const failure = new Failure({ code: 'x', message: 'No.', next: ['Try'] }).facts();
	store.applyJob(fakeSweepJob({ state: 'failed', endedAt: 1, failure }));
	expect(state()).toMatchObject({ job: null, failure: { code: 'x' } });
	known.job = fakeSweepJob({ state: 'failed', endedAt: 1, failure });
	store.close();
	await store.open(7);
	expect(state()).toMatchObject({ job: null, failure: { code: 'x' } });
});

test('the end of a sweep in a closed dialog is announced, unless it was cancelled', async () => {
	const { store, ends } = opened();
	for (const ended of ['done', 'failed', 'cancelled'] as const) {
		await store.open(7);
		await store.start();
		store.close();
		store.applyJob(fakeSweepJob({ done: 2000 }));
		store.applyJob(fakeSweepJob({ state: ended, endedAt: 1 }));
	}
	expect(ends).toEqual(['7 done', '7 failed']);
});

test('the measurably fastest settings are merged into the stored ones, and can be undone', async () => {
	const { store, options, state } = opened({ sweep: fakeSweep(), job: null });
	await store.open(7);
	const undo = await store.use();
	// No difference between the cache types was measured, so the type stays unchanged.
	expect([options(), state().applied]).toEqual([{ contextSize: 2048, threads: 2 }, 1]);
	await undo();
	expect([options(), state().applied]).toEqual([{ contextSize: 2048, threads: 1 }, 2]);
});
