import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { Sample } from '../../../../electron/contract/dataset/schema.ts';
import { all } from '../../../../electron/database/sql.ts';
import { readSamples } from '../../../../electron/dataset/read-version.ts';
import {
	type DatasetsForTest,
	datasetsForFile,
	datasetsForTest,
	ended,
	importing,
	previewing,
} from '../../../support/dataset.ts';
import { writeFiles } from '../../../support/import-export.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

function file(name: string, content: string | Buffer): string {
	return join(writeFiles({ [name]: content }), name);
}

const opened = datasetsForFile();
/** For imports that leave nothing. */
const empty = datasetsForFile();

async function imported(
	name: string,
	content: string | Buffer,
): Promise<{ samples: Sample[] } & Awaited<ReturnType<typeof importing>>> {
	const fixture = opened();
	const report = await importing(fixture, [file(name, content)]);
	return { ...report, samples: [...readSamples(fixture.database, report.version.id)] };
}

function nothingIsLeft({ database, datasets }: DatasetsForTest): void {
	expect(datasets.manage.list(false)).toEqual([]);
	const count = (table: string) => all<{ n: number }>(database, `SELECT count(*) AS n FROM ${table}`)[0]?.n;
	expect(['datasets', 'dataset_versions', 'samples', 'dataset_version_samples'].map(count)).toEqual([0, 0, 0, 0]);
}

describe('several files', () => {
	test('a file without samples is skipped and named, and the others are imported', async () => {
		const folder = writeFiles({
			'a/promptfooconfig.yaml': 'prompts: [p.json]\nproviders: [x]\n',
			'b/promptfooconfig.yaml': 'prompts: [p.json]\nproviders: [x]\ntests:\n  - vars: {question: What?}\n',
			'b/p.json': '[{"role":"system","content":"Be kind."},{"role":"user","content":"{{question}}"}]',
			'b/output.json': '{"results":[{"vars":{"question":"What?"},"success":true}]}',
			'c/rows.jsonl': '{"input":"Who?"}\n{"input":"Where?"}\n',
			'd/turns.json': '[{"role":"system","content":"Be kind."},{"role":"user","content":"Who?"}]',
		});
		const fixture = opened();
		const report = await importing(fixture, [folder]);
		const inputs = [...readSamples(fixture.database, report.version.id)].map(({ input }) => input);
		expect(inputs).toEqual(['What?', 'Who?', 'Where?']);
		expect(report.problems).toMatchObject([
			{ where: 'a/promptfooconfig.yaml', what: expect.stringContaining('whose tests were not found') },
			{ where: 'd/turns.json', what: expect.stringContaining('one prompt or conversation') },
		]);
		await expect(previewing(fixture, [join(folder, 'a')])).rejects.toMatchObject({ code: 'import-unreadable' });
	});

	test('each file is read by its own format unless the columns are given', async () => {
		const folder = writeFiles({ 'a.jsonl': '{"question":"One?"}\n', 'b.jsonl': '{"input":"Two?","target":"2"}\n' });
		const fixture = opened();
		expect(await importing(fixture, [folder])).toMatchObject({ added: 2, skipped: 0 });
	});
});

test('rows with the same question and answer are left out by the rule of exact duplicates', async () => {
	const rows = ['What is it?,A', '"  what IS it",a.', 'What is it?,B', 'What is 2 + 2?,4', 'What is 2 - 2?,4'];
	const path = file('a.csv', `question,answer\n${rows.join('\n')}\n`);
	const fixture = opened();
	const report = await importing(fixture, [path], { duplicates: 'skip' });
	expect(report).toMatchObject({ added: 4, duplicates: 1 });
	const into = { kind: 'existing' as const, datasetId: report.dataset.id, mode: 'append' as const };
	expect(await importing(fixture, [path], { duplicates: 'skip', into })).toMatchObject({ added: 0, duplicates: 5 });
	const job = fixture.datasets.checks.start({
		versionId: report.version.id,
		nearThreshold: null,
		personal: [],
		modelFileId: null,
	});
	await ended(fixture, job);
	expect(fixture.datasets.checks.report(job.id)).toMatchObject({ exact: { count: 1 }, conflicts: 1 });
});

describe('tables', () => {
	test('repeated ids get a number appended, and the report counts them', async () => {
		const { samples, renamed } = await imported('a.csv', 'id,question,answer\nx,one,1\nx,two,2\ny,three,3\nx,four,4\n');
		expect(samples.map(({ key }) => key)).toEqual(['1', '2', '3', '4']);
		expect(renamed).toBe(0);
		const fixture = opened();
		const { id } = await previewing(fixture, [file('b.csv', 'id,question\nx,one\nx,two\n')]);
		const mapping = { ...fixture.datasets.importExport.previewed(id).mapping, key: 'id' };
		const report = await importing(fixture, [file('b.csv', 'id,question\nx,one\nx,two\n')], {
			mapping: mapping as never,
		});
		expect(report.renamed).toBe(1);
		const mixed = await imported('c.jsonl', '{"question":"a"}\n{"id":"1","question":"b"}\n{"question":"c"}\n');
		expect(new Set(mixed.samples.map(({ key }) => key)).size).toBe(3);
		expect([...readSamples(fixture.database, report.version.id)].map(({ key }) => key)).toEqual(['x', 'x#2']);
	});

	test('the answer column is not a variable, since a prompt could show it to the model', async () => {
		const { samples } = await imported('a.csv', 'question,answer,hint\none,1,h\ntwo,2,h\n');
		expect(samples[0]).toMatchObject({ target: '1', variables: { question: 'one', hint: 'h' } });
		expect(samples[0]?.variables).not.toHaveProperty('answer');
	});

	test('a column called __proto__ is an ordinary column and changes no object', async () => {
		const { samples } = await imported('a.csv', '__proto__,question,constructor\npolluted,What?,toString\n');
		expect(samples[0]?.variables).toEqual({ '(proto)': 'polluted', question: 'What?', constructor: 'toString' });
		expect(({} as Record<string, unknown>).polluted).toBeUndefined();
		const lines = await imported('b.jsonl', '{"question":"What?","__proto__":{"polluted":true},"answer":"x"}\n');
		expect(lines.samples[0]?.variables).toMatchObject({ question: 'What?' });
		expect(({} as Record<string, unknown>).polluted).toBeUndefined();
	});

	test('a quotation mark that is never closed fails the import with its row, and nothing is left', async () => {
		const rows = ['question,answer', 'one,1', 'two,"2', ...Array.from({ length: 50 }, (_, n) => `q${n},${n}`)].join(
			'\n',
		);
		const fixture = empty();
		await expect(previewing(fixture, [file('a.csv', rows)])).rejects.toMatchObject({
			code: 'table-unreadable',
			message: expect.stringContaining('row 3'),
		});
		nothingIsLeft(fixture);
	});

	test('the same file is imported if quotation marks are ordinary characters', async () => {
		const fixture = opened();
		const { importExport: transfer } = fixture.datasets;
		const path = file('a.csv', `question,answer\none 5" disk,1\ntwo,"2\nthree,3\n`);
		const job = await ended(fixture, await transfer.preview({ paths: [path] }));
		expect(job.failure?.code).toBe('table-unreadable');
		const preview = await transfer.reread(job.id, null, { quotes: 'literal' });
		expect(preview.samples.map(({ input, target }) => [input, target])).toEqual([
			['one 5" disk', '1'],
			['two', '"2'],
			['three', '3'],
		]);
	});

	test('byte order marks, line ends and encodings of Windows, Excel and old programs are read', async () => {
		const text = 'Frage;Antwort\r\nWie heißt die Hauptstadt Österreichs?;Wien\r\n„Größe“?;1,5\r\n';
		for (const content of [
			Buffer.from(`\uFEFF${text}`, 'utf8'),
			Buffer.from(`\uFEFF${text}`, 'utf16le'),
			Buffer.from(`\uFEFF${text}`, 'utf16le').swap16(),
			Buffer.from(text, 'utf16le'),
			gzipSync(Buffer.from(text)),
		]) {
			const name = content[0] === 0x1f ? 'a.csv.gz' : 'a.csv';
			const { samples, problems } = await imported(name, content);
			expect(samples.map(({ variables }) => variables.Frage)).toEqual([
				'Wie heißt die Hauptstadt Österreichs?',
				'„Größe“?',
			]);
			expect(problems).toEqual([]);
		}
		const windows = await imported('a.csv', Buffer.from('question,answer\ncaf\xe9 \x80?,na\xefve\n', 'latin1'));
		expect(windows.samples[0]).toMatchObject({ input: 'café €?', target: 'naïve' });
	});

	test('invalid UTF-8 in a UTF-8 file is reported, not swallowed', async () => {
		const good = Buffer.from(`question,answer\n${'größer,als\n'.repeat(20)}`);
		const { samples, problems } = await imported(
			'a.csv',
			Buffer.concat([good, Buffer.from([0x78, 0xff, 0x2c, 0x79, 0x0a])]),
		);
		expect(samples.at(-1)?.input).toBe('x\uFFFD');
		expect(problems[0]).toMatchObject({ where: 'a.csv, row 21', what: expect.stringContaining('1 row holds bytes') });
	});

	test('a file in an older encoding says how it was read, and can be read in another', async () => {
		const fixture = opened();
		const path = file('a.jsonl', Buffer.from('{"question":"caf\xe9?","answer":"na\xefve"}\n', 'latin1'));
		const { id, preview } = await previewing(fixture, [path]);
		expect(preview).toMatchObject({ table: { encoding: 'windows-1252' }, samples: [{ input: 'café?' }] });
		expect(preview.problems[0]).toMatchObject({
			where: 'a.jsonl',
			what: expect.stringContaining('so it was read as Windows-1252'),
		});
		const again = await fixture.datasets.importExport.reread(id, null, { encoding: 'windows-1252' });
		expect(again.problems).toEqual([]);
	});

	test('rows of different lengths, no header, tabs, bars and a single column are read', async () => {
		const ragged = await imported('a.csv', 'question,answer\none\ntwo,2,more,and more\n');
		expect(ragged.samples).toMatchObject([
			{ input: 'one', target: null },
			{ input: 'two', target: '2' },
		]);
		expect(ragged.samples[1]?.variables['column 4']).toBe('and more');
		const tabs = await imported('a.tsv', 'question\tanswer\na, b\tc\n');
		expect(tabs.samples).toMatchObject([{ input: 'a, b', target: 'c' }]);
		const bars = await imported('a.txt', 'question|answer\na|b\n');
		expect(bars.samples).toMatchObject([{ input: 'a', target: 'b' }]);
		const single = await imported('a.txt', 'What is this?\nAnd that one over there?\n');
		expect(single.samples.map(({ input }) => input)).toEqual(['And that one over there?']);
	});
});

describe('JSON', () => {
	test('NaN and Infinity as Python writes them are read, and invalid lines are skipped', async () => {
		const { samples, skipped, problems } = await imported(
			'a.jsonl',
			'{"question":"one NaN","answer":NaN}\n{"question":"two","answer":-Infinity}\nnot json\n\n{"question":"three","answer":1.50}\n',
		);
		expect(samples.map(({ input, target }) => [input, target])).toEqual([
			['one NaN', null],
			['two', null],
			['three', '1.5'],
		]);
		expect(skipped).toBe(1);
		expect(problems[0]).toMatchObject({
			where: 'a.jsonl, row 3',
			what: expect.stringMatching(/^Skipped: it isn’t valid JSON/),
		});
	});

	test.for([
		['a.jsonl', '{"question":"9007199254740993?","answer":12345678901234567890,"id":9223372036854775807,"n":1e400}\n'],
		['a.json', '[{"question":"9007199254740993?","answer":12345678901234567890,"id":9223372036854775807,"n":1e400}]'],
		[
			'a.yaml',
			'tests:\n  - {question: 9007199254740993?, answer: 12345678901234567890, id: 9223372036854775807, n: 1e400}',
		],
	])('whole numbers that a float cannot hold keep their digits: %s', async ([name, content]) => {
		const { samples } = await imported(name!, content!);
		expect(samples[0]).toMatchObject({ input: '9007199254740993?', target: '12345678901234567890' });
		expect(JSON.stringify(samples[0])).toContain('9223372036854775807');
	});

	test('numbers within a list in a cell keep their digits, too', async () => {
		const { samples } = await imported('a.csv', 'question,choices,answer\nWhich?,"[9007199254740993, 2]",A\n');
		expect(JSON.stringify(samples[0])).toContain('9007199254740993');
	});

	test('half a surrogate pair, NUL and a deep value do no harm', async () => {
		const deep = `${'['.repeat(5_000)}${']'.repeat(5_000)}`;
		const { samples } = await imported('a.json', `[{"question":"a\\ud800b\\u0000c","answer":"d","deep":${deep}}]`);
		expect(samples[0]?.input).toBe('a\uFFFDb\uFFFDc');
	});

	test('a row nested too deeply to be written is skipped, and the others are imported', async () => {
		const deep = `${'{"a":['.repeat(50_000)}${']}'.repeat(50_000)}`;
		const { samples, problems } = await imported('a.jsonl', `{"question":"one","deep":${deep}}\n{"question":"two"}`);
		expect(samples.map(({ input }) => input)).toEqual(['two']);
		expect(problems).toEqual([
			expect.objectContaining({ what: expect.stringContaining('it nests more than 5,000 levels deep') }),
		]);
	});

	test('a truncated list is imported up to its end, and that is reported', async () => {
		const { samples, problems } = await imported('a.json', '[{"question":"one"},{"question":"two"},{"questi');
		expect(samples).toHaveLength(2);
		expect(problems.at(-1)?.what).toMatch(/the list is incomplete/);
	});

	test('YAML with a thousandfold alias expansion is refused', async () => {
		const bomb = [
			'a: &a ["x","x","x","x","x","x","x","x","x"]',
			...'bcdefgh'.split('').map((name, index) => {
				const before = 'abcdefgh'[index];
				return `${name}: &${name} [*${before},*${before},*${before},*${before},*${before},*${before},*${before},*${before},*${before}]`;
			}),
			'tests: *h',
		].join('\n');
		const fixture = opened();
		await expect(previewing(fixture, [file('a.yaml', bomb)])).rejects.toMatchObject({ code: 'import-unreadable' });
	});
});

describe('inputs that are no dataset', () => {
	test.for([
		['empty.csv', '', /is empty/],
		['blank.jsonl', '\n \n', /is empty/],
		['head.csv', 'question,answer\n', /no row/],
		['config.yaml', 'prompts: [a]\nproviders: [b]\n', /promptfoo configuration/],
		['log.json', '{"status":"error","eval":{}}', /Inspect log without samples/],
		['object.json', '{"a":1,"b":2}', /without a list of rows/],
		['table.parquet', 'PAR1\0\0\0\0', /Parquet/],
		['image.csv', '\x89PNG\0\0\0', /isn’t a text file/],
	] as const)('%s says what it is', async ([name, content, message]) => {
		const fixture = empty();
		await expect(importing(fixture, [file(name, Buffer.from(content, 'latin1'))])).rejects.toMatchObject({
			message: expect.stringMatching(message),
		});
		nothingIsLeft(fixture);
	});

	test.for(['append', 'replace'] as const)(
		'a file without samples to %s fails, and the dataset stays',
		async (mode) => {
			const fixture = datasetsForTest();
			const { dataset } = await importing(fixture, [file('a.jsonl', '{"question":"one"}')]);
			const into = { kind: 'existing', datasetId: dataset.id, mode } as const;
			const nothing = importing(fixture, [file('head.csv', 'question,answer\n')], { into });
			await expect(nothing).rejects.toMatchObject({ code: 'import-empty' });
			expect(fixture.datasets.manage.list(false)).toMatchObject([{ id: dataset.id, latest: { samples: 1 } }]);
		},
	);

	test('a folder without datasets, a missing path and a device are refused', async () => {
		const fixture = opened();
		const folder = writeFiles({ 'readme.md': 'x', 'package.json': '{}' });
		await expect(previewing(fixture, [folder])).rejects.toMatchObject({ code: 'import-unreadable' });
		await expect(previewing(fixture, [join(folder, 'none.csv')])).rejects.toMatchObject({ code: 'file-unreadable' });
		await expect(previewing(fixture, ['/dev/zero'])).rejects.toMatchObject({ code: 'file-unreadable' });
	});
});

describe('a cell of 100 MB', () => {
	async function written(name: string, parts: readonly (string | number)[]): Promise<string> {
		const path = join(temporaryFolder(), name);
		const out = createWriteStream(path);
		const block = 'x'.repeat(1_000_000);
		for (const part of parts) {
			if (typeof part === 'string') out.write(part);
			else for (let n = 0; n < part; n += 1) out.write(block);
		}
		out.end();
		await finished(out);
		return path;
	}

	test('in JSON Lines it is skipped with its size, and the rest is imported', async () => {
		const path = await written('a.jsonl', ['{"question":"one"}\n{"question":"', 100, '"}\n{"question":"three"}\n']);
		const fixture = opened();
		const { added, skipped, problems } = await importing(fixture, [path]);
		expect([added, skipped]).toEqual([2, 1]);
		expect(problems).toEqual([{ where: 'a.jsonl, row 2', what: 'Skipped: it is larger than 16 MB' }]);
	});

	test('in a JSON list it is skipped, too', async () => {
		const path = await written('a.json', ['[{"question":"one"},{"question":"', 100, '"},{"question":"three"}]']);
		const fixture = opened();
		expect(await importing(fixture, [path])).toMatchObject({ added: 2, skipped: 1 });
	});

	test('in a table it may also be an unclosed quotation mark: the failure names both, and nothing is left', async () => {
		const path = await written('a.csv', ['question,answer\none,1\n"', 100, '",2\nthree,3\n']);
		const fixture = empty();
		await expect(importing(fixture, [path])).rejects.toMatchObject({
			code: 'table-unreadable',
			message: expect.stringMatching(/Row 3 of a.csv is larger than 16 MB, or a quotation mark/),
		});
		nothingIsLeft(fixture);
	});
});
