import { describe, expect, test } from 'vitest';
import { all } from '../../../../electron/database/sql.ts';
import { adding, datasetsForTest, samplesOf, withSamples } from '../../../support/dataset.ts';
import { failureOf } from '../../../support/failure.ts';

describe('versions', () => {
	test('frozen versions with the same samples have the same hash', async () => {
		const one = await withSamples(20);
		const other = await withSamples(20);
		const frozen = await one.datasets.manage.freeze(one.id, 'first');
		expect(frozen).toMatchObject({ number: 1, note: 'first', samples: 20 });
		expect((await other.datasets.manage.freezeVersion(other.draftId)).sha256).toBe(frozen.sha256);
		const { version } = await one.datasets.edit.change(one.id, {
			kind: 'assign-split',
			selection: { filter: { text: 'question 3' } },
			split: 'train',
		});
		expect((await one.datasets.manage.freeze(one.id, '')).sha256).not.toBe(frozen.sha256);
		expect(version.number).toBe(2);
	});

	test('a draft equal to the previous version is dropped', async () => {
		const { datasets, id } = await withSamples(5);
		const first = await datasets.manage.freeze(id, '');
		await datasets.manage.beginDraft(id);
		expect(await datasets.manage.freeze(id, '')).toEqual(first);
		expect(datasets.manage.get(id).versions).toHaveLength(1);
	});

	test('two versions differ by id: added, removed, changed, moved', async () => {
		const { datasets, id, draftId, ...fixture } = await withSamples(6);
		await datasets.manage.freeze(id, '');
		const [a, b, c] = samplesOf(fixture, draftId);
		await datasets.edit.change(id, { kind: 'remove', selection: { ids: [a?.id ?? 0] } });
		await datasets.edit.change(id, { kind: 'edit', sampleId: b?.id ?? 0, edit: { target: 'other' } });
		await datasets.edit.change(id, { kind: 'assign-split', selection: { ids: [c?.id ?? 0] }, split: 'train' });
		const { version } = await datasets.edit.change(id, adding([{ input: 'new', key: 'n' }]));
		const diff = await datasets.diff(draftId, version.id, { offset: 0, limit: 10 });
		expect(diff).toMatchObject({ same: 3, added: 1, removed: 1, changed: 1, moved: 1 });
		expect(diff.rows.map(({ key, kind }) => [key, kind])).toEqual([
			['2', 'changed'],
			['3', 'moved'],
			['n', 'added'],
			['1', 'removed'],
		]);
		expect(diff.rows[1]).toMatchObject({ fromSplit: 'test', toSplit: 'train' });
		expect(await datasets.diff(version.id, version.id, { offset: 0, limit: 10 })).toMatchObject({ same: 6, rows: [] });
	});

	test('an earlier version comes back as a draft, and the current draft is kept', async () => {
		const { datasets, id, draftId, ...fixture } = await withSamples(4);
		await datasets.manage.freeze(id, '');
		await datasets.edit.change(id, { kind: 'remove', selection: { filter: { text: 'question 2' } } });
		const back = await datasets.manage.bringBack(draftId);
		expect(back).toMatchObject({ number: 3, samples: 4, frozenAt: null });
		expect(datasets.manage.get(id).versions.map(({ number, samples }) => [number, samples])).toEqual([
			[3, 4],
			[2, 3],
			[1, 4],
		]);
		expect(datasets.manage.discard(id)).toMatchObject({ number: 2 });
		expect(samplesOf(fixture, draftId)).toHaveLength(4);
	});

	test('a version used by a run stays, and so does its dataset', async () => {
		const fixture = datasetsForTest({ runsWith: (ids) => (ids.includes(1) ? ['My run'] : []) });
		const { manage, edit } = fixture.datasets;
		const { id } = manage.create({ name: 'Mine', description: '' });
		await edit.change(id, adding([{ input: 'a' }]));
		const first = await manage.freeze(id, '');
		const { version } = await edit.change(id, adding([{ input: 'b' }]));
		await expect(manage.removeVersion(first.id)).rejects.toMatchObject({
			code: 'version-used',
			message: expect.stringContaining('My run'),
		});
		await manage.removeVersion(version.id);
		await expect(manage.removeVersion(first.id)).rejects.toMatchObject({ code: 'no-version-left' });
		manage.remove(id);
		expect(await manage.emptyTrash(null)).toEqual({ datasets: 0, kept: ['Mine'] });
	});

	test('removing a version removes its samples except for those that others contain', async () => {
		const { datasets, database, id, draftId } = await withSamples(3);
		await datasets.manage.freeze(id, '');
		await datasets.edit.change(id, adding([{ input: 'later' }]));
		await datasets.manage.freeze(id, '');
		await datasets.manage.removeVersion(draftId);
		expect(all(database, 'SELECT input FROM samples')).toHaveLength(4);
		const latest = datasets.manage.get(id).dataset.latest;
		await datasets.edit.change(id, { kind: 'remove', selection: { filter: { text: 'later' } } });
		await datasets.manage.freeze(id, '');
		await datasets.manage.removeVersion(latest.id);
		// A change can be undone until the next start, which deletes the text, too.
		datasets.recover();
		await expect.poll(() => all(database, 'SELECT input FROM samples').length, { timeout: 10_000 }).toBe(3);
	});
});

describe('datasets', () => {
	test('names are unique regardless of case, and a restored dataset gets another one if needed', async () => {
		const { manage } = datasetsForTest().datasets;
		const { id } = manage.create({ name: '  My\nset ', description: 'for me' });
		expect(manage.list(false).map(({ name }) => name)).toEqual(['My set']);
		expect(await failureOf(() => manage.create({ name: 'MY SET', description: '' }))).toMatchObject({
			code: 'dataset-name-taken',
		});
		manage.remove(id);
		expect(await failureOf(() => manage.rename({ id, name: 'x' }))).toMatchObject({ code: 'dataset-in-trash' });
		manage.create({ name: 'My set', description: '' });
		expect(manage.restore(id).name).toBe('My set 2');
	});

	test('a copy contains everything and is independent', async () => {
		const { datasets, id, draftId, ...fixture } = await withSamples(5);
		const copy = await datasets.manage.copy(draftId, 'Copy');
		await datasets.edit.change(copy.id, { kind: 'remove', selection: { filter: {} } });
		expect(samplesOf(fixture, draftId)).toHaveLength(5);
		expect(datasets.manage.get(id).dataset.latest.samples).toBe(5);
	});
});
