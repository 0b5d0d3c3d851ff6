import type { Stats } from 'node:fs';
import { lstat, readdir, stat } from 'node:fs/promises';
import { basename, join, sep } from 'node:path';
import { Failure, type FailureFacts } from '../../../models/contract/failure.ts';
import { said } from '../../../models/contract/said.ts';
import { errorCodeOf } from '../../../models/error-code.ts';
import type { ReadableDatabase } from '../../database/database.ts';
import { all, get, run, transaction } from '../../database/sql.ts';
import { takeTurns } from '../../jobs/take-turns.ts';
import { deleteChunks } from './chunk-store.ts';
import type { RetrievalContext } from './context.ts';
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

/** Folders that hold no documents of the user. */
const skippedFolders = new Set(['node_modules', '__pycache__', 'venv', '$RECYCLE.BIN', 'System Volume Information']);

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

/** Chunks deleted in one transaction: some milliseconds. */
const deletedAtOnce = 32;

/** Documents taken out in one statement. */
const removedAtOnce = 200;

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
		if (source.kind === 'file') await checkFile(context, source, signal);
		else if (source.kind === 'folder') await checkFolder(context, source, signal);
		else if (source.kind === 'conversation') await checkConversation(context, source, signal);
		else if (source.kind === 'dataset') await checkDataset(context, source, signal);
	}
}

type Context = Pick<RetrievalContext, 'database' | 'clock'>;

async function checkFile({ database, clock }: Context, source: SourceRow, signal: AbortSignal): Promise<void> {
	const document = documentOfSource(database, source.id);
	if (document === undefined || document.state === 'removed' || source.path === null) return;
	try {
		const stats = await stat(source.path);
		noticeChange({ database, clock }, document, { path: source.path, ...factsOf(stats) });
	} catch (error) {
		const known = document.failure?.code === 'document-missing';
		if (!known) setFailed(database, document.id, missing(source.path, error));
		// An earlier process may have ended before it dropped them all.
		if (!known || hasChunks(database, document.id)) await dropChunks({ database, clock }, document, signal);
	}
}

function factsOf({ size, mtimeMs }: Stats): Pick<FoundFile, 'sizeBytes' | 'modifiedAt'> {
	return { sizeBytes: size, modifiedAt: Math.round(mtimeMs) };
}

function hasChunks(database: ReadableDatabase, id: number): boolean {
	return get(database, 'SELECT 1 FROM chunks WHERE document_id = :id LIMIT 1', { id }) !== undefined;
}

/** A file that was missing, or has another size or time, is read again; equal content then costs only its hash. */
function noticeChange({ database }: Context, document: DocumentRow, file: FoundFile): void {
	const same = document.sizeBytes === file.sizeBytes && document.modifiedAt === file.modifiedAt;
	const wasMissing = document.failure?.code === 'document-missing';
	if (same && !wasMissing) return;
	transaction(database, () => {
		// It may have been removed since it was read.
		const sql = `UPDATE documents SET size_bytes = :size, modified_at = :modified
			WHERE id = :id AND state <> 'removed'`;
		const values = { id: document.id, size: file.sizeBytes, modified: file.modifiedAt };
		if (run(database, sql, values).changes > 0) setWaiting(database, document.id);
	});
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
	for (const document of known) {
		signal.throwIfAborted();
		if (wasTakenOut(database, source.id)) return;
		const file = found.get(document.path ?? '');
		found.delete(document.path ?? '');
		if (file === undefined && hidden?.holds(document.path ?? '') === true) continue;
		if (file === undefined) await deleteDocument(context, document, signal);
		else if (document.state !== 'removed') noticeChange(context, document, file);
		await turn();
	}
	for (const { path, sizeBytes, modifiedAt } of found.values()) {
		signal.throwIfAborted();
		if (wasTakenOut(database, source.id)) return;
		const title = path.slice((source.path ?? '').length + 1).replaceAll('\\', '/');
		const place = { collectionId: source.collectionId, sourceId: source.id };
		insertDocument(database, { ...place, title, path, sizeBytes, modifiedAt }, clock());
		await turn();
	}
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
			if (!skippedFolders.has(entry.name)) await findFiles(path, found, denied, signal).catch(noteDenied);
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

/** Deletes a document whose file or sample is gone, with everything that was read from it. */
export async function deleteDocument(
	context: Context,
	document: Pick<DocumentRow, 'id' | 'collectionId' | 'path'>,
	signal?: AbortSignal,
): Promise<void> {
	const { database, clock } = context;
	setFailed(database, document.id, missing(document.path ?? '', Object.assign(new Error('gone'), { code: 'ENOENT' })));
	await dropChunks(context, document, signal);
	transaction(database, () => {
		run(database, 'DELETE FROM documents WHERE id = :id', { id: document.id });
		touchIndex(database, document.collectionId, clock());
	});
}

/**
 * Takes the chunks of a document that was removed, or failed, out of the index, in steps that keep the process responsive.
 * Ends if the document is to be read again meanwhile: then its chunks are new.
 */
export async function dropChunks(
	{ database, clock }: Context,
	{ id, collectionId }: Pick<DocumentRow, 'id' | 'collectionId'>,
	signal?: AbortSignal,
): Promise<void> {
	const turn = takeTurns();
	while (isOut(database, id) && deleteChunks(database, id, deletedAtOnce) === deletedAtOnce) {
		signal?.throwIfAborted();
		await turn();
	}
	touchIndex(database, collectionId, clock());
}

function isOut(database: ReadableDatabase, id: number): boolean {
	const sql = `SELECT 1 FROM documents WHERE id = :id AND state IN ('removed', 'failed')`;
	return get(database, sql, { id }) !== undefined;
}

/** Whether the user took a source out while it is compared. */
function wasTakenOut(database: ReadableDatabase, sourceId: number): boolean {
	const sql = 'SELECT 1 FROM document_sources WHERE id = :sourceId AND removed_at IS NULL';
	return get(database, sql, { sourceId }) === undefined;
}

/** Takes out the documents of sources that were taken out, where an earlier process ended before it was done with them. */
async function removeLeftDocuments({ database }: Context, signal: AbortSignal): Promise<void> {
	const sql = `UPDATE documents SET state = 'removed', chunks = 0, vectors = 0,
			removed_at = (SELECT s.removed_at FROM document_sources s WHERE s.id = documents.source_id)
		WHERE id IN (SELECT d.id FROM document_sources s JOIN documents d ON d.source_id = s.id
			WHERE s.removed_at IS NOT NULL AND d.state <> 'removed' LIMIT :limit)`;
	const turn = takeTurns();
	while (!signal.aborted && run(database, sql, { limit: removedAtOnce }).changes === removedAtOnce) await turn();
}

/**
 * Takes documents that were removed, or failed, out of the index, where an earlier process ended before it was done with
 * them.
 */
export async function dropRemovedChunks(context: Context, signal: AbortSignal): Promise<void> {
	await removeLeftDocuments(context, signal);
	const sql = `SELECT d.id, d.collection_id AS collectionId FROM documents d
		WHERE d.state IN ('removed', 'failed')
			AND EXISTS (SELECT 1 FROM chunks k WHERE k.document_id = d.id)`;
	for (const document of all<{ id: number; collectionId: number }>(context.database, sql)) {
		if (signal.aborted) return;
		await dropChunks(context, document);
	}
}

/** A conversation in the trash takes its document out of the collection, and brings it back. */
async function checkConversation(context: Context, source: SourceRow, signal: AbortSignal): Promise<void> {
	const { database, clock } = context;
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
		await dropChunks(context, document, signal);
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
	for (const document of documentsOfSource(database, source.id)) {
		signal.throwIfAborted();
		if (wasTakenOut(database, source.id)) return;
		const isThere = document.sampleId !== null && samples.delete(document.sampleId);
		const staysOut = document.state === 'removed' && isLive === undefined;
		if (!isThere && !staysOut) await deleteDocument(context, document, signal);
		await turn();
	}
	for (const [id, key] of samples) {
		signal.throwIfAborted();
		if (wasTakenOut(database, source.id)) return;
		const place = { collectionId: source.collectionId, sourceId: source.id };
		insertDocument(database, { ...place, title: key, sampleId: id }, clock());
		await turn();
	}
}
