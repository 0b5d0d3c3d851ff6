import { describe, expect, test } from 'vitest';
import { get } from '../../../../electron/database/sql.ts';
import { sortByDigit } from '../../../../electron/dataset/change/random-split.ts';
import { adding, samplesOf, withSamples } from '../../../support/dataset.ts';

describe('changing samples of a draft', () => {
	test('samples are appended with generated ids, edited under the same id, removed, and each change is undone', async () => {
		const { datasets, id, draftId, ...fixture } = await withSamples(3);
		const { edit } = datasets;
		const all = () => samplesOf(fixture, draftId).map(({ key, input, split }) => [key, input, split]);
		const before = all();
		expect(before).toEqual([
			['1', 'question 0', 'test'],
			['2', 'question 1', 'test'],
			['3', 'question 2', 'test'],
		]);
		const second = samplesOf(fixture, draftId)[1]?.id ?? 0;
		const edited = await edit.change(id, {
			kind: 'edit',
			sampleId: second,
			edit: { input: 'another', split: 'train' },
		});
		expect(edited).toMatchObject({ changed: 1, version: { id: draftId, samples: 3 } });
		expect(all()[1]).toEqual(['2', 'another', 'train']);
		expect(edit.sample(draftId, edited.sampleIds[0] ?? 0)).toMatchObject({ key: '2', target: '1' });
		// The old id works, too: it selects the sample with the same key.
		await edit.change(id, { kind: 'edit', sampleId: second, edit: { target: null } });
		expect(samplesOf(fixture, draftId)[1]).toMatchObject({ input: 'another', target: null });
		const removed = await edit.change(id, { kind: 'remove', selection: { filter: { splits: ['test'] } } });
		expect(removed).toMatchObject({ changed: 2, version: { samples: 1 } });
		const added = await edit.change(id, adding([{ input: 'new', key: '2' }]));
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

	test('an edit that changes nothing is no change', async () => {
		const { datasets, id, draftId, ...fixture } = await withSamples(2);
		const { revision } = datasets.manage.version(draftId);
		const [first] = samplesOf(fixture, draftId);
		const done = await datasets.edit.change(id, { kind: 'edit', sampleId: first?.id ?? 0, edit: { target: '0' } });
		expect(done).toMatchObject({ changed: 0, undoId: null, sampleIds: [first?.id] });
		expect(datasets.manage.version(draftId).revision).toBe(revision);
		await expect(
			datasets.edit.change(id, { kind: 'edit', sampleId: 999, edit: { target: 'x' } }),
		).rejects.toMatchObject({ code: 'sample-unknown' });
	});

	test('tags are added to and removed from a selection, and never in a frozen version', async () => {
		const { datasets, id, draftId, ...fixture } = await withSamples(4, (n) => ({ tags: n < 2 ? ['old'] : [] }));
		await datasets.manage.freeze(id, 'first');
		const frozen = JSON.stringify(samplesOf(fixture, draftId));
		const { version, changed } = await datasets.edit.change(id, {
			kind: 'tag',
			selection: { filter: { text: 'QUESTION' } },
			add: ['new'],
			remove: ['old'],
		});
		expect([changed, version.number, version.frozenAt]).toEqual([4, 2, null]);
		expect(samplesOf(fixture, version.id).every(({ tags }) => tags.join() === 'new')).toBe(true);
		expect(JSON.stringify(samplesOf(fixture, draftId))).toBe(frozen);
	});

	test('unchanged content is stored once for all versions', async () => {
		const { datasets, database, id } = await withSamples(50);
		await datasets.manage.freeze(id, '');
		await datasets.edit.change(id, { kind: 'assign-split', selection: { filter: {} }, split: 'train' });
		await datasets.manage.freeze(id, '');
		expect(get<{ n: number }>(database, 'SELECT count(*) AS n FROM samples')?.n).toBe(50);
		expect(get<{ n: number }>(database, 'SELECT count(*) AS n FROM dataset_version_samples')?.n).toBe(100);
	});

	test('in a large dataset a change runs in the worker, is reported as a job, and is undone', async () => {
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

	test('a change cancelled in the worker is undone', async () => {
		const { datasets, jobs, id, draftId, events, ...fixture } = await withSamples(4_000);
		const whole = { datasets, jobs, events, ...fixture };
		const before = JSON.stringify(samplesOf(whole, draftId));
		events.subscribe((event) => {
			// On the first report: by the next one the change may be complete.
			if (event.type === 'job' && event.job.done > 0 && event.job.endedAt === null) void jobs.cancel(event.job.id);
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

	test('shares are met to within one sample, and the same seed gives the same split in any order', async () => {
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

	test('many items, sorted by digits in small steps, equal a single sort', () => {
		const orders = Array.from({ length: 20_000 }, (_, n) => (n * 7_919_000_017) % 2 ** 32);
		const digit = (shift: number) => (item: number) => Math.floor((orders[item] ?? 0) / shift) % 2 ** 16;
		let items: Uint32Array = Uint32Array.from(orders, (_, item) => item);
		let count = 0;
		for (const shift of [1, 2 ** 16]) {
			const steps = sortByDigit(items, 2 ** 16, digit(shift));
			let next = steps.next();
			for (; next.done !== true; next = steps.next()) count += 1;
			items = next.value;
		}
		expect(Array.from(items, (item) => orders[item])).toEqual(orders.toSorted((one, other) => one - other));
		expect(count).toBeGreaterThan(10);
	});

	test('undo restores every split, and samples already in their split do not count as changed', async () => {
		const fixture = await withSamples(300, (n) => ({ split: n % 2 === 0 ? 'train' : 'old' }));
		const splits = () => samplesOf(fixture, fixture.draftId).map(({ split }) => split);
		const before = splits();
		const done = await fixture.datasets.edit.change(fixture.id, random);
		const after = splits();
		expect(done.changed).toBe(after.filter((split, n) => split !== before[n]).length);
		expect(after.filter((split) => split === 'train')).toHaveLength(240);
		await fixture.datasets.edit.undo(done.undoId ?? '');
		expect(splits()).toEqual(before);
	});

	test('every part keeps the proportions of a tag', async () => {
		const fixture = await withSamples(200, (n) => ({ tags: [n % 10 === 0 ? 'rare' : 'usual'] }));
		await fixture.datasets.edit.change(fixture.id, { ...random, stratify: { by: 'tags' } });
		const rare = samplesOf(fixture, fixture.draftId).filter(({ tags }) => tags.includes('rare'));
		expect(rare.filter(({ split }) => split === 'train')).toHaveLength(16);
		expect(rare.filter(({ split }) => split === 'test')).toHaveLength(4);
	});

	test('clusters stay together unless switched off', async () => {
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
