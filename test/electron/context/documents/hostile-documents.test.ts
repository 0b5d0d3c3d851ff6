import { constants, deflateRawSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { createDocumentPool, readDocument } from '../../../../electron/context/documents/read-document.ts';
import { hostEffects } from '../../../support/host-effects.ts';
import { zipBytes } from '../../../support/zip-bytes.ts';

/** Less than in the application, so that the limit is reached sooner. */
const pool = createDocumentPool({}, { memoryMb: 400 });
afterAll(() => pool.close());

/** A deflated stream of `megabytes` of one character between two texts, put together from equal pieces. */
function inflating(megabytes: number, character: string, before = '', after = ''): Buffer {
	const piece = (text: string | Buffer): Buffer =>
		deflateRawSync(text, { level: 9, finishFlush: constants.Z_FULL_FLUSH });
	const one = piece(Buffer.alloc(1_000_000, character));
	return Buffer.concat([
		piece(before),
		...Array.from({ length: megabytes }, () => one),
		piece(after),
		Buffer.from([3, 0]),
	]);
}

const word = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"';
const bodyBefore = `<?xml version="1.0"?><w:document ${word}><w:body><w:p><w:r><w:t>`;
const bodyAfter = '</w:t></w:r></w:p></w:body></w:document>';
const docxParts = {
	'[Content_Types].xml':
		'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>',
	'_rels/.rels':
		'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>',
};
const docx = (document: Parameters<typeof zipBytes>[0][string]): Buffer =>
	zipBytes({ ...docxParts, 'word/document.xml': document });

const odt = (content: Parameters<typeof zipBytes>[0][string], kind = 'text'): Buffer =>
	zipBytes({ mimetype: `application/vnd.oasis.opendocument.${kind}`, 'content.xml': content });

const epub = (chapter: string): Buffer =>
	zipBytes({
		mimetype: 'application/epub+zip',
		'META-INF/container.xml': '<container><rootfiles><rootfile full-path="a.opf"/></rootfiles></container>',
		'a.opf': '<package><manifest><item id="c" href="c.xhtml"/></manifest><spine><itemref idref="c"/></spine></package>',
		'c.xhtml': chapter,
	});

const pptx = (slide: string): Buffer =>
	zipBytes({
		'ppt/presentation.xml': '<p:presentation><p:sldIdLst><p:sldId r:id="r1"/></p:sldIdLst></p:presentation>',
		'ppt/_rels/presentation.xml.rels': '<Relationships><Relationship Id="r1" Target="slides/a.xml"/></Relationships>',
		'ppt/slides/a.xml': slide,
	});

const xlsx = (sheet: Parameters<typeof zipBytes>[0][string]): Buffer =>
	zipBytes({
		'[Content_Types].xml': '<Types/>',
		'xl/workbook.xml':
			'<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>',
		'xl/_rels/workbook.xml.rels':
			'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
		'xl/worksheets/sheet1.xml': sheet,
	});
const sheetOf = (cells: string): string =>
	`<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>${cells}</sheetData></worksheet>`;

const entities = [
	'<!DOCTYPE x [<!ENTITY secret SYSTEM "file:///etc/passwd"><!ENTITY a0 "boom">',
	...Array.from({ length: 12 }, (_, n) => `<!ENTITY a${n + 1} "${`&a${n};`.repeat(10)}">`),
	']>',
].join('');
const expanding = 'start &a12; &secret; end';

/** A PDF with these objects after its catalogue, which begins the pages at the second. */
function pdf(...objects: (string | Buffer)[]): Buffer {
	const all = ['<</Type/Catalog/Pages 2 0 R>>', ...objects];
	return Buffer.concat([
		Buffer.from('%PDF-1.7\n'),
		...all.flatMap((object, index) => [
			Buffer.from(`${index + 1} 0 obj\n`),
			typeof object === 'string' ? Buffer.from(object) : object,
			Buffer.from('\nendobj\n'),
		]),
		Buffer.from(`trailer\n<</Size ${all.length + 1}/Root 1 0 R>>\n%%EOF`),
	]);
}
const streamOf = (deflated: Buffer): Buffer =>
	Buffer.concat([
		Buffer.from(`<</Length ${deflated.length + 6}/Filter/FlateDecode>>\nstream\n\x78\xda`, 'latin1'),
		deflated,
		Buffer.from('\0\0\0\0\nendstream'),
	]);

const nested = (before: string, after: string, times: number): string =>
	`${before.repeat(times)}deep${after.repeat(times)}`;

/** A ZIP file whose list names one file 60,000 times. */
function manyEntries(): Buffer {
	const zip = zipBytes({ a: '' });
	const end = Buffer.from(zip.subarray(-22));
	const start = end.readUInt32LE(16);
	const entry = zip.subarray(start, -22);
	end.writeUInt16LE(60_000, 8);
	end.writeUInt16LE(60_000, 10);
	return Buffer.concat([zip.subarray(0, start), ...Array.from({ length: 60_000 }, () => entry), end]);
}

const short = /^[\s\S]{0,400}$/;

/** What is read: a failure `code: message`, or the text. */
const cases: readonly (readonly [title: string, name: string, content: () => Buffer | string, expected: RegExp])[] = [
	[
		'a docx that unpacks to 2 GB',
		'a.docx',
		() => docx({ packed: inflating(2_000, 'x', bodyBefore, bodyAfter), sizeBytes: 2e9 }),
		/^file-yields-too-much: .* more than 400 MB/,
	],
	[
		'a docx that says it is small but unpacks to 600 MB',
		'a.docx',
		() => docx({ packed: inflating(600, 'x', bodyBefore, bodyAfter), sizeBytes: 1_000 }),
		/^document-(too-complex|unreadable)/,
	],
	[
		'an odt that says it is small but unpacks to 600 MB',
		'a.odt',
		() => odt({ packed: inflating(600, 'x', '<text:p>', '</text:p>'), sizeBytes: 1_000 }),
		/^(document-unreadable|x{0,1000}$)/,
	],
	[
		'an xlsx that says it is small but unpacks to 600 MB',
		'a.xlsx',
		() => xlsx({ packed: inflating(600, ' ', sheetOf('').slice(0, 90)), sizeBytes: 1_000 }),
		/^document-/,
	],
	[
		'a ZIP file in a ZIP file',
		'a.docx',
		() => zipBytes({ 'inner.zip': zipBytes({ 'inner.zip': 'x' }) }),
		/^document-not-text: .* is a ZIP archive/,
	],
	['a ZIP file of 60,000 files', 'a.docx', manyEntries, /^file-yields-too-much/],
	[
		'entities that multiply, in a docx',
		'a.docx',
		() => docx(`<?xml version="1.0"?>${entities}<w:document ${word}><w:body><w:p><w:r><w:t>${expanding}${bodyAfter}`),
		short,
	],
	[
		'entities that multiply, in an odt',
		'a.odt',
		() => odt(`<?xml version="1.0"?>${entities}<text:p>${expanding}</text:p>`),
		/^start &a12; &secret; end$/,
	],
	[
		'entities that multiply, in a pptx',
		'a.pptx',
		() => pptx(`<?xml version="1.0"?>${entities}<p:sp><a:p><a:t>${expanding}</a:t></a:p></p:sp>`),
		/^start &a12; &secret; end$/,
	],
	[
		'entities that multiply, in an xlsx',
		'a.xlsx',
		() =>
			xlsx(
				`<?xml version="1.0"?>${entities}${sheetOf(`<row r="1"><c r="A1" t="inlineStr"><is><t>${expanding}</t></is></c></row>`)}`,
			),
		short,
	],
	[
		'entities that multiply, in an epub',
		'a.epub',
		() => epub(`<?xml version="1.0"?>${entities}<html><body><p>${expanding}</p></body></html>`),
		/start &a12; &secret; end$/,
	],
	[
		'a docx with tables in tables',
		'a.docx',
		() =>
			docx(
				`<?xml version="1.0"?><w:document ${word}><w:body>${nested('<w:tbl><w:tr><w:tc>', '</w:tc></w:tr></w:tbl>', 10_000)}</w:body></w:document>`,
			),
		/^document-(unreadable|too-complex|empty)/,
	],
	[
		'an odt with lists in lists',
		'a.odt',
		() =>
			odt(
				nested('<text:list><text:list-item>', '</text:list-item></text:list>', 300_000).replace(
					'deep',
					'<text:p>deep</text:p>',
				),
			),
		/^document-unreadable: .*nests its parts too deeply/,
	],
	[
		'an ods with a million equal cells and rows',
		'a.ods',
		() =>
			odt(
				`<table:table table:name="t"><table:table-row table:number-rows-repeated="1000000"><table:table-cell table:number-columns-repeated="1000000"><text:p>x</text:p></table:table-cell></table:table-row></table:table>`,
				'spreadsheet',
			),
		short,
	],
	[
		'an xlsx with a cell in its last corner',
		'a.xlsx',
		() => xlsx(sheetOf('<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>')),
		/^(document-too-complex|document-unreadable|file-)|^a\n\n1/,
	],
	['HTML a million levels deep', 'a.html', () => nested('<div>', '</div>', 1_000_000), /^document-unreadable: .*nests/],
	[
		'HTML of a million open tags with attributes',
		'a.html',
		() => `<p>text${'<b a="'.repeat(500_000)}`,
		/^text|^document-/,
	],
	[
		'tables in tables in HTML',
		'a.html',
		() => nested('<table><tr><td>', '</td></tr></table>', 200_000),
		/^document-unreadable: .*nests/,
	],
	[
		'lists in lists in HTML',
		'a.html',
		() => nested('<ul><li>', '</li></ul>', 200_000),
		/^document-unreadable: .*nests/,
	],
	[
		'an epub a million levels deep',
		'a.epub',
		() => epub(nested('<blockquote>', '</blockquote>', 500_000)),
		/^document-unreadable: .*nests/,
	],
	[
		'RTF with a million groups',
		'a.rtf',
		() => `{\\rtf1 ${nested('{', '}', 1_000_000)}}`,
		/^document-unreadable: .*nests its parts too deeply/,
	],
	[
		'RTF with a block of binary data that has no end',
		'a.rtf',
		() => '{\\rtf1 text\\par\\bin99999999999 more}',
		/^text$/,
	],
	[
		'JSON two million levels deep',
		'a.json',
		() => nested('{"a":[', ']}', 2_000_000).replace('deep', '1'),
		/^document-too-long/,
	],
	['Markdown of a million quotes', 'a.md', () => `${'> '.repeat(1_000_000)}deep`, /deep$/],
	[
		'Markdown of a million opening brackets',
		'a.md',
		() => `${'[!['.repeat(1_000_000)}\n${'|-'.repeat(1_000_000)}`,
		/^\[!\[/,
	],
	['lines of spaces', 'a.md', () => `a${`${' '.repeat(999)}\n`.repeat(9_000)}b`, /^a/],
	['a line of nine million spaces', 'a.txt', () => `a${' '.repeat(9_000_000)}b`, /^a +b$/],
	['a line of nine million spaces in code', 'a.c', () => `a\n${' '.repeat(9_000_000)}b`, /^a\n +b$/],
	['a CSV file with a quotation mark that never ends', 'a.csv', () => `a,b\n1,"${'x,'.repeat(4_000_000)}`, /^a,b\n/],
	[
		'a CSV file of two million rows',
		'a.csv',
		() => 'a,\n'.repeat(2_000_000),
		/^document-too-long: .* more than 500,000 paragraphs or rows/,
	],
	[
		'a PDF of 1.5 MB with a stream of 1.5 GB',
		'a.pdf',
		() =>
			pdf(
				'<</Type/Pages/Kids[3 0 R]/Count 1>>',
				'<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R>>',
				streamOf(inflating(1_500, ' ')),
			),
		/^document-too-complex: .* 400 MB of memory/,
	],
	[
		'a PDF whose pages contain themselves',
		'a.pdf',
		() => pdf('<</Type/Pages/Kids[2 0 R 2 0 R]/Count 1000000000>>'),
		/^pdf-(unreadable|without-text)/,
	],
	[
		'a PDF with arrays in arrays',
		'a.pdf',
		() => pdf(`<</Type/Pages/Kids[3 0 R]/Count 1>>`, `<</Type/Page/Parent 2 0 R/MediaBox ${'['.repeat(500_000)}>>`),
		/^(pdf-|document-)/,
	],
];

describe('a hostile document costs its parser process only', { retry: 1 }, () => {
	test.each(cases)('%s', { timeout: 90_000 }, async (_, name, content, expected) => {
		const bytes = Buffer.from(content());
		// A process that is warm, as it would be; its start is no work of this one.
		await readDocument({ name: 'a.txt', bytes: Buffer.from('fine') }, { pool });
		const effects = hostEffects();
		const began = performance.now();
		const found = await readDocument({ name, bytes }, { pool }).then(
			({ text }) => text,
			(error: { code?: string; message: string }) => `${error.code}: ${error.message}`,
		);
		const took = performance.now() - began;
		const { grewMuch, paused, ...numbers } = effects();
		expect(found.slice(0, 20_000_000)).toMatch(expected);
		expect({ grewMuch, paused }, JSON.stringify(numbers)).toEqual({ grewMuch: false, paused: false });
		expect(took).toBeLessThan(75_000);
		expect((await readDocument({ name: 'a.txt', bytes: Buffer.from('fine') }, { pool })).text).toBe('fine');
	});
});
