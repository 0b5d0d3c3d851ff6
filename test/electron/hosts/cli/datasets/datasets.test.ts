import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeFolders } from '../folders.ts';
import { documentOf, runCli } from '../run-cli.ts';

function setUp(files: Readonly<Record<string, string>> = {}) {
	const { data, folder } = makeFolders();
	for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
	return { folder, run: (...args: string[]) => runCli(['datasets', ...args, '--data', data]) };
}

const questions = 'nr,frage,antwort\n7,Wie viel ist 1 + 1?,2\n8,Wie heißt a@b.de?,x\n8,wie viel ist 1 + 1,3\n';

describe('assay datasets', { timeout: 120_000 }, () => {
	test('lists the datasets that come with Assay', async () => {
		const { run } = setUp();
		const { stdout } = await run('list');
		expect(stdout).toMatch(/ID +NAME +SAMPLES +VERSION +CHANGED\n/);
		expect(stdout).toMatch(/Short facts +\d+ +1 +included/);
		const { datasets } = documentOf(await run('list', '--json')) as { datasets: object[] };
		expect(datasets[0]).toMatchObject({ name: 'Arithmetic', version: 1, draft: false, samples: expect.any(Number) });
	});

	test('previews without changes, then imports by the given columns', async () => {
		const { folder, run } = setUp({ 'fragen.csv': questions });
		const file = join(folder, 'fragen.csv');
		const preview = documentOf(await run('import', file, '--preview', '--json'));
		expect(preview).toMatchObject({ preview: true, rows: 3, rowsExact: true, format: 'csv', name: 'fragen' });
		const columns = ['--input', 'frage', '--target', 'antwort', '--id', 'nr'];
		const { stdout } = await run('import', file, '--name', 'Meine', ...columns, '--tag', 'deutsch');
		expect(stdout).toMatch(
			/Imported 3 samples into “Meine” \(\d+\), version 1\nRenamed 1 duplicate id by adding a number/,
		);
		const shown = documentOf(await run('show', 'meine', '--json')) as { samples: object[] };
		expect(shown.samples).toMatchObject([
			{ key: '7', input: 'Wie viel ist 1 + 1?', target: '2', tags: ['deutsch'] },
			{ key: '8' },
			{ key: '8#2', target: '3' },
		]);
		expect(await run('import', file, '--input', 'nope')).toMatchObject({
			code: 2,
			stderr: expect.stringContaining('there is no column "nope"; available: nr, frage, antwort'),
		});
		expect(await run('import', file, '--name', 'MEINE')).toMatchObject({
			code: 1,
			stderr: expect.stringContaining('A dataset named “MEINE” already exists.'),
		});
		expect((await run('list')).stdout).not.toContain('fragen');
	});

	test('adds to an existing dataset, and replaces the contents of its draft', async () => {
		const { folder, run } = setUp({
			'a.jsonl': '{"question":"one"}',
			'b.jsonl': '{"question":"one"}\n{"question":"two"}',
		});
		await run('import', join(folder, 'a.jsonl'), '--name', 'Mine');
		const more = documentOf(
			await run('import', join(folder, 'b.jsonl'), '--into', 'mine', '--skip-duplicates', '--json'),
		);
		expect(more).toMatchObject({ dataset: { name: 'Mine', samples: 2 }, added: 1, duplicates: 1 });
		const replaced = documentOf(await run('import', join(folder, 'a.jsonl'), '--into', 'mine', '--replace', '--json'));
		expect(replaced).toMatchObject({ dataset: { name: 'Mine', samples: 1 }, added: 1 });
		expect(await run('import', join(folder, 'a.jsonl'), '--replace')).toMatchObject({ code: 2 });
		expect(await run('show', 'nobody')).toMatchObject({
			code: 1,
			stderr: expect.stringContaining('no dataset named'),
		});
	});

	test('exports to a file or to the terminal', async () => {
		const { folder, run } = setUp({ 'a.jsonl': '{"id":"x","question":"one","answer":"1"}' });
		await run('import', join(folder, 'a.jsonl'), '--name', 'Mine');
		const { stdout } = await run('export', 'Mine', '--format', 'messages');
		expect(JSON.parse(stdout)).toEqual({
			messages: [
				{ role: 'user', content: 'one' },
				{ role: 'assistant', content: '1' },
			],
		});
		const target = join(folder, 'out.csv');
		const written = documentOf(await run('export', 'Mine', '--format', 'csv', '--output', target, '--json'));
		expect(written).toMatchObject({ format: 'csv', samples: 1, leftOut: 0, path: target });
		expect(readFileSync(target, 'utf8')).toMatch(/^id,input,target,/);
		expect(await run('export', 'Mine', '--output', target)).toMatchObject({
			code: 1,
			stderr: expect.stringContaining('--force'),
		});
	});

	test('checks, and exits with 3 on a finding that should fail', async () => {
		const { folder, run } = setUp({ 'fragen.csv': questions });
		await run('import', join(folder, 'fragen.csv'), '--name', 'Meine', '--input', 'frage', '--target', 'antwort');
		const { code, stdout } = await run('check', 'Meine');
		expect(code).toBe(0);
		expect(stdout).toMatch(/Exact duplicates: 1, 1 with different targets/);
		expect(stdout).toMatch(/Personal data: 1 email/);
		const gated = await run('check', 'Meine', '--fail-on', 'personal', '--fail-on', 'overlap', '--json');
		expect(gated.code).toBe(3);
		expect(documentOf(gated)).toMatchObject({ failed: ['personal'], report: { samples: 3, conflicts: 1 } });
		expect(await run('check', 'Meine', '--fail-on', 'everything')).toMatchObject({ code: 2 });
	});

	test('reads a table another way if the default way ends half-way', async () => {
		const { folder, run } = setUp({ 'a.csv': 'question,answer\none,"1\ntwo,2\n' });
		const file = join(folder, 'a.csv');
		expect(await run('import', file)).toMatchObject({ code: 1, stderr: expect.stringContaining('--quotes literal') });
		const read = documentOf(await run('import', file, '--quotes', 'literal', '--json'));
		expect(read).toMatchObject({ added: 2 });
	});
});
