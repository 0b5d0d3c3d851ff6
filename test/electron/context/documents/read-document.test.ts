import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { markdownBlocks } from '../../../../electron/context/documents/formats/markdown.ts';
import {
	blockText,
	type DocumentBlock,
	type ParsedDocument,
} from '../../../../electron/context/documents/parsed-document.ts';
import { createDocumentPool, readDocument } from '../../../../electron/context/documents/read-document.ts';
import { failureOf } from '../../../support/failure.ts';
import { pdfBytes } from '../../../support/pdf-bytes.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const pool = createDocumentPool();
afterAll(() => pool.close());

const folder = join(import.meta.dirname, 'files');
const readFile = (name: string): Promise<ParsedDocument> => readDocument({ name, path: join(folder, name) }, { pool });
const readText = (name: string, text: string | Uint8Array): Promise<ParsedDocument> =>
	readDocument({ name, bytes: typeof text === 'string' ? Buffer.from(text) : text }, { pool });

const textsOf = (document: ParsedDocument, kind?: DocumentBlock['kind']): string[] =>
	document.blocks
		.filter((block) => kind === undefined || block.kind === kind)
		.map((block) => blockText(document, block));

const headingsOf = (document: ParsedDocument): string[] =>
	document.blocks.flatMap((block) =>
		block.kind === 'heading' ? [`${block.level} ${blockText(document, block)}`] : [],
	);

/** Words and numbers in their order, without the signs of lists, tables and code. */
function wordsOf(text: string): string[] {
	return (
		text
			.replaceAll('\u2019', "'")
			.replaceAll(/^[ \t]*\d\.[ \t]/gm, '')
			.match(/[\p{L}\p{N}'.+*%“”]*[\p{L}\p{N}][\p{L}\p{N}'.+*%“”]*/gu) ?? []
	);
}

const source = readFileSync(join(folder, 'handbook.md'), 'utf8')
	.replace(/^---[\s\S]*?---\n/, '')
	.replaceAll('```python', '');
const headings = [
	...['1 Opening the dome', '2 Before sunset', '2 After midnight', '1 Instruments', '2 The spectrograph'],
	...['2 Calibration', '1 Safety'],
];

/** What the program that wrote a file left out or put before the text. */
const handbooks: readonly {
	readonly file: string;
	readonly before: readonly string[];
	readonly headings?: readonly string[];
	readonly without?: string;
}[] = [
	{
		file: 'pandoc.docx',
		before: ['Handbook of the Kestrel Observatory', 'Assay'],
		headings: ['1 Handbook of the Kestrel Observatory', ...headings],
	},
	{
		file: 'libreoffice.docx',
		before: ['Handbook of the Kestrel Observatory', 'Assay'],
		headings: ['1 Handbook of the Kestrel Observatory', ...headings],
	},
	{
		file: 'pandoc.odt',
		before: ['Handbook of the Kestrel Observatory', 'Assay'],
		headings: ['1 Handbook of the Kestrel Observatory', ...headings],
	},
	{
		file: 'libreoffice.odt',
		before: ['Handbook of the Kestrel Observatory', 'Assay'],
		headings: ['1 Handbook of the Kestrel Observatory', ...headings],
	},
	{ file: 'pandoc.rtf', before: ['Handbook of the Kestrel Observatory', 'Assay'] },
	{
		file: 'libreoffice.rtf',
		before: ['Handbook of the Kestrel Observatory', 'Assay'],
		headings: ['1 Handbook of the Kestrel Observatory', ...headings],
	},
	{
		file: 'pandoc.epub',
		before: ['Handbook of the Kestrel Observatory', 'Assay'],
		headings: ['1 Handbook of the Kestrel Observatory', ...headings],
	},
	// LibreOffice writes headings as paragraphs, and leaves out the header of a table.
	{
		file: 'libreoffice.epub',
		before: ['Handbook of the Kestrel Observatory', 'Assay'],
		headings: [],
		without: 'Lamp    | Lines | Warm-up',
	},
	{ file: 'pandoc.html', before: [] },
	{
		file: 'libreoffice.pdf',
		before: ['Handbook of the Kestrel Observatory', 'Assay'],
		// Only sizes are known: the title is the largest.
		headings: [
			'1 Handbook of the Kestrel Observatory',
			...headings.map((heading) => `${Number(heading[0]) + 1}${heading.slice(1)}`),
		],
	},
];

describe('a handbook that a real program wrote has the words, headings and rows of its source', () => {
	test.each(handbooks)('$file', async ({ file, before, headings: expected = headings, without = '' }) => {
		const document = await readFile(file);
		expect(wordsOf(document.text)).toEqual(wordsOf(`${before.join('\n')}\n${source.replace(without, '')}`));
		expect(headingsOf(document)).toEqual(expected);
		const rows = document.blocks.filter(({ kind }) => kind === 'table-row' || kind === 'table-header');
		const cells = rows.map((block) => blockText(document, block));
		const header = without === '' ? ['Lamp | Lines | Warm-up'] : [];
		expect(cells).toEqual([...header, 'Thorium | 412 | 20 min', 'Neon | 67 | 5 min', 'Argon | 158 | 12 min']);
	});

	test('libreoffice.html, whose page numbers and pictures of a menu are not its article', async () => {
		const document = await readFile('libreoffice.html');
		expect(headingsOf(document)).toEqual(headings);
		for (const paragraph of source.split('\n\n').filter((part) => /^[A-Z]/.test(part))) {
			expect(wordsOf(document.text).join(' ')).toContain(wordsOf(paragraph).join(' '));
		}
	});

	test('code keeps its lines, and lists their signs', async () => {
		const code = 'def wavelength(pixel):\n    # Ångström; measured in March\n    return 3912.5 + 0.731 * pixel';
		for (const file of [
			'pandoc.docx',
			'libreoffice.docx',
			'pandoc.epub',
			'pandoc.html',
			'pandoc.odt',
			'libreoffice.odt',
		]) {
			const document = await readFile(file);
			expect(document.text).toContain(code);
			expect(textsOf(document, 'list-item')).toEqual([
				...['- Remove the cover of the main mirror.', '- Start the cooling of the camera: it needs two hours.'],
				...['- Write the outside temperature into the log.', '1. Compare the clock with the time signal.'],
				...['2. Take three flat fields.', '3. Close the dome if humidity exceeds 85 %.'],
			]);
		}
	});

	test('a PDF knows the pages of its blocks', async () => {
		const document = await readFile('libreoffice.pdf');
		expect(document.pages).toBe(2);
		const page = (words: string): number | null =>
			document.blocks.find((block) => blockText(document, block).includes(words))!.page;
		expect([page('The dome opens only'), page('Liquid nitrogen')]).toEqual([1, 2]);
	});
});

describe('slides and tables', () => {
	test.each(['pandoc.pptx', 'libreoffice.pptx', 'libreoffice.odp', 'libreoffice-slides.pdf'])('%s', async (file) => {
		const document = await readFile(file);
		expect(document).toMatchObject({ title: 'Kestrel in ten minutes', pages: 4 });
		expect(headingsOf(document)).toEqual([
			...['1 Kestrel in ten minutes', '1 Why a new camera', '1 What it costs', '1 Next steps'],
		]);
		expect(textsOf(document, 'list-item')[1]).toBe('- Its cooler fails twice a year');
		const row = document.blocks.find((block) => blockText(document, block) === 'Camera | 48000');
		expect(row).toMatchObject({ kind: 'table-row', page: 3 });
		const notes = document.blocks.find((block) => blockText(document, block).startsWith('Mention the winter'));
		expect(notes?.page).toBe(file.endsWith('pdf') ? undefined : 2);
	});

	test.each(['libreoffice.xlsx', 'libreoffice.ods'])(
		'%s has a section for its sheet, a header, and days as days',
		async (file) => {
			const document = await readFile(file);
			expect(document.blocks.map((block) => [block.kind, blockText(document, block)])).toEqual([
				['heading', 'stock'],
				['table-header', 'part | shelf | count | ordered | price'],
				['table-row', 'Filter, red | A3 | 12 | 2026-03-14 | 84.5'],
				['table-row', 'Shutter | B1 | 2 | 2025-11-02 | 310'],
				['table-row', 'Cable "long" | C7 | 40 | 2026-01-30 | 7.25'],
				['table-row', 'Mirror cloth | A1 | 150 | 2024-06-05 | 1.1'],
			]);
		},
	);

	test('a CSV file keeps its text, with a block for each row', async () => {
		const document = await readFile('stock.csv');
		expect(document.text).toBe(readFileSync(join(folder, 'stock.csv'), 'utf8'));
		expect(document.blocks.map(({ kind }) => kind)).toEqual(['table-header', ...Array(4).fill('table-row')]);
		expect(textsOf(document)[3]).toBe('"Cable ""long""",C7,40,2026-01-30,7.25');
	});
});

describe('texts keep their characters', () => {
	test('Markdown: every line that isn’t empty is in a block, in order', async () => {
		for (const file of ['handbook.md', 'slides.md']) {
			const document = await readFile(file);
			expect(document.text).toBe(readFileSync(join(folder, file), 'utf8'));
			expect(textsOf(document).join('\n').split('\n').filter(Boolean)).toEqual(
				document.text.split('\n').filter(Boolean),
			);
		}
	});

	test('Markdown’s structure', () => {
		const text =
			'Title\n=====\nText\nmore\n\n> quote\n\n* a\n  b\n* c\n\n~~~\n# no heading\n~~~\n    code\n#tag\n---\n';
		expect(
			markdownBlocks(text).map(({ kind, level, offset, length }) => [kind, level, text.slice(offset, offset + length)]),
		).toEqual([
			['heading', 1, 'Title\n====='],
			['paragraph', 0, 'Text\nmore'],
			['quote', 0, '> quote'],
			['list-item', 0, '* a\n  b'],
			['list-item', 0, '* c'],
			['code', 0, '~~~\n# no heading\n~~~'],
			['code', 0, '    code'],
			['heading', 2, '#tag\n---'],
		]);
	});

	test('JSON in one line gets line breaks, and numbers stay as written', async () => {
		const rows = Array.from({ length: 100 }, (_, id) => ({ id, name: `a "b" [${id}]` }));
		const json = JSON.stringify(rows).replace('"id":7', '"id":12345678901234567890.10');
		const document = await readText('rows.json', json);
		expect(JSON.parse(document.text)).toEqual(JSON.parse(json));
		expect(document.text).toContain('"id":12345678901234567890.10');
		expect(document.text.split('\n').length).toBeGreaterThan(300);
	});

	test('code is cut where a new part begins, and tabs stay', async () => {
		const document = await readText('a.py', 'import os\n\n\ndef f():\n\tx = 1\n\n\treturn x\n\n\ndef g():\n\tpass\n');
		expect(textsOf(document)).toEqual(['import os', 'def f():\n\tx = 1\n\n\treturn x', 'def g():\n\tpass']);
	});

	test('UTF-16 and Windows line ends', async () => {
		const document = await readText('a.txt', Buffer.from('\uFEFFnaïve\r\n\r\ntext', 'utf16le'));
		expect(textsOf(document)).toEqual(['naïve', 'text']);
	});

	test('a page that is no article keeps everything but navigation', async () => {
		const html = `<!doctype html><title>Shelf</title><nav><a>Home</a></nav><table><tr><th>Part<th>Shelf<tr><td>Bolt<td>B2</table>
			<p>Short.<br>Line<ul><li>one<ul><li>two</ul></ul><script>alert(1)</script><footer>Imprint</footer>`;
		const document = await readText('shelf.html', html);
		expect(document.title).toBe('Shelf');
		expect(textsOf(document)).toEqual(['Part | Shelf', 'Bolt | B2', 'Short.\nLine', '- one', '  - two']);
	});

	test('rich text in old encodings, with notes, hidden words and fields', async () => {
		const rtf = String.raw`{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}{\f1\fcharset204 Arial;}}{\info{\title Old}}\f0 caf\'e9 \u8364? {\f1\'cf\'f0\'e8\'e2\'e5\'f2}{\v hidden}{\footnote a note} {\field{\*\fldinst HYPERLINK "x"}{\fldrslt link}}\par\trowd\cellx1\cellx2\intbl A\cell 1\cell\row}`;
		const document = await readText('old.rtf', rtf);
		expect(document.title).toBe('Old');
		expect(textsOf(document)).toEqual(['café € Привет (a note) link', 'A | 1']);
	});
});

describe('what can’t be read says why', () => {
	test.each<[string, Uint8Array, string, RegExp]>([
		['photo.png', Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\0', 'latin1'), 'document-not-text', /is a PNG image/],
		[
			'old.doc',
			Buffer.from('d0cf11e0a1b11ae10000', 'hex'),
			'document-not-text',
			/old Office document, or one with a password/,
		],
		['empty.txt', Buffer.from(' \n\n'), 'document-empty', /has no text/],
		['latin.txt', Buffer.from('na\xefve', 'latin1'), 'text-encoding-unknown', /not in UTF-8/],
		['broken.docx', Buffer.from('PK\x03\x04 and nothing else'), 'document-unreadable', /can’t be unpacked/],
		['scan.pdf', pdfBytes(['', '']), 'pdf-without-text', /2 pages but no text/],
		[
			'long.txt',
			Buffer.alloc(10_000_001, 'word '),
			'document-too-long',
			/10,000,001 characters of text or more; at most 10,000,000/,
		],
	])('%s', async (name, bytes, code, message) => {
		const failure = await failureOf(() => readText(name, bytes));
		expect(failure).toMatchObject({ code, message: expect.stringMatching(message) });
		expect(failure.next.length).toBeGreaterThan(0);
	});

	test('a missing file, and a folder', async () => {
		for (const path of [join(folder, 'nowhere.txt'), folder]) {
			const failure = await failureOf(() => readDocument({ name: 'nowhere.txt', path }, { pool }));
			expect(failure.code).toBe('document-missing');
		}
	});

	test('a pipe, which nobody writes to', async ({ skip }) => {
		if (process.platform === 'win32') skip('SKIPPED: pipes have no path here');
		const path = join(temporaryFolder(), 'pipe.txt');
		execFileSync('mkfifo', [path]);
		const failure = await failureOf(() => readDocument({ name: 'pipe.txt', path }, { pool }));
		expect(failure.code).toBe('document-missing');
	});

	test('an abort ends reading at once', async () => {
		const stop = new AbortController();
		const reading = readDocument(
			{ name: 'a.txt', bytes: Buffer.alloc(9_000_000, 'word ') },
			{ pool, signal: stop.signal },
		);
		stop.abort(new Error('stopped'));
		await expect(reading).rejects.toThrow('stopped');
	});
});
