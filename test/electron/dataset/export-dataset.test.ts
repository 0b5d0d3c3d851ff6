import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import type {
	DatasetExportFormat,
	NewSample,
	Sample,
	SampleFilter,
} from '../../../electron/contract/dataset/schema.ts';
import { readSamples } from '../../../electron/dataset/read-version.ts';
import { type DatasetsForTest, datasetsForTest, ended, importing } from '../../support/dataset.ts';

const samples: readonly NewSample[] = [
	{
		key: 'one',
		input: 'Which is a metal?',
		target: 'iron',
		choices: ['wood', 'iron'],
		metadata: { task: 'mine', targetIndex: 1, deep: { a: [1, null] } },
		tags: ['a', 'b'],
		cluster: 'c1',
		split: 'train',
		variables: { level: '3', quote: 'say "hi", ok' },
	},
	{
		key: '=2+3',
		input: [
			{ role: 'system', content: 'Be brief.' },
			{ role: 'user', content: 'line one\nline two' },
		],
		target: '-5',
		metadata: { rejected: 'five' },
	},
	{ key: '3', input: 'no answer known', variables: { level: '4' } },
];

async function withSamples() {
	const fixture = datasetsForTest();
	const { id } = fixture.datasets.manage.create({ name: 'My set: 1/2', description: '' });
	const arriving = samples.map((sample) => ({ sample, source: { kind: 'written' } as const }));
	const { version } = await fixture.datasets.edit.change(id, { kind: 'add', arriving, skipKnown: false });
	return { fixture, versionId: version.id };
}

async function exported(
	fixture: DatasetsForTest,
	versionId: number,
	format: DatasetExportFormat,
	filter: SampleFilter = {},
) {
	const job = await ended(fixture, fixture.datasets.importExport.export(versionId, filter, format));
	expect(job.failure).toBeNull();
	const file = fixture.datasets.importExport.exported(job.id);
	return { ...file, text: readFileSync(file.path, 'utf8') };
}

const said = ({ key, input, target, choices, variables, metadata, tags, cluster, split }: Sample) => ({
	key,
	input,
	target,
	choices,
	variables,
	metadata,
	tags,
	cluster,
	split,
});

const lines = (text: string): unknown[] =>
	text
		.trimEnd()
		.split('\n')
		.map((line) => JSON.parse(line) as unknown);

test('samples exported as JSON Lines are unchanged when imported again', async () => {
	const { fixture, versionId } = await withSamples();
	const file = await exported(fixture, versionId, 'jsonl');
	expect(file).toMatchObject({ fileName: 'My-set-1-2-v1.jsonl', samples: 3, leftOut: 0 });
	const { version } = await importing(fixture, [file.path]);
	const again = [...readSamples(fixture.database, version.id)].map(said);
	expect(again).toEqual([...readSamples(fixture.database, versionId)].map(said));
	const frozen = await fixture.datasets.manage.freezeVersion(versionId);
	expect((await fixture.datasets.manage.freezeVersion(version.id)).sha256).toBe(frozen.sha256);
});

test('fine-tuning turns and preference pairs leave out samples without an answer, and report how many', async () => {
	const { fixture, versionId } = await withSamples();
	const messages = await exported(fixture, versionId, 'messages');
	expect(messages).toMatchObject({ samples: 2, leftOut: 1 });
	expect(lines(messages.text)[1]).toEqual({
		messages: [
			{ role: 'system', content: 'Be brief.' },
			{ role: 'user', content: 'line one\nline two' },
			{ role: 'assistant', content: '-5' },
		],
	});
	const pairs = await exported(fixture, versionId, 'preference');
	expect(pairs).toMatchObject({ samples: 1, leftOut: 2 });
	expect(lines(pairs.text)[0]).toMatchObject({
		chosen: [{ role: 'assistant', content: '-5' }],
		rejected: [{ role: 'assistant', content: 'five' }],
	});
	const again = await importing(fixture, [pairs.path]);
	expect([...readSamples(fixture.database, again.version.id)][0]).toMatchObject({
		target: '-5',
		metadata: { rejected: 'five' },
	});
});

test('a table keeps formulas as text and numbers as numbers, and is imported again by its columns', async () => {
	const { fixture, versionId } = await withSamples();
	const { text, path } = await exported(fixture, versionId, 'csv');
	expect(text).toContain(`'=2+3,`);
	expect(text).toContain(',-5,');
	expect(text).toContain('"say ""hi"", ok"');
	const { version } = await importing(fixture, [path]);
	const again = [...readSamples(fixture.database, version.id)];
	expect(again[0]).toMatchObject({ key: 'one', target: 'iron', split: 'train', tags: ['a', 'b'], cluster: 'c1' });
	expect(again[0]).toMatchObject({ choices: ['wood', 'iron'], variables: { level: '3', quote: 'say "hi", ok' } });
	expect(again[1]?.input).toEqual(samples[1]?.input);
});

test('promptfoo tests and Inspect samples are unchanged when imported again', async () => {
	const { fixture, versionId } = await withSamples();
	const tests = await exported(fixture, versionId, 'promptfoo', { splits: ['train'] });
	expect(parse(tests.text)).toEqual([
		{
			description: 'one',
			vars: { level: '3', quote: 'say "hi", ok', input: 'Which is a metal?' },
			assert: [{ type: 'contains', value: 'iron' }],
			metadata: { id: 'one', split: 'train', tags: ['a', 'b'] },
		},
	]);
	expect((await importing(fixture, [tests.path])).added).toBe(1);
	const inspect = await exported(fixture, versionId, 'inspect');
	expect(lines(inspect.text)[0]).toMatchObject({ id: 'one', target: 'B', choices: ['wood', 'iron'] });
	const { version } = await importing(fixture, [inspect.path], {
		into: { kind: 'new', name: 'Again', description: '' },
	});
	expect([...readSamples(fixture.database, version.id)][0]).toMatchObject({
		target: 'iron',
		metadata: { targetIndex: 1, task: 'mine' },
	});
});
