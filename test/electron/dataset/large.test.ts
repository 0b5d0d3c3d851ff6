import { expect, test } from 'vitest';
import { datasetsForTest, ended, importing } from '../../support/dataset.ts';
import { watchProcess, writeManyRows } from '../../support/many-rows.ts';

/** The first part of the million that `million.soak.test.ts` does. */
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
	// 50 ms on a computer that does nothing else; tests share theirs.
	expect(longestBlockMs).toBeLessThan(500);

	const kept = await fixture.datasets.transfer.preview({ paths: [path] });
	await ended(fixture, kept);
	const again = fixture.datasets.transfer.start(kept.id, {
		...{ into: { kind: 'existing', datasetId: dataset.id, mode: 'append' }, mapping: null, table: null },
		...{ tags: [], duplicates: 'keep', limit: null },
	});
	fixture.events.subscribe((event) => {
		if (event.type === 'job' && event.job.id === again.id && event.job.done > 0) void fixture.jobs.cancel(again.id);
	});
	expect((await ended(fixture, again)).state).toBe('cancelled');
	expect(fixture.datasets.manage.version(version.id).samples).toBe(rows);
	const { total } = await fixture.datasets.list(version.id, {}, { offset: 0, limit: 1 });
	expect(total).toBe(rows);
});
