import { expect, test } from 'vitest';
import { adding, samplesOf, withSamples } from '../../../support/dataset.ts';
import { seededRandom } from '../../../support/seeded-random.ts';

type Fixture = Awaited<ReturnType<typeof withSamples>>;

/** Returns the differences, computed sample by sample. */
function told(fixture: Fixture, fromId: number, toId: number) {
	const [older, newer] = [fromId, toId].map(
		(id) => new Map(samplesOf(fixture, id).map((sample) => [sample.key, sample])),
	);
	const rows = [...(newer ?? [])].flatMap(([key, sample]) => {
		const before = older?.get(key);
		if (before === undefined) return [{ key, kind: 'added' }];
		if (before.id !== sample.id) return [{ key, kind: 'changed' }];
		return before.split === sample.split ? [] : [{ key, kind: 'moved' }];
	});
	const gone = [...(older?.keys() ?? [])].filter((key) => newer?.has(key) !== true);
	return [...rows, ...gone.map((key) => ({ key, kind: 'removed' }))];
}

test('the diff is the same page by page, at once, partial, and computed sample by sample', async () => {
	const fixture = await withSamples(3_000);
	const { datasets, id, draftId } = fixture;
	await datasets.manage.freeze(id, '');
	const next = seededRandom(3);
	const ids = samplesOf(fixture, draftId).map((sample) => sample.id);
	const some = (count: number) => ids.splice(Math.floor(next() * (ids.length - count)), count);
	const { version } = await datasets.edit.change(id, { kind: 'remove', selection: { ids: some(300) } });
	await datasets.edit.change(id, { kind: 'tag', selection: { ids: some(700) }, add: ['again'], remove: [] });
	await datasets.edit.change(id, { kind: 'assign-split', selection: { ids: some(500) }, split: 'train' });
	// With the id of a removed sample: it counts as the same sample, changed, at another position.
	await datasets.edit.change(
		id,
		adding(Array.from({ length: 900 }, (_, n) => ({ input: `new ${n}`, key: String(n + 1) }))),
	);
	for (const [fromId, toId] of [
		[draftId, version.id],
		[version.id, draftId],
	] as const) {
		const expected = told(fixture, fromId, toId);
		const read = async (partial: boolean) => {
			const rows: { key: string; kind: string }[] = [];
			for (;;) {
				const diff = await datasets.diff(fromId, toId, { offset: rows.length, limit: 170, partial });
				rows.push(...diff.rows.map(({ key, kind }) => ({ key, kind })));
				if (diff.rows.length === 0 && diff.looked === 1) return { rows, diff };
			}
		};
		for (const partial of [true, false]) {
			const { rows, diff } = await read(partial);
			expect(rows).toEqual(expected);
			const count = (kind: string) => expected.filter((row) => row.kind === kind).length;
			expect(diff).toMatchObject({ added: count('added'), removed: count('removed'), changed: count('changed') });
			expect(diff).toMatchObject({ moved: count('moved'), looked: 1 });
			expect(diff.same + diff.added + diff.changed + diff.moved).toBe(samplesOf(fixture, toId).length);
		}
	}
});
