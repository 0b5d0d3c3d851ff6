import { expect, test } from 'vitest';
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
