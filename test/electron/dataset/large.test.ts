import { expect, test } from 'vitest';
import type { Job } from '../../../electron/contract/jobs/schema.ts';
import { get } from '../../../electron/database/sql.ts';
import { datasetsForTest, ended, importing, withSamples } from '../../support/dataset.ts';
import { watchProcess, writeManyRows } from '../../support/many-rows.ts';

/** A smaller version of `million.soak.test.ts`. */
const rows = 30_000;

test(`${rows.toLocaleString('en')} rows stream in on the thread: the main thread stays free, memory does not grow with them`, {
	timeout: 120_000,
}, async () => {
	const path = await writeManyRows(rows, 'csv');
	const fixture = datasetsForTest();
	const watch = watchProcess();
	const before = process.memoryUsage.rss();
	const { version, dataset } = await importing(fixture, [path]);
	const { peakBytes, longestBlockMs } = watch.end();
	expect(version.samples).toBe(rows);
	expect(peakBytes - before).toBeLessThan(350 * 1024 * 1024);
	// 50 ms on an idle computer; tests share theirs.
	expect(longestBlockMs).toBeLessThan(500);

	const kept = await fixture.datasets.importExport.preview({ paths: [path] });
	await ended(fixture, kept);
	const again = fixture.datasets.importExport.start(kept.id, {
		into: { kind: 'existing', datasetId: dataset.id, mode: 'append' },
		mapping: null,
		table: null,
		tags: [],
		duplicates: 'keep',
		limit: null,
	});
	fixture.events.subscribe((event) => {
		if (event.type === 'job' && event.job.id === again.id && event.job.done > 0) void fixture.jobs.cancel(again.id);
	});
	expect((await ended(fixture, again)).state).toBe('cancelled');
	expect(fixture.datasets.manage.version(version.id).samples).toBe(rows);
	const { total } = await fixture.datasets.list(version.id, {}, { offset: 0, limit: 1 });
	expect(total).toBe(rows);
});

test('permanent deletion is reported as a job; after a cancellation, the next one deletes the rest', async () => {
	const count = 6_000;
	const fixture = await withSamples(count);
	const { database, datasets, jobs, events, id } = fixture;
	const left = () => get<{ n: number }>(database, 'SELECT count(*) AS n FROM samples')?.n ?? -1;
	datasets.manage.remove(id);
	const cancelled = new Promise<Job>((resolve) => {
		const stop = events.subscribe((event) => {
			if (event.type !== 'job' || event.job.title !== 'Mine') return;
			if (event.job.endedAt !== null) {
				stop();
				resolve(event.job);
			} else if (event.job.done > 0) void jobs.cancel(event.job.id);
		});
	});
	expect(await datasets.manage.emptyTrash(null)).toEqual({ datasets: 1, kept: [] });
	const job = await cancelled;
	expect(job).toMatchObject({ kind: 'dataset-change', unit: 'samples', total: count, failure: null });
	expect(datasets.manage.list(true)).toEqual([]);
	const other = datasets.manage.create({ name: 'Other', description: '' });
	datasets.manage.remove(other.id);
	await datasets.manage.emptyTrash(null);
	expect(left()).toBe(0);
});
