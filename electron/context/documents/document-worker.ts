import { open, stat } from 'node:fs/promises';
import { Failure } from '../../../models/contract/failure.ts';
import { figure, said } from '../../../models/contract/said.ts';
import { decodeBytes, fileTypeWords } from '../../conversation/attachment/decode-text.ts';
import { cleanText } from '../../conversation/clean-text.ts';
import { serveTasks, type WorkerPort } from '../../parsing/worker-port.ts';
import { completeDocument, NestedTooDeep } from './document-builder.ts';
import { jsonBlocks, readableJson } from './formats/json.ts';
import { markdownBlocks } from './formats/markdown.ts';
import { codeBlocks, textBlocks } from './formats/plain-text.ts';
import { csvBlocks } from './formats/rows.ts';
import { maxDocumentBytes, type ParsedDocument, packBlocks } from './parsed-document.ts';
import type { DocumentTask } from './read-document.ts';
import { packageFormat, textFormat } from './recognise-format.ts';

/** Characters in a part: what the application checks in a few milliseconds. */
const partCharacters = 256 * 1024;

/** Blocks in a part. */
const partBlocks = 10_000;

/** Entry of the parser process that reads documents. */
await serveTasks<DocumentTask>(async ({ task: { name, path }, bytes, port }) => {
	const content = path === null ? (bytes ?? new Uint8Array()) : await readFile(name, path);
	// An empty part is a sign of life.
	const alive = (): void => port.send({ type: 'part', text: '', blocks: [] });
	return sendDocument(await parse(name, content, alive), port);
});

async function readFile(name: string, path: string): Promise<Uint8Array<ArrayBuffer>> {
	const refuse = (error: NodeJS.ErrnoException): never => {
		throw missing(name, error);
	};
	// Opening a pipe would wait for somebody who writes to it.
	if (!(await stat(path).catch(refuse)).isFile()) throw missing(name, new Error('it is no file'));
	const file = await open(path).catch(refuse);
	try {
		const stats = await file.stat();
		if (stats.size > maxDocumentBytes) {
			throw new Failure({
				code: 'document-too-large',
				message: said`The file ${name} has ${figure(stats.size / 1e6)} MB; a document of at most ${figure(maxDocumentBytes / 1e6)} MB can be read.`,
				next: [said`Split it into several files`],
			});
		}
		return new Uint8Array(await file.readFile());
	} finally {
		await file.close();
	}
}

function missing(name: string, error: Error): Failure {
	return new Failure(
		{
			code: 'document-missing',
			message: said`The file ${name} can’t be opened: ${error.message}.`,
			next: [said`Check that it still exists and that you may read it`],
		},
		{ cause: error },
	);
}

async function parse(name: string, bytes: Uint8Array<ArrayBuffer>, alive: () => void): Promise<ParsedDocument> {
	try {
		// Readers are loaded on demand: they are larger than everything else.
		if (Buffer.from(bytes.buffer, 0, Math.min(1_024, bytes.length)).includes('%PDF-')) {
			return await (await import('./formats/pdf.ts')).readPdf(name, bytes, alive);
		}
		const start = Buffer.from(bytes.subarray(0, 8)).toString('latin1');
		if (start.startsWith('{\\rtf')) return (await import('./formats/rtf.ts')).readRtf(name, bytes);
		if (start.startsWith('\xd0\xcf\x11\xe0')) throw oldOrLocked(name);
		return start.startsWith('PK\x03\x04') ? await parsePackage(name, bytes) : await parseText(name, bytes);
	} catch (error) {
		throw error instanceof Failure || isOutOfMemory(error) ? error : unreadable(name, error);
	}
}

/** The application says which limit was reached. */
function isOutOfMemory(error: unknown): boolean {
	return error instanceof Error && /allocation failed|out of memory/i.test(error.message);
}

/** Reads formats that are files in a ZIP file. */
async function parsePackage(name: string, bytes: Uint8Array): Promise<ParsedDocument> {
	const zip = (await import('./formats/zip.ts')).openZip(name, bytes);
	const format = packageFormat(zip.names, zip.names.includes('mimetype') ? (zip.text('mimetype') ?? '') : '');
	if (zip.names.includes('META-INF/encryption.xml') && format === 'epub') throw locked(name);
	switch (format) {
		case 'docx':
			return (await import('./formats/docx.ts')).readDocx(name, bytes, zip);
		case 'pptx':
			return (await import('./formats/pptx.ts')).readPptx(name, zip);
		case 'xlsx':
			return (await import('./formats/xlsx.ts')).readXlsx(name, bytes);
		case 'odt':
		case 'ods':
		case 'odp':
			return (await import('./formats/open-document.ts')).readOpenDocument(name, format, zip);
		case 'epub':
			return (await import('./formats/epub.ts')).readEpub(name, zip);
		case null:
			throw new Failure({
				code: 'document-not-text',
				message: said`The file ${name} is a ZIP archive, not a document.`,
				next: [said`Unpack it and add the files in it`],
			});
	}
}

function unreadable(name: string, error: unknown): Failure {
	const isDeep =
		error instanceof NestedTooDeep || (error instanceof RangeError && error.message.includes('call stack'));
	return new Failure(
		{
			code: 'document-unreadable',
			message: isDeep
				? said`The file ${name} nests its parts too deeply to be read.`
				: said`The file ${name} can’t be read: it seems to be damaged.`,
			next: [said`Open it in the program that made it and save it again`],
			detail: error instanceof Error ? (error.stack ?? error.message) : String(error),
		},
		{ cause: error },
	);
}

/** Office writes a document with a password in the old container. */
function oldOrLocked(name: string): Failure {
	return new Failure({
		code: 'document-not-text',
		message: said`The file ${name} is an old Office document, or one with a password.`,
		next: [
			said`Open it in Word, Excel, PowerPoint or LibreOffice and save it as docx, xlsx or pptx without a password`,
		],
	});
}

function locked(name: string): Failure {
	return new Failure({
		code: 'document-locked',
		message: said`The file ${name} is locked: only its own reading program can open it.`,
		next: [said`Use a copy without copy protection`],
	});
}

/** Reads formats that are text themselves. */
async function parseText(name: string, bytes: Uint8Array): Promise<ParsedDocument> {
	const decoded = decodeBytes(bytes);
	if (typeof decoded !== 'string') throw decoded.problem === 'not-text' ? notText(name, bytes) : encodingUnknown(name);
	const text = cleanText(decoded.replaceAll(/\r\n?/g, '\n'));
	const format = textFormat(name, text);
	const document = { title: null, format, pages: null, text };
	switch (format) {
		case 'markdown':
			return completeDocument(name, { ...document, title: frontMatterTitle(text), blocks: markdownBlocks(text) });
		case 'code':
			return completeDocument(name, { ...document, blocks: codeBlocks(text) });
		case 'csv':
			return completeDocument(name, { ...document, blocks: csvBlocks(text) });
		case 'json': {
			const readable = readableJson(text);
			return completeDocument(name, { ...document, text: readable, blocks: jsonBlocks(readable) });
		}
		case 'html':
			return (await import('./formats/html.ts')).readHtml(name, text);
		case 'text':
			return completeDocument(name, { ...document, blocks: textBlocks(text) });
	}
}

/** `title:` between the lines `---` with which a Markdown file may begin. */
function frontMatterTitle(text: string): string | null {
	const front = /^---[ \t]*\n([\s\S]{0,4000}?)\n(?:---|\.\.\.)[ \t]*\n/.exec(text)?.[1];
	const title = front === undefined ? undefined : /^title:[ \t]*(.+)$/m.exec(front)?.[1];
	return title?.trim().replace(/^(["'])(.*)\1$/, '$2') ?? null;
}

function notText(name: string, bytes: Uint8Array): Failure {
	const words = fileTypeWords(bytes) ?? said`not a document that Assay can read`;
	return new Failure({
		code: 'document-not-text',
		message: said`The file ${name} is ${words}.`,
		next: [said`Save it as PDF, text or an Office document with text in it`],
	});
}

function encodingUnknown(name: string): Failure {
	return new Failure({
		code: 'text-encoding-unknown',
		message: said`The file ${name} is not in UTF-8; it was probably saved in an older encoding, such as Windows-1252 (Latin-1).`,
		next: [said`Save it as UTF-8`],
	});
}

/** Sends text and blocks in parts, and returns the rest. */
function sendDocument({ text, blocks, ...rest }: ParsedDocument, port: WorkerPort): object {
	for (let from = 0, sent = 0; from < text.length || sent < blocks.length; ) {
		const part = { type: 'part', text: text.slice(from, from + partCharacters) };
		port.send({ ...part, blocks: packBlocks(blocks.slice(sent, sent + partBlocks)) });
		from += partCharacters;
		sent += partBlocks;
	}
	return rest;
}
