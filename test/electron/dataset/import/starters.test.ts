import { expect, test } from 'vitest';
import { run } from '../../../../electron/database/sql.ts';
import { starters } from '../../../../electron/dataset/import/starters.ts';
import { readSamples } from '../../../../electron/dataset/read-version.ts';
import { datasetsForTest, datasetsOn } from '../../../support/dataset.ts';

const own = { startersFolder: undefined } as object;

test('the list is never empty: frozen sets, each with 40 samples to test and some examples', () => {
	const { database, datasets } = datasetsForTest(own);
	const sets = datasets.manage.list(false);
	expect(sets.map(({ starterId }) => starterId).toSorted()).toEqual(starters.map(({ id }) => id).toSorted());
	for (const { latest, starterId } of sets) {
		expect(latest.sha256).toMatch(/^[0-9a-f]{64}$/);
		const samples = [...readSamples(database, latest.id)];
		// A long conversation is as much text as a dozen other samples.
		const least = starterId === 'conversations' ? 20 : 40;
		expect(samples.filter(({ split }) => split === 'test').length).toBeGreaterThanOrEqual(least);
		expect(samples.every(({ tags, key }) => tags.length > 0 && key !== '')).toBe(true);
		expect(new Set(samples.map(({ key }) => key)).size).toBe(samples.length);
		expect(new Set(samples.map(({ input }) => input)).size).toBe(samples.length);
		if (['instructions', 'tools', 'documents', 'conversations'].includes(starterId ?? '')) continue;
		expect(samples.filter(({ split }) => split === 'examples')).toHaveLength(5);
		expect(samples.every(({ target }) => target !== null)).toBe(true);
	}
});

test('the sets’ answers are right: sums are, JSON parses, targets are among the choices, instructions have arguments', () => {
	const { database, datasets } = datasetsForTest(own);
	const samplesOf = (id: string) => {
		const set = datasets.manage.list(false).find(({ starterId }) => starterId === id);
		return [...readSamples(database, set?.latest.id ?? 0)];
	};
	for (const { input, target } of samplesOf('arithmetic')) {
		const sum = /^What is (-?[\d.]+) ([-+×÷]) (-?[\d.]+)\?$/.exec(String(input));
		if (sum === null) continue;
		const [a, b] = [Number(sum[1]), Number(sum[3])];
		const result = { '+': a + b, '-': a - b, '×': a * b, '÷': a / b }[sum[2] ?? ''] ?? Number.NaN;
		expect(Number(target)).toBeCloseTo(result, 9);
	}
	for (const { target, variables } of samplesOf('extraction')) {
		const fields = Object.keys(JSON.parse(target ?? '') as object);
		for (const field of fields) expect(variables.fields).toContain(field);
	}
	for (const { choices, target, metadata } of samplesOf('classification')) {
		expect(choices?.[metadata.targetIndex as number]).toBe(target);
	}
	for (const { metadata } of samplesOf('instructions')) {
		const { instruction_id_list: ids, kwargs } = metadata as { instruction_id_list: string[]; kwargs: object[] };
		expect(ids.length).toBe(kwargs.length);
	}
});

test('a permanently deleted set stays away; one in the trash returns only by hand', async () => {
	const { database, path, datasets } = datasetsForTest(own);
	const [first, second] = datasets.manage.list(false);
	datasets.manage.remove(first?.id ?? 0);
	datasets.manage.remove(second?.id ?? 0);
	expect(await datasets.manage.emptyTrash([first?.id ?? 0])).toEqual({ datasets: 1, kept: [] });
	const again = datasetsOn(database, path, own).datasets;
	expect(again.manage.list(false)).toHaveLength(starters.length - 2);
	expect(again.manage.list(true).map(({ id }) => id)).toEqual([second?.id]);
	expect(again.manage.restore(second?.id ?? 0).deletedAt).toBeNull();
});

test('the first two sets keep their content when the folder is opened again', () => {
	const { database, path, datasets } = datasetsForTest(own);
	const before = datasets.manage.list(false).map(({ name, latest }) => [name, latest.sha256]);
	run(database, 'UPDATE datasets SET updated_at = updated_at');
	expect(
		datasetsOn(database, path, own)
			.datasets.manage.list(false)
			.map(({ name, latest }) => [name, latest.sha256]),
	).toEqual(before);
});
