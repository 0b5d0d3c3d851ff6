import { expect, test } from 'vitest';
import type { CheckInput, NewSample } from '../../../../electron/contract/dataset/schema.ts';
import { readSamples } from '../../../../electron/dataset/read-version.ts';
import { createDatabase } from '../../../support/database.ts';
import {
	type DatasetsForTest,
	datasetsForTest,
	datasetsOn,
	ended,
	importing,
	sharedData,
} from '../../../support/dataset.ts';
import { scriptedModels } from '../../../support/scripted-models.ts';

const usual = { nearThreshold: 0.8, personal: ['email', 'phone', 'iban', 'card', 'ip'], modelFileId: null } as const;

async function checked(fixture: DatasetsForTest, versionId: number, input: Partial<CheckInput> = {}) {
	const { checks } = fixture.datasets;
	const job = await ended(fixture, checks.start({ versionId, ...usual, personal: [...usual.personal], ...input }));
	expect(job.failure).toBeNull();
	return { jobId: job.id, report: checks.report(job.id) };
}

async function withSamples(samples: readonly NewSample[], fixture = datasetsForTest()) {
	const { id } = fixture.datasets.manage.create({ name: 'Mine', description: '' });
	const arriving = samples.map((sample) => ({ sample, source: { kind: 'written' } as const }));
	const { version } = await fixture.datasets.edit.change(id, { kind: 'add', arriving, skipKnown: false });
	return { fixture, id, version };
}

test('one check reports duplicates, exact and near, conflicts, overlap of splits, lengths and personal data', async () => {
	const long = 'Explain to a child of seven years why the sky over the sea looks blue during the day';
	const { fixture, id, version } = await withSamples([
		{ key: 'a', input: 'What is the capital of France?', target: 'Paris', split: 'train' },
		{ key: 'b', input: 'what is the capital of FRANCE', target: 'Paris', split: 'test' },
		{ key: 'c', input: 'What is the  capital of France ?', target: 'Lyon', split: 'test' },
		{ key: 'd', input: long, target: null },
		{ key: 'e', input: `${long}light`, target: 'x' },
		{ key: 'f', input: 'Write to max@muster.de about it', target: 'ok', variables: { card: '4111111111111111' } },
		{ key: 'g', input: 'Which one?', target: 'z', choices: ['x', 'y'] },
		{ key: 'h', input: 'Which one?', target: 'p', choices: ['p', 'q'] },
		{ key: 'i', input: '   ' },
	]);
	const { jobId, report } = await checked(fixture, version.id);
	expect(report).toMatchObject({ samples: 9, withoutTarget: 2, emptyInputs: 1, targetNotAChoice: 1, conflicts: 1 });
	expect(report.exact.pairs.map(({ first, second, sameTarget }) => [first.key, second.key, sameTarget])).toEqual([
		['a', 'b', true],
		['a', 'c', false],
	]);
	expect(report.near.pairs.map(({ first, second }) => [first.key, second.key])).toEqual([['d', 'e']]);
	expect(report.near.pairs[0]?.similarity).toBeGreaterThan(0.9);
	expect(report.overlap).toEqual([{ splits: ['test', 'train'], count: 2 }]);
	expect(report.lengths).toMatchObject({ unit: 'words', counted: 9, input: { max: 18, min: 0 } });
	expect(report.personal.byKind.toSorted((x, y) => (x.kind < y.kind ? -1 : 1))).toEqual([
		{ kind: 'card', count: 1 },
		{ kind: 'email', count: 1 },
	]);
	expect(report.personal.findings[0]).toMatchObject({
		key: 'f',
		field: 'input',
		found: 'max@muster.de',
		before: 'Write to ',
	});

	const { datasetId, ids } = fixture.datasets.checks.removable(jobId, 'near', true);
	const removed = await fixture.datasets.edit.change(datasetId, { kind: 'remove', selection: { ids: [...ids] } });
	expect(removed.changed).toBe(3);
	expect([...readSamples(fixture.database, version.id)].map(({ key }) => key)).toEqual(['a', 'd', 'f', 'g', 'h', 'i']);

	const redacted = await fixture.datasets.edit.change(id, {
		kind: 'redact',
		selection: { filter: {} },
		kinds: ['email', 'card'],
	});
	expect(redacted).toMatchObject({ changed: 1, replaced: 2 });
	const inputs = () => [...readSamples(fixture.database, version.id)].map(({ input }) => input);
	expect(inputs()).toContain('Write to [email] about it');
	await fixture.datasets.edit.undo(redacted.undoId ?? '');
	expect(inputs()).toContain('Write to max@muster.de about it');
});

test('variants that differ only in numbers are reported, and kept unless selected for removal', async () => {
	const question = (n: number) =>
		`A shop sells apples for ${n} cents each, and Tom buys a dozen of them on a Monday. What does he pay?`;
	const { fixture, version } = await withSamples([{ input: question(20) }, { input: question(35) }]);
	const { jobId, report } = await checked(fixture, version.id);
	expect(report.near.pairs).toMatchObject([{ onlyNumbers: true }]);
	expect(fixture.datasets.checks.removable(jobId, 'near', true).ids).toHaveLength(0);
	expect(fixture.datasets.checks.removable(jobId, 'near', false).ids).toHaveLength(1);
	expect((await checked(fixture, version.id, { nearThreshold: null })).report.near).toEqual({
		threshold: null,
		count: 0,
		pairs: [],
		complete: true,
	});
});

test('a loaded model counts tokens; a model that is not loaded is a failure', async () => {
	const { database, path } = createDatabase();
	const models = scriptedModels({ database });
	const { fixture, version } = await withSamples(
		[{ input: 'one two three', target: 'four' }],
		datasetsOn(database, path, { models }),
	);
	const { report } = await checked(fixture, version.id, { modelFileId: models.file.id });
	expect(report.lengths).toMatchObject({ unit: 'tokens', modelName: models.file.name, counted: 1 });
	expect(report.lengths.input.max).toBeGreaterThan(0);
	const away = { ...models, loaded: () => null };
	const other = datasetsOn(database, path, { models: away });
	expect(() =>
		other.datasets.checks.start({ versionId: version.id, ...usual, personal: [], modelFileId: models.file.id }),
	).toThrow(expect.objectContaining({ code: 'model-not-loaded' }));
});

test('GSM8K, 1,319 questions: no exact duplicates or personal data, and near pairs reach the threshold', async (context) => {
	const fixture = datasetsForTest();
	const { version } = await importing(fixture, [sharedData(context, 'gsm8k', 'test.jsonl')]);
	const { report } = await checked(fixture, version.id);
	expect(report).toMatchObject({
		samples: 1_319,
		withoutTarget: 0,
		emptyInputs: 0,
		exact: { count: 0 },
		personal: { count: 0 },
	});
	expect(report.lengths.input.median).toBeGreaterThan(30);
	for (const { similarity } of report.near.pairs) expect(similarity).toBeGreaterThanOrEqual(0.8);
});
