import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createComparisonParsers, parseExport } from '../../../electron/comparison/export-parser.ts';
import { createDocumentPool, readDocument } from '../../../electron/context/documents/read-document.ts';
import { createReadingPool, readAttachmentFile } from '../../../electron/conversation/attachment/read-file.ts';
import { createForeignFilePool, runForeignFileTask } from '../../../electron/database/foreign-file.ts';
import { createScoringWorker } from '../../../electron/evaluation/scorers/scoring-worker-client.ts';
import { createDatabase } from '../../support/database.ts';
import { datasetsForTest, importing } from '../../support/dataset.ts';
import { failureOf } from '../../support/failure.ts';
import { writeFiles } from '../../support/import-export.ts';
import { pdfBytes } from '../../support/pdf-bytes.ts';

/** The bundles of the window and of the command line, which serves the browser, too. */
describe.each(['main', 'cli'])('parser processes of dist/%s', (bundle) => {
	const entryOf = (name: string): URL =>
		pathToFileURL(join(import.meta.dirname, '..', '..', '..', 'dist', bundle, `${name}.js`));

	test('read attachments; a small one in a warm process takes some milliseconds', async () => {
		const pool = createReadingPool({ entry: entryOf('reading-worker') });
		onTestFinished(() => pool.close());
		const pdf = new File([new Uint8Array(pdfBytes(['A page.']))], 'page.pdf');
		expect(await readAttachmentFile(pdf, { pool })).toMatchObject({ pages: 1, text: 'A page.' });
		const began = performance.now();
		for (let n = 0; n < 10; n += 1) await readAttachmentFile(new File(['text'], 'notes.txt'), { pool });
		expect((performance.now() - began) / 10).toBeLessThan(50);
	});

	test('read documents of every format', async () => {
		const pool = createDocumentPool({ entry: entryOf('document-worker') });
		onTestFinished(() => pool.close());
		const folder = join(import.meta.dirname, '..', 'context', 'documents', 'files');
		for (const name of ['md', 'docx', 'odt', 'rtf', 'epub', 'html', 'pptx'].map((ending) => `pandoc.${ending}`)) {
			const file = name === 'pandoc.md' ? 'handbook.md' : name;
			const document = await readDocument({ name: file, path: join(folder, file) }, { pool });
			expect(document.title).toMatch(/Kestrel|Opening the dome/);
		}
		for (const name of ['libreoffice.pdf', 'libreoffice.xlsx', 'libreoffice.odp']) {
			expect((await readDocument({ name, path: join(folder, name) }, { pool })).blocks.length).toBeGreaterThan(4);
		}
	});

	test('import datasets', async () => {
		const test = datasetsForTest({ workersUrl: entryOf('reader-worker') });
		const folder = writeFiles({ 'rows.csv': 'question,answer\nWhat is 1 + 1?,2\n' });
		expect(await importing(test, [join(folder, 'rows.csv')])).toMatchObject({ added: 1 });
	});

	test('check backups', async () => {
		const { path } = createDatabase();
		const pool = createForeignFilePool(path, { entry: entryOf('reader-worker') });
		onTestFinished(() => pool.close());
		const found = await runForeignFileTask({ kind: 'inspect', path }, pool);
		expect(found).toMatchObject({ verdict: 'ok', contents: { conversations: 0 } });
	});

	test('read config files', async () => {
		const scoring = createScoringWorker(entryOf('scoring-worker'));
		onTestFinished(() => scoring.close());
		await expect(scoring.readConfig('nothing: here', 'eval.yaml')).rejects.toMatchObject({ code: 'config-invalid' });
	});

	test('read comparisons', async () => {
		const pool = createComparisonParsers({ entry: entryOf('comparison-worker') });
		onTestFinished(() => pool.close());
		expect((await failureOf(() => parseExport('{}', pool))).code).toBe('comparison-file-invalid');
	});
});
