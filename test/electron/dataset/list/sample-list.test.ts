import { describe, expect, test } from 'vitest';
import { run, transaction } from '../../../../electron/database/sql.ts';
import { type DatasetsForTest, datasetsForTest } from '../../../support/dataset.ts';

/** Creates a frozen version of `count` samples with one statement; every tenth position is a hole. */
function manySamples({ database }: DatasetsForTest, count: number, holes = true): number {
	return transaction(database, () => {
		run(database, `INSERT INTO datasets (id, name, created_at, updated_at) VALUES (1, 'Many', 1, 1)`);
		run(
			database,
			`INSERT INTO dataset_versions (id, dataset_id, number, samples, sha256, created_at, frozen_at)
			 VALUES (1, 1, 1, :count, 'x', 1, 1)`,
			{ count },
		);
		run(
			database,
			`WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < :count)
			 INSERT INTO samples (id, dataset_id, key, input, target, tags, variables, sha256, created_at)
			 SELECT i + 1, 1, 'k' || i, 'question number ' || i || ' about ' || (i % 97), 'answer ' || i,
			   CASE WHEN i % 10 = 0 THEN '["round"]' ELSE '[]' END, '{"n":"' || i || '"}', hex(i), 1 FROM n`,
			{ count },
		);
		run(
			database,
			`INSERT INTO dataset_version_samples (version_id, position, sample_id, split)
			 SELECT 1, CASE :holes WHEN 1 THEN id + id / 10 ELSE id END, id, CASE WHEN id % 5 = 0 THEN 'train' ELSE 'test' END
			 FROM samples`,
			{ holes: holes ? 1 : 0 },
		);
		return 1;
	});
}

describe('the list of samples', () => {
	test('every window of 3,000 samples is in order, whatever holes there are', async () => {
		const fixture = datasetsForTest();
		const versionId = manySamples(fixture, 3_000);
		for (const offset of [0, 1, 499, 500, 501, 1_499, 2_990]) {
			const { rows, total } = await fixture.datasets.list(versionId, {}, { offset, limit: 5 });
			expect(total).toBe(3_000);
			expect(rows.map(({ key }) => key)).toEqual(
				Array.from({ length: Math.min(5, 3_000 - offset) }, (_, n) => `k${offset + n}`),
			);
		}
		expect((await fixture.datasets.list(versionId, {}, { offset: 3_000, limit: 5 })).rows).toEqual([]);
	});

	test('text, tags, split and target filter the list, and a sample finds its index in it', async () => {
		const fixture = datasetsForTest();
		const { datasets } = fixture;
		const versionId = manySamples(fixture, 2_000);
		const list = (filter: object) => datasets.list(versionId, filter, { offset: 0, limit: 3 });
		expect(await list({ splits: ['train'] })).toMatchObject({
			total: 400,
			rows: [{ key: 'k4' }, { key: 'k9' }, { key: 'k14' }],
		});
		expect(await list({ tags: ['round'] })).toMatchObject({
			total: 200,
			rows: [{ key: 'k0', tags: ['round'] }, {}, {}],
		});
		expect(await list({ tags: ['round'], splits: ['train'] })).toMatchObject({ total: 0, rows: [] });
		expect(await list({ tags: [''] })).toMatchObject({ total: 1_800 });
		expect(await list({ text: 'NUMBER 199' })).toMatchObject({
			total: 11,
			rows: [{ key: 'k199' }, { key: 'k1990' }, {}],
		});
		expect(await list({ text: '100%' })).toMatchObject({ total: 0 });
		expect(await list({ target: 'none' })).toMatchObject({ total: 0 });
		expect(await list({ ids: [7, 3] })).toMatchObject({ total: 2, rows: [{ id: 3 }, { id: 7 }] });
		expect(await datasets.locate(versionId, { splits: ['train'] }, 15)).toBe(2);
		expect(await datasets.locate(versionId, { splits: ['train'] }, 14)).toBeNull();
		expect(await datasets.locate(versionId, {}, 2_000)).toBe(1_999);
	});

	test('letters of other scripts match in either case, and special characters of SQL match literally', async () => {
		const fixture = datasetsForTest();
		const { id } = fixture.datasets.manage.create({ name: 'x', description: '' });
		const inputs = ['Übung macht den Meister', 'ÜBUNG', '50% off_now', 'back\\slash'];
		const arriving = inputs.map((input) => ({ sample: { input }, source: { kind: 'written' } as const }));
		const { version } = await fixture.datasets.edit.change(id, { kind: 'add', arriving, skipKnown: false });
		const find = async (text: string) =>
			(await fixture.datasets.list(version.id, { text }, { offset: 0, limit: 9 })).rows.map(({ input }) => input);
		expect(await find('übung')).toEqual(['Übung macht den Meister', 'ÜBUNG']);
		expect(await find('Übung')).toEqual(['Übung macht den Meister', 'ÜBUNG']);
		expect(await find('0% o')).toEqual(['50% off_now']);
		expect(await find('f_n')).toEqual(['50% off_now']);
		expect(await find('k\\s')).toEqual(['back\\slash']);
	});

	test('turns show their last question, cut, and their number', async () => {
		const fixture = datasetsForTest();
		const { id } = fixture.datasets.manage.create({ name: 'x', description: '' });
		const sample = {
			input: [
				{ role: 'system' as const, content: 'Be brief.' },
				{ role: 'user' as const, content: 'a' },
				{ role: 'assistant' as const, content: 'b' },
				{ role: 'user' as const, content: 'c'.repeat(1_000) },
			],
			choices: ['x', 'y'],
		};
		const { version } = await fixture.datasets.edit.change(id, {
			kind: 'add',
			arriving: [{ sample, source: { kind: 'written' } }],
			skipKnown: false,
		});
		const { rows } = await fixture.datasets.list(version.id, {}, { offset: 0, limit: 1 });
		expect(rows[0]).toMatchObject({ input: 'c'.repeat(400), turns: 4, choices: 2, target: null });
	});

	test('a partial list grows call by call, and a call that waits gets all of it', async () => {
		const fixture = datasetsForTest();
		const { datasets } = fixture;
		const versionId = manySamples(fixture, 20_000);
		const looked: number[] = [];
		const totals: number[] = [];
		for (let partial = 0; partial < 1; partial = looked.at(-1) ?? 1) {
			const found = await datasets.list(versionId, { text: 'about 5' }, { offset: 0, limit: 3, partial: true });
			looked.push(found.looked);
			totals.push(found.total);
			expect(found.rows.length).toBe(Math.min(3, found.total));
		}
		expect(looked).toEqual(looked.toSorted((one, other) => one - other));
		expect(totals).toEqual(totals.toSorted((one, other) => one - other));
		const whole = await datasets.list(versionId, { text: 'about 5' }, { offset: 2_250, limit: 500 });
		expect(whole).toMatchObject({ total: totals.at(-1), looked: 1 });
		expect(whole.rows.at(-1)?.input).toMatch(/about 5/);
		expect(whole.rows).toHaveLength(whole.total - 2_250);
	});

	test('list and facets of 100,000 samples take a second or two, and the last page is immediate', async () => {
		const fixture = datasetsForTest();
		const versionId = manySamples(fixture, 100_000, false);
		const facets = await fixture.datasets.facets(versionId);
		expect(facets).toMatchObject({
			splits: [
				{ split: 'test', count: 80_000 },
				{ split: 'train', count: 20_000 },
			],
			tags: [{ tag: 'round', count: 10_000 }],
			variables: ['n'],
			withTarget: 100_000,
			withChoices: 0,
		});
		await fixture.datasets.list(versionId, {}, { offset: 0, limit: 1 });
		const began = performance.now();
		const { rows } = await fixture.datasets.list(versionId, {}, { offset: 99_950, limit: 50 });
		expect(rows.at(-1)?.key).toBe('k99999');
		expect(performance.now() - began).toBeLessThan(1_000);
	});
});
