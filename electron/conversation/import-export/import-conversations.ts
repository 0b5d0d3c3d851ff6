import { createHash } from 'node:crypto';
import { basename, dirname } from 'node:path/posix';
import { Failure } from '../../../models/contract/failure.ts';
import { list, said } from '../../../models/contract/said.ts';
import type { ImportSource } from '../../contract/import-export/import-sources.ts';
import type { ImportReport, Skipped } from '../../contract/import-export/schema.ts';
import { commitDurably } from '../../database/connect.ts';
import type { WritableDatabase } from '../../database/database.ts';
import { transaction } from '../../database/sql.ts';
import type { ExportedConversation } from './document.ts';
import { type ExistingMatch, findExisting, pathHashes } from './find-existing.ts';
import { findFiles, type SourceFile } from './find-files.ts';
import { type ImportMarks, newImportMarks, revealImported } from './import-visibility.ts';
import { commitImport, type InsertedConversation, insertImported } from './insert-imported.ts';
import { readConversations } from './read-conversations.ts';
import { readJsonValues } from './read-json-values.ts';

export interface ImportRun {
	readonly database: WritableDatabase;
	readonly paths: readonly string[];
	/** Reads every file of a folder, not only those named like exports. */
	readonly every?: boolean;
	/** `preview` changes nothing. */
	readonly mode: 'preview' | 'import';
	readonly now: number;
	/** Bytes read, and the total to read. */
	readonly progress: (done: number, total: number) => void;
	/** Yields to other work before the next step; throws or rejects to stop. */
	readonly pause: (before: 'read' | 'write') => Promise<void>;
}

/** Longest write transaction, ms: no other connection can write meanwhile, and a frame has 16. */
const sliceMs = 3;

/** Amount of text gathered before it is written, in characters. */
const gatheredLength = 256 * 1024;

interface Gathered {
	readonly conversation: ExportedConversation;
	readonly known: Exclude<ExistingMatch, { kind: 'known' }>;
	readonly sample: ImportReport['samples'][number] | null;
}

/**
 * Reads the files at the paths and, in an import, writes them invisibly until all of them are in. If it rejects, the
 * caller must clean up (`finishInterruptedImport`). Throws Failure `import-unreadable`, `file-unreadable`.
 */
export async function importConversations(run: ImportRun): Promise<ImportReport> {
	const { database, mode, pause } = run;
	const files = await findFiles(run.paths, run.every);
	const total = files.reduce((sum, file) => sum + file.sizeBytes, 0);
	const { threads, others } = await splitOffThreads(files);
	const report = new ImportReportBuilder();
	const marks = newImportMarks(database);
	const arrivals: InsertedConversation[] = [];
	const seen = new Set<string>();
	const gathered: Gathered[] = [];
	let length = 0;

	async function write(): Promise<void> {
		const steps = insertAll(database, marks, gathered.splice(0), arrivals);
		length = 0;
		for (let done = false; !done; ) {
			await pause('write');
			done = transaction(database, () => {
				const until = performance.now() + sliceMs;
				while (performance.now() < until) if (steps.next().done === true) return true;
				return false;
			});
		}
	}

	async function take(conversation: ExportedConversation): Promise<void> {
		const print = fingerprint(conversation);
		const title = `“${conversation.title}”`;
		if (seen.has(print)) return report.skip([{ what: title, why: 'it appears twice in this import' }]);
		seen.add(print);
		const known = findExisting(database, conversation, marks);
		const sample = report.add(conversation, known);
		if (known.kind === 'known') {
			if (known.deletedAt !== null && known.deletedAt > 0) report.skip([{ what: title, why: 'it is in the trash' }]);
		} else if (mode === 'import') {
			gathered.push({ conversation, known, sample });
			length += textLength(conversation);
			if (length >= gatheredLength) await write();
		}
	}

	let before = 0;
	for (const file of others) {
		try {
			for await (const { incoming, bytesRead } of readConversations(file, threads)) {
				run.progress(before + Math.min(bytesRead, file.sizeBytes), total);
				if (incoming === null) {
					await pause('read');
					continue;
				}
				report.source(incoming.source);
				report.skip(incoming.skipped);
				if (incoming.conversation !== null) await take(incoming.conversation);
			}
		} catch (error) {
			// Among several files, one of another kind is skipped; a single one fails the import.
			if (!(error instanceof Failure && error.code === 'import-unreadable') || others.length === 1) throw error;
			report.skip([{ what: file.name, why: 'not a conversation export that Assay can read' }]);
		}
		before += file.sizeBytes;
		run.progress(before, total);
	}
	if (report.empty) throw nothingFound(others);
	if (mode === 'import') {
		await write();
		commitDurably(database, () => commitImport(database, marks, arrivals, run.now));
		// It is too late to cancel now.
		do await pause('write').catch(() => {});
		while (!revealImported(database, marks));
	}
	return report.finish(files.length, total);
}

function* insertAll(
	database: WritableDatabase,
	marks: ImportMarks,
	gathered: readonly Gathered[],
	arrivals: InsertedConversation[],
): Generator<void> {
	for (const { conversation, known, sample } of gathered) {
		const id = yield* insertImported(database, conversation, marks);
		const into = known.kind === 'extended' ? known.id : null;
		const { tags, folder } = conversation;
		if (into !== null || tags.length > 0 || folder !== null) arrivals.push({ id, into, tags, folder });
		if (sample !== null) sample.conversationId = into ?? id;
	}
}

/** Conversations with equal fingerprints have the same content. */
function fingerprint(conversation: ExportedConversation): string {
	const { importedFrom, importedKey, createdAt } = conversation;
	const identity = [importedFrom, importedKey, createdAt, ...pathHashes(conversation).values()];
	return createHash('sha256').update(identity.join(' ')).digest('base64');
}

function textLength({ messages }: ExportedConversation): number {
	return messages.reduce((sum, { content, reasoning }) => sum + content.length + (reasoning?.length ?? 0), 100);
}

/** Jan stores a thread's title separately, in a thread.json in the same folder. */
async function splitOffThreads(files: readonly SourceFile[]) {
	const threads = new Map<string, unknown>();
	const others: SourceFile[] = [];
	for (const file of files) {
		if (basename(file.name) !== 'thread.json') others.push(file);
		else {
			for await (const { values } of (await readJsonValues(file)).batches) {
				const [first] = values;
				if (first !== undefined && 'value' in first) threads.set(dirname(file.name), first.value);
			}
		}
	}
	return { threads, others };
}

function nothingFound(files: readonly SourceFile[]): Failure {
	const names = files.slice(0, 3).map(({ name }) => name);
	return new Failure({
		code: 'import-unreadable',
		message:
			files.length === 0
				? said`These are only Jan’s thread.json files; the messages are in messages.jsonl next to them.`
				: files.length > 3
					? said`Assay found no conversations in ${list(names, 'comma')} and ${files.length - 3} more.`
					: said`Assay found no conversations in ${list(names, 'comma')}.`,
		next: [said`Choose an export from ChatGPT, Claude, Grok, Open WebUI, LM Studio, Jan or Assay`],
	});
}

/** Most conversations and reasons listed individually; further ones are only counted. */
const maxSamples = 200;
const maxSkipped = 500;

/** Counts the results of an import, in memory independent of the file's size. */
class ImportReportBuilder {
	readonly #sources = new Set<ImportSource>();
	readonly #samples: ImportReport['samples'] = [];
	readonly #skipped: Skipped[] = [];
	#counts = { conversations: 0, messages: 0, extended: 0, known: 0, skippedCount: 0 };
	#oldest: number | null = null;
	#newest: number | null = null;

	/** true if no conversation of any known program was found. */
	get empty(): boolean {
		return this.#sources.size === 0;
	}

	source(source: ImportSource | null): void {
		if (source !== null) this.#sources.add(source);
	}

	skip(skipped: readonly Skipped[]): void {
		this.#counts.skippedCount += skipped.length;
		this.#skipped.push(...skipped.slice(0, Math.max(0, maxSkipped - this.#skipped.length)));
	}

	/** Returns the sample that was added, so that the caller can set its id later; null if none was added. */
	add(conversation: ExportedConversation, known: ExistingMatch): ImportReport['samples'][number] | null {
		const { title, createdAt, updatedAt, messages } = conversation;
		if (known.kind === 'known') this.#counts.known += 1;
		else {
			if (known.kind === 'new') this.#counts.conversations += 1;
			else this.#counts.extended += 1;
			this.#counts.messages += known.kind === 'extended' ? known.newMessages : messages.length;
			// A program that gives no time leaves 0.
			if (createdAt > 0) this.#oldest = Math.min(this.#oldest ?? createdAt, createdAt);
			if (updatedAt > 0) this.#newest = Math.max(this.#newest ?? updatedAt, updatedAt);
		}
		if (this.#samples.length >= maxSamples) return null;
		const sample: ImportReport['samples'][number] = {
			title: title.slice(0, 200),
			createdAt,
			messages: known.kind === 'extended' ? known.newMessages : messages.length,
			outcome: known.kind,
			conversationId: known.kind === 'new' ? null : known.id,
		};
		this.#samples.push(sample);
		return sample;
	}

	finish(files: number, sizeBytes: number): ImportReport {
		return {
			files,
			sizeBytes,
			sources: [...this.#sources],
			...this.#counts,
			oldest: this.#oldest,
			newest: this.#newest,
			samples: this.#samples,
			skipped: this.#skipped,
		};
	}
}
