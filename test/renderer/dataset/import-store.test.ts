import { describe, expect, test } from 'vitest';
import type { ImportPreview } from '../../../electron/contract/dataset/schema.ts';
import type { Job } from '../../../electron/contract/jobs/schema.ts';
import { Failure } from '../../../models/contract/failure.ts';
import { createToastStore } from '../../../renderer/app/toast-store.ts';
import type { Connection } from '../../../renderer/connection/connection.ts';
import { createDatasetImportStore } from '../../../renderer/dataset/import-store.ts';
import { createJobWatch, describeDatasetJob } from '../../../renderer/dataset/job-watch.ts';
import { preview } from '../../support/fake-application/dataset/scenes.ts';
import { buildJob } from '../../support/fixtures/job.ts';

const job = (changes: Partial<Job> = {}): Job =>
	buildJob({
		kind: 'dataset-import',
		title: 'tickets.csv',
		unit: 'samples',
		id: 'a',
		done: 40,
		total: 160,
		...changes,
	});

const done = job({ state: 'done', done: 160, endedAt: 1 });

describe('waiting for a job', () => {
	const watchWith = (get: () => Promise<Job>) => createJobWatch({ client: { jobs: { get } } } as unknown as Connection);

	test('that ended before its id was known resolves', async () => {
		expect(await watchWith(async () => done).end(job())).toBe(true);
		expect(await watchWith(async () => job({ state: 'cancelled', endedAt: 1 })).end(job())).toBe(false);
	});

	test('that reports by events resolves, and forgets it at the end', async () => {
		const watch = watchWith(async () => job());
		const end = watch.end(job());
		await Promise.resolve();
		watch.apply(job({ done: 90 }));
		expect(watch.state.getState()).toMatchObject({ a: { done: 90 } });
		watch.apply(done);
		expect(await end).toBe(true);
		expect(watch.state.getState()).toEqual({});
	});

	test('that fails rejects with its failure', async () => {
		const failure = { code: 'disk-full', message: 'The disk is full.', next: [] };
		await expect(watchWith(async () => job({ state: 'failed', endedAt: 1, failure })).end(job())).rejects.toThrow(
			'The disk is full.',
		);
	});

	test('of an earlier application process rejects as unknown', async () => {
		const watch = watchWith(async () => {
			throw new Failure({ code: 'job-unknown', message: 'There is no such job.', next: [] });
		});
		await expect(watch.end(job())).rejects.toThrow('There is no such job.');
	});

	test('describes its progress in numbers', () => {
		expect(describeDatasetJob(job({ rate: 8_200, secondsLeft: 14 }))).toBe('40 of 160 · 8,200/s · 14 s left');
		expect(describeDatasetJob(job({ total: null }))).toBe('Starting');
		expect(describeDatasetJob(job({ state: 'queued' }))).toBe('Waiting for other work');
	});
});

describe('an import', () => {
	function flowWith(imports: object) {
		const client = { datasets: { imports }, jobs: { get: async () => done } };
		const connection = { client } as unknown as Connection;
		const toasts = createToastStore(() => 'datasets');
		const arrived: number[] = [];
		const flow = createDatasetImportStore(connection, createJobWatch(connection), toasts, ({ added }) =>
			arrived.push(added),
		);
		return { flow, toasts, arrived, step: () => flow.state.getState().flow };
	}
	const reads = { preview: async () => done, previewed: async () => preview };

	test('reads the file, shows a preview, and closes when everything is imported', async () => {
		const report = { added: 160, skipped: 0, duplicates: 0, renamed: 0, problems: [] };
		const { flow, arrived, toasts, step } = flowWith({ ...reads, start: async () => done, report: async () => report });
		flow.begin(null);
		await flow.read({ text: 'a;b' });
		expect(step()).toMatchObject({ step: 'preview', preview: { rows: 160 } });
		await flow.start({} as never);
		expect(flow.state.getState().open).toBe(false);
		expect(arrived).toEqual([160]);
		expect(toasts.state.getState().at(-1)?.text).toBe('160 samples imported');
	});

	test('stays open if rows were skipped', async () => {
		const report = { added: 150, skipped: 10, duplicates: 0, renamed: 0, problems: [] };
		const { flow, step } = flowWith({ ...reads, start: async () => done, report: async () => report });
		flow.begin(null);
		await flow.read({ text: 'a;b' });
		await flow.start({} as never);
		expect(flow.state.getState().open).toBe(true);
		expect(step()).toMatchObject({ step: 'report' });
	});

	test('that cannot start keeps the preview and gives the reason', async () => {
		const start = async () => {
			throw new Failure({ code: 'dataset-name-taken', message: 'There is a dataset of that name.', next: [] });
		};
		const { flow, step } = flowWith({ ...reads, start });
		flow.begin(null);
		await flow.read({ text: 'a;b' });
		await flow.start({} as never);
		expect(step()).toMatchObject({ step: 'preview', failure: { message: 'There is a dataset of that name.' } });
	});

	test('a late preview of an earlier reading is ignored', async () => {
		const answers: ((found: ImportPreview) => void)[] = [];
		const reread = () => new Promise<ImportPreview>((resolve) => answers.push(resolve));
		const { flow, step } = flowWith({ ...reads, reread });
		await flow.read({ text: 'a;b' });
		const first = flow.reread(null, null);
		const second = flow.reread(null, null);
		answers[1]?.({ ...preview, rows: 2 });
		await second;
		answers[0]?.({ ...preview, rows: 1 });
		await first;
		expect(step()).toMatchObject({ step: 'preview', rereading: false, preview: { rows: 2 } });
	});

	test('an unreadable file leads back to the choice, with the reason', async () => {
		const failing = async () => {
			throw new Failure({ code: 'nothing-readable', message: 'It is a picture.', next: [] });
		};
		const { flow, step } = flowWith({ ...reads, preview: failing });
		flow.begin(null);
		await flow.read({ text: 'x' });
		expect(step()).toMatchObject({ step: 'choose', failure: { message: 'It is a picture.' } });
	});
});
