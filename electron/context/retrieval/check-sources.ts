import type { Stats } from 'node:fs';
import { lstat, readdir, stat } from 'node:fs/promises';
import { basename, join, sep } from 'node:path';
import { Failure, type FailureFacts } from '../../../models/contract/failure.ts';
import { said } from '../../../models/contract/said.ts';
import { errorCodeOf } from '../../../models/error-code.ts';
import type { ReadableDatabase } from '../../database/database.ts';
import { get, run, transaction } from '../../database/sql.ts';
import { takeTurns } from '../../jobs/take-turns.ts';
import { writeInTurns } from '../../jobs/write-in-turns.ts';
import { deleteSomeChunks } from './chunk-store.ts';
import type { RetrievalContext } from './context.ts';
import { isSkippedFolder } from './skipped-folders.ts';
import { samplesWithColumn } from './source-content.ts';
import {
	type DocumentRow,
	documentOfSource,
	documentsOfSource,
	insertDocument,
	type SourceRow,
	setFailed,
	setRemoved,
	setSourceFailure,
	setWaiting,
	sourcesOf,
	touchIndex,
} from './store.ts';

/** Endings of files that hold pictures, sound, programs, archives or models: a folder is full of them. */
const notDocuments = new RegExp(
	`\\.(?:${[
		'png jpe?g gif webp bmp tiff? ico svg heic avif psd raw mp[34] m4[av] mov avi mkv webm wav flac ogg opus aac',
		'zip gz tgz bz2 xz zst 7z rar tar jar iso dmg deb rpm apk exe dll so dylib o a lib obj bin dat class pyc wasm node',
		'gguf safetensors pt pth ckpt onnx npy npz parquet sqlite3? db lock map ttf otf woff2?',
	]
		.join(' ')
		.replaceAll(' ', '|')})$`,
	'i',
);

/** Most files of one folder with its subfolders. */
const mostFiles = 100_000;

interface FoundFile {
	readonly path: string;
	readonly sizeBytes: number;
	readonly modifiedAt: number;
}

/**
 * Compares the documents of a collection with the files, conversations and samples that they come from: what is new or
 * changed waits to be read, and what is gone leaves the index. A folder that can't be reached, or is suddenly empty, keeps
 * its documents, and says why.
 */
export async function checkSources(
	context: Pick<RetrievalContext, 'database' | 'clock'>,
	collectionId: number,
	signal: AbortSignal,
): Promise<void> {
	for (const source of sourcesOf(context.database, collectionId)) {
		signal.throwIfAborted();
		if (source.kind === 'file') await checkFile(context, source);
		else if (source.kind === 'folder') await checkFolder(context, source, signal);
		else if (source.kind === 'conversation') checkConversation(context, source);
		else if (source.kind === 'dataset') await checkDataset(context, source, signal);
	}
}

type Context = Pick<RetrievalContext, 'database' | 'clock'>;

async function checkFile({ database }: Context, source: SourceRow): Promise<void> {
	const document = documentOfSource(database, source.id);
	if (document === undefined || document.state === 'removed' || source.path === null) return;
	try {
		const stats = await stat(source.path);
		const file = { path: source.path, ...factsOf(stats) };
		if (hasChanged(document, file)) transaction(database, () => noteChange(database, document, file));
	} catch (error) {
		if (document.failure?.code !== 'document-missing') setFailed(database, document.id, missing(source.path, error));
	}
}

function factsOf({ size, mtimeMs }: Stats): Pick<FoundFile, 'sizeBytes' | 'modifiedAt'> {
	return { sizeBytes: size, modifiedAt: Math.round(mtimeMs) };
}

/** A file that was missing, or has another size or time, is read again; equal content then costs only its hash. */
function hasChanged(document: DocumentRow, file: FoundFile): boolean {
	const same = document.sizeBytes === file.sizeBytes && document.modifiedAt === file.modifiedAt;
	return !same || document.failure?.code === 'document-missing';
}

function noteChange(database: Context['database'], document: DocumentRow, file: FoundFile): void {
	// It may have been removed since it was read.
	const sql = `UPDATE documents SET size_bytes = :size, modified_at = :modified
		WHERE id = :id AND state <> 'removed'`;
	const values = { id: document.id, size: file.sizeBytes, modified: file.modifiedAt };
	if (run(database, sql, values).changes > 0) setWaiting(database, document.id);
}

function missing(path: string, error: unknown): FailureFacts {
	const gone = errorCodeOf(error) === 'ENOENT';
	return new Failure({
		code: 'document-missing',
		message: gone
			? said`The file ${basename(path)} no longer exists.`
			: said`The file ${basename(path)} can’t be reached.`,
		next: [said`Put it back: it will be read again`, said`Remove it from the collection`],
		detail: error instanceof Error ? error.message : String(error),
	}).facts();
}

async function checkFolder(context: Context, source: SourceRow, signal: AbortSignal): Promise<void> {
	const { database, clock } = context;
	const found = new Map<string, FoundFile>();
	const denied: string[] = [];
	try {
		await findFiles(source.path ?? '', found, denied, signal);
	} catch (error) {
		signal.throwIfAborted();
		setSourceFailure(
			database,
			source.id,
			error instanceof Failure ? error.facts() : folderMissing(source.path ?? '', error),
		);
		return;
	}
	const turn = takeTurns();
	const known: DocumentRow[] = [];
	for (const document of documentsOfSource(database, source.id)) {
		known.push(document);
		await turn();
	}
	const hidden = hiddenFrom(known, found, denied, source.path ?? '');
	if (source.failure !== null || hidden !== null) setSourceFailure(database, source.id, hidden?.failure ?? null);
	const gone: DocumentRow[] = [];
	const changed: [DocumentRow, FoundFile][] = [];
	for (const document of known) {
		const path = document.path ?? '';
		const file = found.get(path);
		found.delete(path);
		if (file === undefined) {
			if (hidden?.holds(path) !== true) gone.push(document);
		} else if (document.state !== 'removed' && hasChanged(document, file)) changed.push([document, file]);
	}
	const options = { signal, goesOn: () => !wasTakenOut(database, source.id) };
	await deleteDocuments(context, gone, options);
	await writeInTurns(database, changed, ([document, file]) => noteChange(database, document, file), options);
	const place = { collectionId: source.collectionId, sourceId: source.id };
	const add = ({ path, sizeBytes, modifiedAt }: FoundFile): void => {
		const title = path.slice((source.path ?? '').length + 1).replaceAll('\\', '/');
		insertDocument(database, { ...place, title, path, sizeBytes, modifiedAt }, clock());
	};
	await writeInTurns(database, found.values(), add, options);
}

/**
 * Returns which documents may only be out of sight, and why; null: what was not found is gone. A folder in which nothing
 * is left that was known is one whose drive was taken out, or which is being put back.
 */
function hiddenFrom(
	known: readonly DocumentRow[],
	found: ReadonlyMap<string, FoundFile>,
	denied: readonly string[],
	folder: string,
): { readonly failure: FailureFacts; holds(path: string): boolean } | null {
	const live = known.filter(({ state }) => state !== 'removed');
	if (live.length > 0 && !known.some(({ path }) => found.has(path ?? ''))) {
		const failure = folderMissing(folder, new Error('none of the files that were read from it are there'));
		return { failure, holds: () => true };
	}
	const holds = (path: string): boolean => denied.some((place) => path === place || path.startsWith(`${place}${sep}`));
	const lost = live.find(({ path }) => !found.has(path ?? '') && holds(path ?? ''));
	if (lost === undefined) return null;
	const place = denied.find((one) => lost.path === one || lost.path?.startsWith(`${one}${sep}`)) ?? folder;
	return { failure: folderMissing(place, new Error(`${place} may not be read`)), holds };
}

/**
 * Finds the documents of a folder and its subfolders, and notes what may not be read. Links are not followed: they may
 * lead out of it, or in circles.
 */
async function findFiles(
	folder: string,
	found: Map<string, FoundFile>,
	denied: string[],
	signal: AbortSignal,
): Promise<void> {
	for (const entry of await readdir(folder, { withFileTypes: true })) {
		signal.throwIfAborted();
		const path = join(folder, entry.name);
		const noteDenied = (error: unknown): null => {
			const code = errorCodeOf(error);
			// A path may be too long to be opened, however deep a folder was made.
			if (!['EACCES', 'EPERM', 'ENOENT', 'ENAMETOOLONG'].includes(code)) throw error;
			if (code !== 'ENOENT') denied.push(path);
			return null;
		};
		if (entry.name.startsWith('.') || entry.name.startsWith('~$')) continue;
		if (entry.isDirectory()) {
			// The folder itself must be readable.
			if (!isSkippedFolder(entry.name)) await findFiles(path, found, denied, signal).catch(noteDenied);
		} else if (entry.isFile() && !notDocuments.test(entry.name)) {
			const stats = await lstat(path).catch(noteDenied);
			if (stats === null) continue;
			if (found.size >= mostFiles) throw tooManyFiles(folder);
			found.set(path, { path, ...factsOf(stats) });
		}
	}
}

function tooManyFiles(folder: string): Failure {
	return new Failure({
		code: 'too-many-documents',
		message: said`The folder ${basename(folder)} has more than ${mostFiles} documents.`,
		next: [said`Add the subfolders that matter`],
	});
}

function folderMissing(path: string, error: unknown): FailureFacts {
	return new Failure({
		code: 'folder-unreachable',
		message: said`The folder ${basename(path)} can’t be reached. Its documents stay as they were read.`,
		next: [said`Connect its drive, or put the folder back`, said`Remove it from the collection`],
		detail: error instanceof Error ? error.message : String(error),
	}).facts();
}

/** Deletes documents whose files or samples are gone, with everything that was read from them. */
async function deleteDocuments(
	{ database, clock }: Context,
	documents: readonly DocumentRow[],
	options: { readonly signal: AbortSignal; readonly goesOn: () => boolean },
): Promise<void> {
	if (documents.length === 0) return;
	let hasMore = false;
	function* steps(): Generator<DocumentRow, void> {
		for (const document of documents) {
			do yield document;
			while (hasMore);
		}
	}
	const remove = ({ id, path }: DocumentRow): void => {
		const isFirst = !hasMore;
		hasMore = deleteSomeChunks(database, id);
		if (!hasMore) run(database, 'DELETE FROM documents WHERE id = :id', { id });
		// If this process ends meanwhile and the file comes back, it is read again.
		else if (isFirst)
			setFailed(database, id, missing(path ?? '', Object.assign(new Error('gone'), { code: 'ENOENT' })));
	};
	await writeInTurns(database, steps(), remove, options);
	for (const id of new Set(documents.map(({ collectionId }) => collectionId))) touchIndex(database, id, clock());
}

/** Whether the user took a source out while it is compared. */
function wasTakenOut(database: ReadableDatabase, sourceId: number): boolean {
	const sql = 'SELECT 1 FROM document_sources WHERE id = :sourceId AND removed_at IS NULL';
	return get(database, sql, { sourceId }) === undefined;
}

/** A conversation in the trash takes its document out of the collection, and brings it back. */
function checkConversation({ database, clock }: Context, source: SourceRow): void {
	const document = documentOfSource(database, source.id);
	if (document === undefined || source.conversationId === null) return;
	const conversation = get<{ updatedAt: number; deletedAt: number | null; title: string }>(
		database,
		'SELECT updated_at AS updatedAt, deleted_at AS deletedAt, title FROM conversations WHERE id = :id',
		{ id: source.conversationId },
	);
	if (conversation === undefined) return;
	if (conversation.deletedAt !== null) {
		if (document.state === 'removed') return;
		transaction(database, () => {
			setRemoved(database, document.id, clock());
			// Only what the user took out themselves has this time.
			run(database, 'UPDATE documents SET removed_at = NULL WHERE id = :id', { id: document.id });
		});
		return;
	}
	if (document.state === 'removed' && document.removedAt !== null) return;
	if (document.state !== 'removed' && document.modifiedAt === conversation.updatedAt) return;
	transaction(database, () => {
		run(database, 'UPDATE documents SET modified_at = :at, title = :title WHERE id = :id', {
			id: document.id,
			at: conversation.updatedAt,
			title: conversation.title,
		});
		setWaiting(database, document.id);
	});
}

/** A dataset in the trash has no samples to read; what the user took out themselves stays out when it comes back. */
async function checkDataset(context: Context, source: SourceRow, signal: AbortSignal): Promise<void> {
	const { database, clock } = context;
	const { datasetId } = source;
	if (datasetId === null) return;
	const samples = new Map<number, string>();
	const turn = takeTurns();
	const isLive = get(database, 'SELECT 1 FROM datasets WHERE id = :datasetId AND deleted_at IS NULL', { datasetId });
	if (isLive !== undefined)
		for (const { id, key } of samplesWithColumn(context, datasetId, source.column ?? 'input')) {
			samples.set(id, key);
			await turn();
		}
	const gone: DocumentRow[] = [];
	for (const document of documentsOfSource(database, source.id)) {
		const isThere = document.sampleId !== null && samples.delete(document.sampleId);
		const staysOut = document.state === 'removed' && isLive === undefined;
		if (!isThere && !staysOut) gone.push(document);
		await turn();
	}
	const options = { signal, goesOn: () => !wasTakenOut(database, source.id) };
	await deleteDocuments(context, gone, options);
	const place = { collectionId: source.collectionId, sourceId: source.id };
	const add = ([sampleId, title]: [number, string]): void =>
		void insertDocument(database, { ...place, title, sampleId }, clock());
	await writeInTurns(database, samples, add, options);
}
