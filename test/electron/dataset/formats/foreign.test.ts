import { join } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { describe, expect, type TestContext, test } from 'vitest';
import { readSamples } from '../../../../electron/dataset/read-version.ts';
import {
	adding,
	datasetsForFile,
	datasetsForTest,
	importing,
	importPreviewed,
	previewing,
	samplesOf,
	sharedData,
} from '../../../support/dataset.ts';
import { writeFiles } from '../../../support/import-export.ts';

const opened = datasetsForFile();

async function imported(path: string) {
	const fixture = opened();
	const { id, preview } = await previewing(fixture, [path]);
	const report = await importPreviewed(fixture, id);
	return { preview, report, samples: [...readSamples(fixture.database, report.version.id)] };
}

const shared = (context: TestContext, ...parts: string[]) => imported(sharedData(context, ...parts));

function written(name: string, value: unknown): Promise<Awaited<ReturnType<typeof imported>>> {
	const text = typeof value === 'string' ? value : JSON.stringify(value);
	return imported(join(writeFiles({ [name]: text }), name));
}

describe('promptfoo', () => {
	test('tests in a configuration take their answers from the assertions', async (context) => {
		const { preview, samples } = await shared(context, 'promptfoo', 'modern', 'simple-test.promptfooconfig.yaml');
		expect(preview.format).toBe('promptfoo');
		expect(samples[0]).toMatchObject({ input: 'Yes', target: 'Yarr', variables: { body: 'Yes' } });
		expect(samples.every(({ metadata }) => Array.isArray(metadata.assert) || metadata.assert === undefined)).toBe(true);
	});

	test('tests in a file that the configuration names are read, from no other folder', async (context) => {
		const { samples } = await shared(context, 'promptfoo', 'examples', 'simple-csv', 'promptfooconfig.yaml');
		expect(samples.map(({ variables }) => variables.language)).toEqual(['French', 'French', 'Pirate', 'Pirate']);
		const config = written('a/promptfooconfig.yaml', 'prompts: [x]\nproviders: [y]\ntests: ../../../../etc/passwd\n');
		await expect(config).rejects.toMatchObject({ code: 'import-unreadable' });
	});

	test('columns named __expected are read, with prefixes that name an assertion', async () => {
		const { samples } = await written(
			'tests.csv',
			'q,__expected,__expected2\na,Paris,\nb,fn: output.length > 3,contains:x\nc,is-json,\n',
		);
		expect(samples.map(({ target }) => target)).toEqual(['Paris', 'x', null]);
		expect(samples[1]?.metadata.assert).toEqual([
			{ type: 'javascript', value: 'output.length > 3' },
			{ type: 'contains', value: 'x' },
		]);
		expect(samples[2]?.metadata.assert).toEqual([{ type: 'is-json' }]);
		expect(samples[0]?.variables).toEqual({ q: 'a' });
	});

	test('assertions that become no target are kept and reported, for nothing scores them unasked', async () => {
		const { report, preview, samples } = await written('promptfooconfig.yaml', {
			prompts: ['x'],
			tests: [
				{ vars: { body: 'a' }, assert: [{ type: 'equals', value: 'b' }] },
				{ vars: { body: 'c' }, assert: [{ type: 'is-json' }, { $ref: '#/assertionTemplates/noise' }] },
				{ vars: { body: 'd' }, assert: [{ type: 'llm-rubric', value: 'Polite' }] },
			],
		});
		const problem = {
			where: 'promptfooconfig.yaml, row 2',
			what: '2 rows have assertions that are kept, but score nothing by themselves: #/assertionTemplates/noise, is-json, llm-rubric. Choose scorers like them in the run',
		};
		expect(report).toMatchObject({ added: 3, skipped: 0, problems: [problem] });
		expect(preview.problems).toEqual([problem]);
		expect(samples[1]?.metadata.assert).toEqual([{ type: 'is-json' }, { $ref: '#/assertionTemplates/noise' }]);
	});

	test('results of a run yield each test once, however many models answered it', async (context) => {
		const { samples } = await shared(context, 'promptfoo', 'examples', 'simple-csv', 'output.json');
		expect(new Set(samples.map(({ variables }) => JSON.stringify(variables))).size).toBe(samples.length);
		const version3 = {
			evalId: 'x',
			results: {
				version: 3,
				results: ['m1', 'm2'].map((provider) => ({
					provider,
					success: true,
					vars: { question: 'Why?' },
					testCase: { description: 'first', vars: { question: 'Why?' }, assert: [{ type: 'equals', value: 'So' }] },
				})),
			},
		};
		const latest = await written('output.json', version3);
		expect(latest.samples).toMatchObject([{ input: 'Why?', target: 'So', metadata: { description: 'first' } }]);
	});

	test('list variables expand to one test each', async () => {
		const { samples } = await written('t.yaml', 'tests:\n  - vars:\n      a: [x, y]\n      question: [p, q]\n');
		expect(samples.map(({ variables }) => `${variables.a}${variables.question}`)).toEqual(['xp', 'xq', 'yp', 'yq']);
		expect(samples[1]?.input).toBe('q');
	});
});

describe('Inspect', () => {
	test('logs as JSON and as .eval contain the same samples', async (context) => {
		const json = await shared(context, 'inspect_logs', 'log_formats.json');
		const archive = await shared(context, 'inspect_logs', 'log_formats.eval');
		expect(json.preview.format).toBe('inspect-log');
		const said = ({ key, input, target, metadata }: (typeof json.samples)[number]) => ({
			key,
			input,
			target,
			metadata,
		});
		expect(archive.samples.map(said)).toEqual(json.samples.map(said));
		expect(json.samples[0]?.target).toMatch(/Yes/);
		expect(Object.keys(json.samples[0]?.variables ?? {})).not.toContain('messages');
	});

	test('choices have letters as targets, and several targets are kept', async (context) => {
		const { samples } = await shared(context, 'inspect_logs', 'datasets', 'samples-mcq.jsonl');
		expect(samples[0]).toMatchObject({ target: '1', metadata: { targetIndex: 0 } });
		const more = await written('a.jsonl', { id: 7, input: 'x', target: ['a', 'b'], metadata: { k: [1] } });
		expect(more.samples[0]).toMatchObject({ key: '7', target: 'a', metadata: { k: [1], targets: ['a', 'b'] } });
	});

	test('only the first of several epochs is read', async () => {
		const sample = { id: 1, input: 'x', target: 'y' };
		const log = { version: 2, status: 'success', eval: {}, samples: [1, 2, 3].map((epoch) => ({ ...sample, epoch })) };
		expect((await written('log.json', log)).samples).toHaveLength(1);
	});
});

test('a sample of a log is read once, from whichever epoch there is', async () => {
	const sample = (id: number, epoch: number) => ({ id, epoch, input: `q${id}`, target: 'y' });
	const log = { version: 2, status: 'cancelled', eval: {} };
	const samples = [sample(2, 2), sample(1, 1), sample(1, 2), sample(2, 1), sample(3, 3)];
	expect((await written('log.json', { ...log, samples })).samples.map(({ key }) => key)).toEqual(['2', '1', '3']);
	const archive = zipSync({
		'header.json': strToU8(JSON.stringify(log)),
		...Object.fromEntries(
			samples.map((each) => [`samples/${each.id}_epoch_${each.epoch}.json`, strToU8(JSON.stringify(each))]),
		),
	});
	const path = join(writeFiles({ 'log.eval': Buffer.from(archive) }), 'log.eval');
	expect((await imported(path)).samples.map(({ key }) => key).sort()).toEqual(['1', '2', '3']);
});

test('Arena-Hard is not taken for MT-Bench: its first turn is the question', async () => {
	const turns = [{ content: 'Use ABC notation.' }, { content: 'And now?' }];
	const row = { question_id: '328c', category: 'arena-hard-v0.1', cluster: 'ABC', turns };
	const { preview, samples } = await written('question.jsonl', JSON.stringify(row));
	expect(preview).toMatchObject({ task: null, formatText: expect.stringContaining('Questions in turns') });
	expect(samples[0]).toMatchObject({
		key: '328c',
		input: 'Use ABC notation.',
		target: null,
		tags: ['arena-hard-v0.1', 'ABC'],
		variables: { turn_2: 'And now?' },
	});
});

describe('conversations, pairs and columns', () => {
	test('fine-tuning messages use the last answer as the target', async () => {
		const { preview, samples } = await written('a.jsonl', {
			messages: [
				{ role: 'system', content: 'Be brief.' },
				{ role: 'user', content: [{ type: 'text', text: 'Why?' }] },
				{ role: 'assistant', content: 'So.' },
			],
		});
		expect(preview.format).toBe('messages');
		expect(samples[0]).toMatchObject({
			target: 'So.',
			input: [
				{ role: 'system', content: 'Be brief.' },
				{ role: 'user', content: 'Why?' },
			],
		});
		const shareGpt = await written('b.json', [
			{
				conversations: [
					{ from: 'human', value: 'Hi' },
					{ from: 'gpt', value: 'Hello' },
				],
			},
		]);
		expect(shareGpt.samples[0]).toMatchObject({ input: 'Hi', target: 'Hello' });
	});

	test('preference pairs keep the worse answer', async () => {
		const { samples } = await written('a.jsonl', { prompt: 'Why?', chosen: 'So.', rejected: 'No.' });
		expect(samples[0]).toMatchObject({ input: 'Why?', target: 'So.', metadata: { rejected: 'No.' } });
	});

	test.for([
		['choices in columns, the right one by letter', 'question,A,B,C,answer\nq,x,y,z,B\nr,x,y,z,C\n', 'y', 1],
		[
			'choices in columns, the right one by its number from 1',
			'question,option1,option2,answer\nq,x,y,2\nr,x,y,1\n',
			'y',
			1,
		],
		['choices in columns, the right one by its text', 'question,choice_a,choice_b,label\nq,x,y,y\nr,x,y,x\n', 'y', 1],
		['choices as a list in one column', 'question,choices,answer\nq,"[""x"",""y""]",1\nr,"[""x"",""y""]",0\n', 'y', 1],
	] as const)('%s', async ([, text, target, targetIndex]) => {
		const { samples, preview } = await written('a.csv', text);
		expect(preview.mapping?.targetIs).toBeDefined();
		expect(samples[0]).toMatchObject({ target, metadata: { targetIndex } });
	});

	test('ids, splits, tags and clusters are found by column name; a template combines several columns', async () => {
		const { preview, samples } = await written(
			'a.csv',
			'uid,text,label,split,category,group\nu1,t1,l1,validation,"a; b",g\nu2,t2,l2,dev,c,g\n',
		);
		expect(preview.mapping).toMatchObject({
			input: 'text',
			target: 'label',
			key: 'uid',
			split: 'split',
			cluster: 'group',
		});
		expect(samples).toMatchObject([
			{ key: 'u1', split: 'test', tags: ['a', 'b'], cluster: 'g' },
			{ key: 'u2', split: 'examples', tags: ['c'] },
		]);
		const alpaca = await written('b.json', [{ instruction: 'Translate', input: 'Hallo', output: 'Hello' }]);
		expect(alpaca.samples[0]).toMatchObject({ input: 'Translate\n\nHallo', target: 'Hello' });
	});

	test('fields of objects are columns', async () => {
		const { preview, samples } = await written('a.jsonl', { data: { q: 'Why?', n: 3 }, answer: 'So', question: 'x' });
		expect(preview.columns.map(({ name }) => name)).toEqual(['data', 'data.q', 'data.n', 'answer', 'question']);
		expect(samples[0]?.variables).toMatchObject({ 'data.q': 'Why?', 'data.n': '3' });
	});
});

test('after a replacing import, the draft shows the changes against the earlier version', async () => {
	const fixture = datasetsForTest();
	const folder = writeFiles({
		'a.jsonl': '{"id":"a","question":"1"}\n{"id":"b","question":"2"}',
		'b.jsonl': '{"id":"b","question":"2"}\n{"id":"a","question":"one"}\n{"id":"c","question":"3"}',
	});
	const first = await importing(fixture, [join(folder, 'a.jsonl')]);
	await fixture.datasets.manage.freeze(first.dataset.id, '');
	const existing = { kind: 'existing', datasetId: first.dataset.id } as const;
	const second = await importing(fixture, [join(folder, 'b.jsonl')], { into: { ...existing, mode: 'replace' } });
	expect(second.version).toMatchObject({ number: 2, samples: 3, frozenAt: null });
	const diff = await fixture.datasets.diff(first.version.id, second.version.id, { offset: 0, limit: 9 });
	expect(diff).toMatchObject({ same: 1, changed: 1, added: 1, removed: 0 });
	const third = await importing(fixture, [join(folder, 'a.jsonl')], {
		into: { ...existing, mode: 'append' },
		duplicates: 'skip',
	});
	expect(third).toMatchObject({ added: 1, duplicates: 1, version: { samples: 4 } });
	expect(await fixture.datasets.edit.undo(third.undoId ?? '')).toMatchObject({ samples: 3 });
});

test.each([2, 3_000])('undoing an import of %i keeps what was added to the draft after it', async (count) => {
	const fixture = datasetsForTest();
	const lines = Array.from({ length: count }, (_, index) =>
		JSON.stringify({ id: `new ${index}`, question: `${index}` }),
	);
	const folder = writeFiles({ 'a.jsonl': '{"id":"a","question":"first"}', 'b.jsonl': lines.join('\n') });
	const { dataset } = await importing(fixture, [join(folder, 'a.jsonl')]);
	const into = { kind: 'existing', datasetId: dataset.id, mode: 'append' } as const;
	const { undoId } = await importing(fixture, [join(folder, 'b.jsonl')], { into });
	const added = await fixture.datasets.edit.change(dataset.id, adding([{ input: 'by hand', key: 'mine' }]));
	expect(await fixture.datasets.edit.undo(undoId ?? '')).toMatchObject({ samples: 2 });
	expect(samplesOf(fixture, added.version.id).map(({ key }) => key)).toEqual(['a', 'mine']);
	expect(await fixture.datasets.edit.undo(added.undoId ?? '')).toMatchObject({ samples: 1 });
});
