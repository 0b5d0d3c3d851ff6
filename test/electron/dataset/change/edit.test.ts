import { describe, expect, test } from 'vitest';
import type { NewSample } from '../../../../electron/contract/dataset/change.ts';
import { all, get } from '../../../../electron/database/sql.ts';
import type { ChangeSpec } from '../../../../electron/dataset/change/order.ts';
import { readVersion } from '../../../../electron/dataset/read-version.ts';
import { type DatasetsForTest, datasetsForTest } from '../../../support/dataset.ts';
import { failureOf } from '../../../support/failure.ts';

const written = { kind: 'written' } as const;

function add(samples: readonly NewSample[], skipKnown = false): ChangeSpec {
	return { kind: 'add', arriving: samples.map((sample) => ({ sample, source: written })), skipKnown };
}

async function withSamples(count: number, more: (n: number) => Partial<NewSample> = () => ({})) {
	const fixture = datasetsForTest();
	const { id } = fixture.datasets.manage.create({ name: 'Mine', description: '' });
	const samples = Array.from({ length: count }, (_, n) => ({ input: `question ${n}`, target: `${n}`, ...more(n) }));
	for (let from = 0; from < count; from += 1_000) {
		await fixture.datasets.edit.change(id, add(samples.slice(from, from + 1_000)));
	}
	return { ...fixture, id, draftId: fixture.datasets.manage.get(id).dataset.latest.id };
}

function samplesOf({ database }: DatasetsForTest, versionId: number) {
	return [...readVersion(database, versionId)];
}

describe('samples of a draft', () => {
	test('are added at the end with made ids, edited under the same id, removed, and each change is taken back', async () => {
		const { datasets, id, draftId, ...fixture } = await withSamples(3);
		const { edit } = datasets;
		const all = () => samplesOf({ datasets, ...fixture }, draftId).map(({ key, input, split }) => [key, input, split]);
		const before = all();
		expect(before).toEqual([
			['1', 'question 0', 'test'],
			['2', 'question 1', 'test'],
			['3', 'question 2', 'test'],
		]);
		const second = samplesOf({ datasets, ...fixture }, draftId)[1]?.id ?? 0;
		const edited = await edit.change(id, {
			kind: 'edit',
			sampleId: second,
			edit: { input: 'another', split: 'train' },
		});
		expect(edited).toMatchObject({ changed: 1, version: { id: draftId, samples: 3 } });
		expect(all()[1]).toEqual(['2', 'another', 'train']);
		expect(edit.sample(draftId, edited.sampleIds[0] ?? 0)).toMatchObject({ key: '2', target: '1' });
		// By its old id, too: the sample of the same key is meant.
		await edit.change(id, { kind: 'edit', sampleId: second, edit: { target: null } });
		expect(samplesOf({ datasets, ...fixture }, draftId)[1]).toMatchObject({ input: 'another', target: null });
		const removed = await edit.change(id, { kind: 'remove', selection: { filter: { splits: ['test'] } } });
		expect(removed).toMatchObject({ changed: 2, version: { samples: 1 } });
		const added = await edit.change(id, add([{ input: 'new', key: '2' }]));
		expect(all()).toEqual([
			['2', 'another', 'train'],
			['2#2', 'new', 'test'],
		]);
		await edit.undo(added.undoId ?? '');
		expect(await edit.undo(removed.undoId ?? '')).toMatchObject({ samples: 3 });
		await edit.undo(edited.undoId ?? '');
		expect(all()).toEqual(before);
		await expect(edit.undo(removed.undoId ?? '')).rejects.toMatchObject({ code: 'undo-unknown' });
	});

	test('what changes nothing is no change', async () => {
		const { datasets, id, draftId, ...fixture } = await withSamples(2);
		const { revision } = datasets.manage.version(draftId);
		const [first] = samplesOf({ datasets, ...fixture }, draftId);
		const done = await datasets.edit.change(id, { kind: 'edit', sampleId: first?.id ?? 0, edit: { target: '0' } });
		expect(done).toMatchObject({ changed: 0, undoId: null, sampleIds: [first?.id] });
		expect(datasets.manage.version(draftId).revision).toBe(revision);
		await expect(
			datasets.edit.change(id, { kind: 'edit', sampleId: 999, edit: { target: 'x' } }),
		).rejects.toMatchObject({ code: 'sample-unknown' });
	});

	test('tags are added and taken away on a selection, and never touch a frozen version', async () => {
		const { datasets, id, draftId, ...fixture } = await withSamples(4, (n) => ({ tags: n < 2 ? ['old'] : [] }));
		await datasets.manage.freeze(id, 'first');
		const frozen = JSON.stringify(samplesOf({ datasets, ...fixture }, draftId));
		const { version, changed } = await datasets.edit.change(id, {
			kind: 'tag',
			selection: { filter: { text: 'QUESTION' } },
			add: ['new'],
			remove: ['old'],
		});
		expect([changed, version.number, version.frozenAt]).toEqual([4, 2, null]);
		expect(samplesOf({ datasets, ...fixture }, version.id).every(({ tags }) => tags.join() === 'new')).toBe(true);
		expect(JSON.stringify(samplesOf({ datasets, ...fixture }, draftId))).toBe(frozen);
	});

	test('content that stays the same is kept once, however many versions hold it', async () => {
		const { datasets, database, id } = await withSamples(50);
		await datasets.manage.freeze(id, '');
		await datasets.edit.change(id, { kind: 'assign-split', selection: { filter: {} }, split: 'train' });
		await datasets.manage.freeze(id, '');
		expect(get<{ n: number }>(database, 'SELECT count(*) AS n FROM samples')?.n).toBe(50);
		expect(get<{ n: number }>(database, 'SELECT count(*) AS n FROM dataset_version_samples')?.n).toBe(100);
	});

	test('in a large dataset a change is done on the thread, told of as a job, and taken back', async () => {
		const { datasets, jobs, id, draftId, ...fixture } = await withSamples(3_000);
		const whole = { datasets, jobs, ...fixture };
		const before = samplesOf(whole, draftId).map(({ split }) => split);
		const change = { kind: 'assign-split', selection: { filter: {} }, split: 'train' } as const;
		const going = datasets.edit.change(id, change);
		await expect(datasets.edit.change(id, change)).rejects.toMatchObject({ code: 'dataset-busy' });
		const done = await going;
		expect(done).toMatchObject({ changed: 3_000 });
		expect(jobs.list()[0]).toMatchObject({ kind: 'dataset-change', title: 'Mine', state: 'done', unit: 'samples' });
		expect(new Set(samplesOf(whole, draftId).map(({ split }) => split))).toEqual(new Set(['train']));
		await datasets.edit.undo(done.undoId ?? '');
		expect(samplesOf(whole, draftId).map(({ split }) => split)).toEqual(before);
	});

	test('cancelled in the middle, a change on the thread is taken back', async () => {
		const { datasets, jobs, id, draftId, events, ...fixture } = await withSamples(4_000);
		const whole = { datasets, jobs, events, ...fixture };
		const before = JSON.stringify(samplesOf(whole, draftId));
		events.subscribe((event) => {
			if (event.type === 'job' && event.job.done > 200 && event.job.endedAt === null) void jobs.cancel(event.job.id);
		});
		const change = datasets.edit.change(id, { kind: 'tag', selection: { filter: {} }, add: ['x'], remove: [] });
		await expect(change).rejects.toMatchObject({ code: 'cancelled' });
		expect(JSON.stringify(samplesOf(whole, draftId))).toBe(before);
		expect(datasets.manage.version(draftId).samples).toBe(4_000);
	});
});

describe('a random split', () => {
	const parts = [
		{ split: 'train', share: 0.8 },
		{ split: 'test', share: 0.2 },
	];
	const random = {
		kind: 'random-split',
		selection: { filter: {} },
		parts,
		seed: 7,
		stratify: null,
		keepClusters: true,
	} as const;

	test('has the shares to within one sample, and is the same for the same seed whatever the order', async () => {
		const one = await withSamples(101);
		const { splits } = await one.datasets.edit.change(one.id, random);
		expect(splits).toEqual([
			{ split: 'train', count: 81 },
			{ split: 'test', count: 20 },
		]);
		const again = await withSamples(101);
		await again.datasets.edit.change(again.id, random);
		const of = (fixture: typeof one) => samplesOf(fixture, fixture.draftId).map(({ split }) => split);
		expect(of(again)).toEqual(of(one));
		const other = await withSamples(101);
		await other.datasets.edit.change(other.id, { ...random, seed: 8 });
		expect(of(other)).not.toEqual(of(one));
	});

	test('keeps the mixture of a tag in every part', async () => {
		const fixture = await withSamples(200, (n) => ({ tags: [n % 10 === 0 ? 'rare' : 'usual'] }));
		await fixture.datasets.edit.change(fixture.id, { ...random, stratify: { by: 'tags' } });
		const rare = samplesOf(fixture, fixture.draftId).filter(({ tags }) => tags.includes('rare'));
		expect(rare.filter(({ split }) => split === 'train')).toHaveLength(16);
		expect(rare.filter(({ split }) => split === 'test')).toHaveLength(4);
	});

	test('never parts a cluster, unless it is told to', async () => {
		const fixture = await withSamples(90, (n) => ({ cluster: `passage ${Math.floor(n / 3)}` }));
		const splitsByCluster = () => {
			const found = new Map<string, Set<string>>();
			for (const { cluster, split } of samplesOf(fixture, fixture.draftId)) {
				found.set(cluster ?? '', (found.get(cluster ?? '') ?? new Set()).add(split));
			}
			return [...found.values()].map(({ size }) => size);
		};
		const { splits } = await fixture.datasets.edit.change(fixture.id, random);
		expect(Math.max(...splitsByCluster())).toBe(1);
		expect(splits).toEqual([
			{ split: 'train', count: 72 },
			{ split: 'test', count: 18 },
		]);
		await fixture.datasets.edit.change(fixture.id, { ...random, keepClusters: false });
		expect(Math.max(...splitsByCluster())).toBe(2);
	});
});

describe('versions', () => {
	test('a frozen one has the hash of what it says: the same samples, the same hash', async () => {
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

	test('a draft that says the same as the version before it is none', async () => {
		const { datasets, id } = await withSamples(5);
		const first = await datasets.manage.freeze(id, '');
		await datasets.manage.draft(id);
		expect(await datasets.manage.freeze(id, '')).toEqual(first);
		expect(datasets.manage.get(id).versions).toHaveLength(1);
	});

	test('the difference of two is by id: added, removed, changed, moved', async () => {
		const { datasets, id, draftId, ...fixture } = await withSamples(6);
		await datasets.manage.freeze(id, '');
		const [a, b, c] = samplesOf({ datasets, ...fixture }, draftId);
		await datasets.edit.change(id, { kind: 'remove', selection: { ids: [a?.id ?? 0] } });
		await datasets.edit.change(id, { kind: 'edit', sampleId: b?.id ?? 0, edit: { target: 'other' } });
		await datasets.edit.change(id, { kind: 'assign-split', selection: { ids: [c?.id ?? 0] }, split: 'train' });
		const { version } = await datasets.edit.change(id, add([{ input: 'new', key: 'n' }]));
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

	test('an earlier one comes back as a draft, and what the draft said is kept', async () => {
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
		expect(samplesOf({ datasets, ...fixture }, draftId)).toHaveLength(4);
	});

	test('one that a run was made with stays, and so does its dataset', async () => {
		const fixture = datasetsForTest({ runsWith: (ids) => (ids.includes(1) ? ['My run'] : []) });
		const { manage, edit } = fixture.datasets;
		const { id } = manage.create({ name: 'Mine', description: '' });
		await edit.change(id, add([{ input: 'a' }]));
		const first = await manage.freeze(id, '');
		const { version } = await edit.change(id, add([{ input: 'b' }]));
		await expect(manage.removeVersion(first.id)).rejects.toMatchObject({
			code: 'version-used',
			message: expect.stringContaining('My run'),
		});
		await manage.removeVersion(version.id);
		await expect(manage.removeVersion(first.id)).rejects.toMatchObject({ code: 'no-version-left' });
		manage.remove(id);
		expect(await manage.empty(null)).toEqual({ datasets: 0, kept: ['Mine'] });
	});

	test('removing one removes its samples, but not those that others hold', async () => {
		const { datasets, database, id, draftId } = await withSamples(3);
		await datasets.manage.freeze(id, '');
		await datasets.edit.change(id, add([{ input: 'later' }]));
		await datasets.manage.freeze(id, '');
		await datasets.manage.removeVersion(draftId);
		expect(all(database, 'SELECT input FROM samples')).toHaveLength(4);
		const latest = datasets.manage.get(id).dataset.latest;
		await datasets.edit.change(id, { kind: 'remove', selection: { filter: { text: 'later' } } });
		await datasets.manage.freeze(id, '');
		await datasets.manage.removeVersion(latest.id);
		// Until the next start a change can be taken back: then the text is gone, too.
		datasets.recover();
		await expect.poll(() => all(database, 'SELECT input FROM samples').length, { timeout: 10_000 }).toBe(3);
	});
});

describe('datasets', () => {
	test('have names of their own, whatever the case, and find another when they come out of the trash', async () => {
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

	test('are copied with all they hold, and the copy is one of its own', async () => {
		const { datasets, id, draftId, ...fixture } = await withSamples(5);
		const copy = await datasets.manage.copy(draftId, 'Copy');
		await datasets.edit.change(copy.id, { kind: 'remove', selection: { filter: {} } });
		expect(samplesOf({ datasets, ...fixture }, draftId)).toHaveLength(5);
		expect(datasets.manage.get(id).dataset.latest.samples).toBe(5);
	});
});
