import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { expect, test, vi } from 'vitest';
import { all } from '../../../../electron/database/sql.ts';
import { datasetsForTest, ended, previewing, withSamples } from '../../../support/dataset.ts';
import { writeManyRows } from '../../../support/many-rows.ts';

type Fixture = ReturnType<typeof datasetsForTest>;

/** Permanently deletes a dataset that nothing uses. */
async function emptyTrash({ datasets }: Pick<Fixture, 'datasets'>): Promise<void> {
	const other = datasets.manage.create({ name: 'Other', description: '' });
	datasets.manage.remove(other.id);
	await datasets.manage.emptyTrash(null);
}

/** Resolves when a job of this kind has done part of its work. */
function underWay({ events }: Pick<Fixture, 'events'>, kind: string): Promise<void> {
	return new Promise((resolve) => {
		const stop = events.subscribe((event) => {
			if (event.type !== 'job' || event.job.kind !== kind || event.job.done === 0) return;
			stop();
			resolve();
		});
	});
}

test('emptying the trash does not touch a running import', async () => {
	const fixture = datasetsForTest();
	const { id } = await previewing(fixture, [await writeManyRows(20_000, 'csv')]);
	const begun = underWay(fixture, 'dataset-import');
	const job = fixture.datasets.importExport.start(id, {
		into: { kind: 'new', name: 'Arriving', description: '' },
		mapping: null,
		table: null,
		tags: [],
		duplicates: 'keep',
		limit: null,
	});
	await begun;
	await emptyTrash(fixture);
	expect(await ended(fixture, job)).toMatchObject({ state: 'done', failure: null });
	expect(fixture.datasets.manage.list(false).map(({ latest }) => latest.samples)).toEqual([20_000]);
});

test('emptying the trash does not touch a running change', async () => {
	const fixture = await withSamples(8_000);
	const { datasets, id } = fixture;
	const begun = underWay(fixture, 'dataset-change');
	const change = datasets.edit.change(id, { kind: 'tag', selection: { filter: {} }, add: ['held'], remove: [] });
	await begun;
	await emptyTrash(fixture);
	const { version, changed } = await change;
	expect(changed).toBe(8_000);
	expect((await datasets.list(version.id, { tags: ['held'] }, { offset: 0, limit: 1 })).total).toBe(8_000);
});

test('a copy that is cancelled leaves nothing, not even its name', async () => {
	const fixture = await withSamples(8_000);
	const { datasets, draftId, jobs } = fixture;
	const copying = datasets.manage.copy(draftId, 'Copy');
	const job = jobs.list().find(({ kind }) => kind === 'dataset-change');
	await jobs.cancel(job?.id ?? '');
	await expect(copying).rejects.toMatchObject({ code: 'cancelled' });
	const { id } = await datasets.manage.copy(draftId, 'Copy');
	expect(datasets.manage.get(id).dataset.latest.samples).toBe(8_000);
});

test('emptying the trash does not touch a copy that waits for its turn', async () => {
	const fixture = await withSamples(8_000);
	const { datasets, draftId, jobs } = fixture;
	const { promise: turn, resolve } = Promise.withResolvers<void>();
	jobs.start({ kind: 'dataset-change', title: 'Other', unit: 'samples', lane: 'dataset', work: () => turn });
	const copying = datasets.manage.copy(draftId, 'Copy');
	await emptyTrash(fixture);
	resolve();
	expect((await copying).latest.samples).toBe(8_000);
});

test('a draft does not change while it is copied', async () => {
	const fixture = await withSamples(8_000);
	const { datasets, id, draftId } = fixture;
	const copying = datasets.manage.copy(draftId, 'Copy');
	const change = datasets.edit.change(id, { kind: 'remove', selection: { filter: {} } });
	await expect(change).rejects.toMatchObject({ code: 'dataset-busy' });
	expect((await copying).latest.samples).toBe(8_000);
});

test('what is deleted for good leaves the log once a reader no longer needs it', async () => {
	const { database, datasets, id, path } = await withSamples(3);
	const inLog = (): boolean => readFileSync(`${path}-wal`).includes('question 1');
	const reader = new Database(path, { readonly: true });
	reader.exec('BEGIN');
	reader.prepare('SELECT count(*) FROM samples').get();
	datasets.manage.remove(id);
	const emptied = datasets.manage.emptyTrash(null);
	await vi.waitFor(() => expect(all(database, 'SELECT id FROM datasets')).toEqual([]), 20_000);
	await sleep(500);
	expect(inLog()).toBe(true);
	reader.close();
	await emptied;
	expect(inLog()).toBe(false);
});
