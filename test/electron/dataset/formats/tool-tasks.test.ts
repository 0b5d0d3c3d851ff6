import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readSamples } from '../../../../electron/dataset/read-version.ts';
import { readTask } from '../../../../electron/evaluation/tools/read-task.ts';
import { datasetsForTest, importing, previewing } from '../../../support/dataset.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const mix = {
	name: 'paint.mix',
	parameters: { type: 'dict', properties: { share: { type: 'float' }, tint: { type: 'any' } }, required: ['share'] },
};
const line = (value: object): string => `${JSON.stringify(value)}\n`;
const question = (id: string, ...turns: object[][]) => line({ id, question: turns, function: [mix] });
const asks = [{ role: 'user', content: 'Mix half of it.' }];

function bfclFolder(): string {
	const folder = temporaryFolder();
	mkdirSync(join(folder, 'possible_answer'));
	const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
	write('BFCL_v4_simple_python.json', question('simple_python_0', asks) + question('simple_python_1', asks));
	write(
		'possible_answer/BFCL_v4_simple_python.json',
		'{"id": "simple_python_0", "ground_truth": [{"paint.mix": {"share": [1.0], "tint": ["", 2]}}]}\n',
	);
	write(
		'BFCL_v4_live_irrelevance.json',
		question('live_irrelevance_0-0-0', [{ role: 'system', content: 'Be brief.' }, ...asks]),
	);
	write('BFCL_v4_live_relevance.json', question('live_relevance_0-0-0', asks));
	write('BFCL_v4_simple_java.json', question('simple_java_0', asks));
	write('BFCL_v4_multi_turn_base.json', question('multi_turn_base_0', asks, asks));
	return folder;
}

test('BFCL is imported with its possible answers, and what only its own programs can score is skipped with the reason', async () => {
	const fixture = datasetsForTest();
	const folder = bfclFolder();
	expect((await previewing(fixture, [folder])).preview).toMatchObject({ format: 'task', task: 'bfcl', name: 'BFCL' });
	const { version, added, problems } = await importing(fixture, [folder]);
	expect(added).toBe(3);
	expect(problems.map(({ what }) => what).join('\n')).toMatch(/several turns[\s\S]*Java[\s\S]*possible_answer\//);
	const samples = new Map([...readSamples(fixture.database, version.id)].map((sample) => [sample.key, sample]));
	const simple = samples.get('simple_python_0')!;
	expect(simple).toMatchObject({ input: 'Mix half of it.', tags: ['simple'], metadata: { task: 'bfcl' } });
	// As text: 1.0 is a float for BFCL, and JSON would make it 1.
	expect(simple.metadata.calls).toBe('[{"paint.mix": {"share": [1.0], "tint": ["", 2]}}]');
	expect(readTask(simple).tools).toEqual([
		{
			name: 'paint.mix',
			parameters: { type: 'object', properties: { share: { type: 'number' }, tint: {} }, required: ['share'] },
		},
	]);
	expect(samples.get('live_irrelevance_0-0-0')).toMatchObject({
		input: [{ role: 'system' }, { role: 'user' }],
		tags: ['irrelevance', 'live'],
		metadata: { calls: [] },
	});
	expect(samples.get('live_relevance_0-0-0')?.metadata.calls).toBe('any');
});

test('JSON Lines with tools and calls as fields of their own become tool tasks', async () => {
	const fixture = datasetsForTest();
	const path = join(temporaryFolder(), 'mine.jsonl');
	const task = {
		tools: [{ type: 'function', function: { name: 'now', parameters: { type: 'object', properties: {} } } }],
		calls: [{ now: {} }],
		recordings: [{ name: 'now', result: '9:00' }],
	};
	writeFileSync(path, line({ id: 'a', input: 'What time is it?', target: '9:00', tags: ['time'], ...task }));
	const { version } = await importing(fixture, [path]);
	const [sample] = [...readSamples(fixture.database, version.id)];
	expect(sample).toMatchObject({ key: 'a', input: 'What time is it?', target: '9:00', tags: ['time'], metadata: task });
	expect(readTask(sample!).tools.map(({ name }) => name)).toEqual(['now']);
});
