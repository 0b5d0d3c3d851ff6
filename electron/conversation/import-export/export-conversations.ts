import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { Failure } from '../../../models/contract/failure.ts';
import { said } from '../../../models/contract/said.ts';
import type { ExportFormat } from '../../contract/import-export/schema.ts';
import type { ReadableDatabase } from '../../database/database.ts';
import { all } from '../../database/sql.ts';
import { documentVersion, type ExportedConversation } from './document.ts';
import { conversationHtml, indexHtml } from './export-html.ts';
import { conversationMarkdown } from './export-markdown.ts';
import { readExported } from './exported-conversation.ts';
import { createZipWriter } from './zip-writer.ts';

export interface ExportRun {
	readonly database: ReadableDatabase;
	/** null: all outside the trash. */
	readonly ids: readonly number[] | null;
	readonly format: ExportFormat;
	/** Folder for the file; it must belong to this export alone. */
	readonly folder: string;
	readonly now: number;
	readonly progress: (done: number, total: number) => void;
	/** Rejects or throws to stop the export. */
	readonly pause: () => Promise<void>;
}

export interface ExportResult {
	readonly fileName: string;
	readonly sizeBytes: number;
	readonly conversations: number;
}

/** Every conversation outside the trash, including archived ones, newest first. */
export const exportableIds = 'SELECT id FROM conversations WHERE deleted_at IS NULL ORDER BY updated_at DESC, id DESC';

/**
 * Writes one file: JSON for Assay itself, Markdown or HTML to read; several conversations become a zip archive with a
 * file for each. Holds one conversation in memory at a time. Throws Failure `conversation-unknown`,
 * `nothing-to-export`.
 */
export async function exportConversations(run: ExportRun): Promise<ExportResult> {
	const { database, format, folder, now } = run;
	const ids = run.ids ?? all<{ id: number }>(database, exportableIds).map(({ id }) => id);
	if (ids.length === 0) throw nothingToExport();
	const [only] = ids;
	const single = ids.length === 1 && only !== undefined ? readExported(database, only) : null;
	if (ids.length === 1 && single === null) throw conversationUnknown(only ?? 0);
	const name =
		single === null ? collectionFileName(ids.length, now) : conversationFileName(only ?? 0, single.conversation.title);
	const fileName = `${name}.${single === null && format !== 'json' ? 'zip' : extensions[format]}`;
	await mkdir(folder, { recursive: true, mode: 0o700 });
	const stream = createWriteStream(join(folder, fileName), { mode: 0o600 });
	const out = writerFor(stream);
	try {
		const written = await writeConversations(run, ids, out);
		stream.end();
		await finished(stream);
		return { fileName, sizeBytes: stream.bytesWritten, conversations: written };
	} catch (error) {
		stream.destroy();
		await rm(folder, { recursive: true, force: true });
		throw error;
	}
}

type Out = (bytes: string | Buffer) => Promise<void>;

/** Resolves when there is room for more; rejects if the disk is full. */
function writerFor(stream: WriteStream): Out {
	let failed: Error | null = null;
	stream.on('error', (error) => {
		failed = error;
	});
	return async (bytes) => {
		if (failed !== null) throw failed;
		if (!stream.write(bytes)) await once(stream, 'drain');
	};
}

async function writeConversations(run: ExportRun, ids: readonly number[], out: Out): Promise<number> {
	if (run.format === 'json') return writeDocument(run, ids, out);
	const textOf = run.format === 'html' ? conversationHtml : conversationMarkdown;
	if (ids.length > 1) return writeArchive(run, ids, out, textOf);
	let written = 0;
	for await (const { conversation } of conversations(run, ids)) {
		await out(textOf(conversation));
		written += 1;
	}
	return written;
}

/** Writes one conversation per line, so that a file of any size can be read line by line. */
async function writeDocument(run: ExportRun, ids: readonly number[], out: Out): Promise<number> {
	let written = 0;
	await out(`{"format":"assay-conversations","version":${documentVersion},"conversations":[`);
	for await (const { conversation } of conversations(run, ids)) {
		await out(`${written === 0 ? '\n' : ',\n'}${JSON.stringify(conversation)}`);
		written += 1;
	}
	await out('\n]}\n');
	return written;
}

async function writeArchive(
	run: ExportRun,
	ids: readonly number[],
	out: Out,
	textOf: (conversation: ExportedConversation) => string,
): Promise<number> {
	const zip = createZipWriter(out);
	const entries: { fileName: string; title: string; createdAt: number }[] = [];
	for await (const { id, conversation } of conversations(run, ids)) {
		const { title, createdAt, updatedAt } = conversation;
		const fileName = `${conversationFileName(id, title)}.${extensions[run.format]}`;
		await zip.add(fileName, textOf(conversation), updatedAt);
		entries.push({ fileName, title, createdAt });
	}
	if (run.format === 'html') await zip.add('index.html', indexHtml(entries), run.now);
	await zip.finish();
	return entries.length;
}

/** Yields those that still exist, one after the other. */
async function* conversations(run: ExportRun, ids: readonly number[]) {
	for (const [index, id] of ids.entries()) {
		await run.pause();
		const rows = readExported(run.database, id);
		if (rows !== null) yield { id, conversation: rows.conversation };
		run.progress(index + 1, ids.length);
	}
}

function nothingToExport(): Failure {
	return new Failure({
		code: 'nothing-to-export',
		message: said`There is no conversation to export yet.`,
		next: [said`Start a conversation`, said`Restore one from the trash`],
	});
}

function conversationUnknown(id: number): Failure {
	return new Failure({
		code: 'conversation-unknown',
		message: said`There is no conversation ${id}.`,
		next: [said`List them: assay conversations list`],
	});
}

const extensions: Record<ExportFormat, string> = { markdown: 'md', json: 'json', html: 'html' };

/** Longest part of a file name taken from a title, in characters. */
const maxWords = 40;

/** Builds a unique name from letters and digits of any script that every file system accepts. */
function conversationFileName(id: number, title: string): string {
	const words = title
		.normalize('NFC')
		.toLowerCase()
		.replaceAll(/[^\p{L}\p{N}]+/gu, '-')
		.replaceAll(/^-+|-+$/g, '');
	return ['assay', [...words].slice(0, maxWords).join('').replace(/-+$/, ''), String(id)]
		.filter((part) => part !== '')
		.join('-');
}

/** Names a file with several conversations after its creation time in UTC. */
function collectionFileName(conversations: number, now: number): string {
	const day = new Date(now).toISOString().slice(0, 10);
	return `assay-${conversations}-conversations-${day}`;
}
