import { realpath, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { Failure } from '../../../models/contract/failure.ts';
import { said } from '../../../models/contract/said.ts';
import {
	type Chunk,
	type CollectionChanges,
	collectionSettingsSchema,
	type Document,
	type Surroundings,
} from '../../contract/documents/schema.ts';
import { getConversation } from '../../conversation/store/conversations.ts';
import type { WritableDatabase } from '../../database/database.ts';
import { get, run, transaction } from '../../database/sql.ts';
import { getLiveDataset } from '../../dataset/store/datasets.ts';
import { takeTurns } from '../../jobs/take-turns.ts';
import { writeInTurns } from '../../jobs/write-in-turns.ts';
import { unpackBlocks } from '../documents/parsed-document.ts';
import { chunksOf, getChunk, readText, storeText } from './chunk-store.ts';
import type { CollectionContext } from './collections.ts';
import { removeDocumentsOf } from './drop-documents.ts';
import { samplesWithColumn } from './source-content.ts';
import {
	documentsOfSource,
	getCollectionRow,
	getDocumentRow,
	getLiveCollection,
	getSource,
	insertDocument,
	insertSource,
	listDocumentRows,
	publicDocument,
	type SourceRow,
	setRemoved,
	setSourceRemoved,
	setWaiting,
} from './store.ts';

/** Documents that were added, and the job that indexes them. */
export interface Added {
	readonly documentIds: number[];
	readonly jobId: string;
}

const shown: readonly Document['state'][] = ['waiting', 'indexing', 'ready', 'failed'];

/** Returns documents by title. Throws Failure `collection-unknown`. */
export function listDocuments(
	{ database }: CollectionContext,
	input: {
		readonly collectionId: number;
		readonly text: string;
		readonly states?: readonly Document['state'][] | undefined;
		readonly limit: number;
		readonly offset: number;
	},
): { documents: Document[]; total: number } {
	getCollectionRow(database, input.collectionId);
	const { documents, total } = listDocumentRows(database, { ...input, states: input.states ?? shown }, input);
	return { documents: documents.map(publicDocument), total };
}

/** Throws Failure `document-unknown`. */
export function openDocument({ database }: CollectionContext, id: number): Document {
	return publicDocument(getDocumentRow(database, id));
}

function indexed(context: CollectionContext, collectionId: number, documentIds: number[]): Added {
	const jobId = context.indexer.start(collectionId);
	if (jobId === null) throw new Error('a collection outside the trash is always indexed');
	context.events.publish({ type: 'documents-changed', collectionId });
	return { documentIds, jobId };
}

/** Adds files, and folders with their subfolders. Throws Failure `collection-unknown`, `path-unknown`. */
export async function addPaths(
	context: CollectionContext,
	{
		collectionId,
		paths,
		watch,
	}: { readonly collectionId: number; readonly paths: readonly string[]; readonly watch: boolean },
): Promise<Added> {
	const { database, clock } = context;
	getLiveCollection(database, collectionId);
	const places = await Promise.all(paths.map(placeOf));
	const ids: number[] = [];
	for (const { path, isFolder, sizeBytes, modifiedAt } of places) {
		const existing = sourceOfPath(database, collectionId, path);
		if (existing !== null) {
			run(database, 'UPDATE document_sources SET watched = :watch WHERE id = :existing', {
				...{ existing, watch: watch ? 1 : 0 },
			});
			ids.push(...(await revive(database, existing)));
			continue;
		}
		transaction(database, () => {
			const kind = isFolder ? 'folder' : 'file';
			const sourceId = insertSource(database, { collectionId, kind, path, watched: watch }, clock());
			if (isFolder) return;
			const title = basename(path);
			ids.push(insertDocument(database, { collectionId, sourceId, title, path, sizeBytes, modifiedAt }, clock()));
		});
	}
	return indexed(context, collectionId, ids);
}

interface Place {
	readonly path: string;
	readonly isFolder: boolean;
	readonly sizeBytes: number;
	readonly modifiedAt: number;
}

async function placeOf(given: string): Promise<Place> {
	try {
		const path = await realpath(resolve(given));
		const stats = await stat(path);
		const isFolder = stats.isDirectory();
		// Reading a device or a pipe may never end.
		if (!isFolder && !stats.isFile()) throw new Error('neither a file nor a folder');
		return { path, isFolder, sizeBytes: isFolder ? 0 : stats.size, modifiedAt: Math.round(stats.mtimeMs) };
	} catch (error) {
		throw new Failure(
			{
				code: 'path-unknown',
				message: said`${given.slice(0, 1_000)} can’t be added: there is no such file or folder, or it can’t be read.`,
				next: [said`Check the path and that you have permission to read it`],
				detail: error instanceof Error ? error.message : String(error),
			},
			{ cause: error },
		);
	}
}

function sourceOfPath(database: WritableDatabase, collectionId: number, path: string): number | null {
	const sql = `SELECT id FROM document_sources
		WHERE collection_id = :collectionId AND path = :path AND kind IN ('file', 'folder')`;
	return get<{ id: number }>(database, sql, { collectionId, path })?.id ?? null;
}

/** Adding what is there already brings back what was removed of it, and reads again what failed. */
async function revive(database: WritableDatabase, sourceId: number): Promise<number[]> {
	setSourceRemoved(database, sourceId, null);
	const ids: number[] = [];
	await writeInTurns(database, documentsOfSource(database, sourceId), ({ id, state }) => {
		ids.push(id);
		if (state === 'removed' || state === 'failed') setWaiting(database, id);
	});
	return ids;
}

/** Adds files that a page sent; they are read at once, and only their text is kept. Throws Failure `upload-unknown`. */
export function addUpload(
	context: CollectionContext,
	{
		collectionId,
		folder,
		names,
	}: { readonly collectionId: number; readonly folder: string; readonly names: readonly string[] },
): Added {
	const { database, clock, indexer } = context;
	getLiveCollection(database, collectionId);
	const ids = transaction(database, () =>
		names.map((name) => {
			const sourceId = insertSource(database, { collectionId, kind: 'upload' }, clock());
			return insertDocument(database, { collectionId, sourceId, title: name }, clock());
		}),
	);
	for (const [index, id] of ids.entries()) indexer.offerFile(id, join(folder, names[index]!));
	return indexed(context, collectionId, ids);
}

/** Adds a pasted text. Throws Failure `collection-unknown`. */
export function addText(
	context: CollectionContext,
	{ collectionId, title, text }: { readonly collectionId: number; readonly title: string; readonly text: string },
): Added {
	const { database, clock } = context;
	getLiveCollection(database, collectionId);
	const name = title.trim() || (text.trim().split('\n', 1)[0] ?? '').slice(0, 80);
	const id = transaction(database, () => {
		const sourceId = insertSource(database, { collectionId, kind: 'text' }, clock());
		const sizeBytes = Buffer.byteLength(text);
		const documentId = insertDocument(database, { collectionId, sourceId, title: name, sizeBytes }, clock());
		storeText(database, documentId, { text, format: 'markdown', blocks: [], pages: null, title: name, sha256: null });
		return documentId;
	});
	return indexed(context, collectionId, [id]);
}

/** Adds the branch that a conversation shows. Throws Failure `collection-unknown`, `conversation-unknown`. */
export async function addConversation(
	context: CollectionContext,
	{ collectionId, conversationId }: { readonly collectionId: number; readonly conversationId: number },
): Promise<Added> {
	const { database, clock } = context;
	getLiveCollection(database, collectionId);
	const { title, updatedAt } = getConversation(database, conversationId);
	const sql =
		'SELECT id FROM document_sources WHERE collection_id = :collectionId AND conversation_id = :conversationId';
	const existing = get<{ id: number }>(database, sql, { collectionId, conversationId });
	if (existing !== undefined) return indexed(context, collectionId, await revive(database, existing.id));
	const id = transaction(database, () => {
		const sourceId = insertSource(database, { collectionId, kind: 'conversation', conversationId }, clock());
		return insertDocument(database, { collectionId, sourceId, title, modifiedAt: updatedAt }, clock());
	});
	return indexed(context, collectionId, [id]);
}

/** Adds a column of a dataset: one document for each sample. Throws Failure `dataset-unknown`, `column-empty`. */
export function addDatasetColumn(
	context: CollectionContext,
	{
		collectionId,
		datasetId,
		column,
	}: { readonly collectionId: number; readonly datasetId: number; readonly column: string },
): Added {
	const { database, clock } = context;
	getLiveCollection(database, collectionId);
	const { name } = getLiveDataset(database, datasetId);
	if (samplesWithColumn(context, datasetId, column).next().done === true) {
		throw new Failure({
			code: 'column-empty',
			message: said`No sample of the dataset “${name}” has a text in “${column}”.`,
			next: [said`Choose another column: input, target, or a variable`],
		});
	}
	insertSource(database, { collectionId, kind: 'dataset', datasetId, column }, clock());
	return indexed(context, collectionId, []);
}

/** Takes documents out of search, and in the background out of the index; their text stays in the trash. Returns how many. */
export async function removeDocuments(context: CollectionContext, ids: Iterable<number>): Promise<number> {
	const { database, clock } = context;
	let removed = 0;
	const collections = new Set<number>();
	await writeInTurns(database, ids, (id) => {
		const { collectionId } = getDocumentRow(database, id);
		if (!setRemoved(database, id, clock())) return;
		removed += 1;
		collections.add(collectionId);
	});
	leaveEach(context, collections);
	return removed;
}

function leaveEach({ indexer, events }: CollectionContext, collections: Iterable<number>): void {
	for (const collectionId of collections) {
		indexer.dropLeaving(collectionId);
		events.publish({ type: 'documents-changed', collectionId });
	}
}

/** Puts removed documents back and indexes them. Returns how many. */
export async function restoreDocuments(context: CollectionContext, ids: Iterable<number>): Promise<number> {
	const { database } = context;
	const collections = new Set<number>();
	let restored = 0;
	await writeInTurns(database, ids, (id) => {
		const { state, sourceId, collectionId } = getDocumentRow(database, id);
		if (state !== 'removed') return;
		setWaiting(database, id);
		setSourceRemoved(database, sourceId, null);
		restored += 1;
		collections.add(collectionId);
	});
	startEach(context, collections);
	publishEach(context, collections);
	return restored;
}

/** Reads documents again, whether or not they changed. Returns the job of the last one's collection. */
export async function rereadDocuments(context: CollectionContext, ids: readonly number[]): Promise<string> {
	const { database } = context;
	const collections = new Set<number>();
	await writeInTurns(database, ids, (id) => {
		const { state, collectionId } = getDocumentRow(database, id);
		if (state === 'removed') return;
		run(database, 'UPDATE documents SET sha256 = NULL WHERE id = :id', { id });
		setWaiting(database, id);
		collections.add(collectionId);
	});
	const jobId = startEach(context, collections);
	if (jobId !== null) return jobId;
	throw new Failure({
		code: 'document-removed',
		message: said`These documents were removed from their collection.`,
		next: [said`Restore them first`],
	});
}

function startEach({ indexer }: CollectionContext, collections: ReadonlySet<number>): string | null {
	let jobId: string | null = null;
	for (const id of collections) jobId = indexer.start(id);
	return jobId;
}

function publishEach({ events }: CollectionContext, collections: ReadonlySet<number>): void {
	for (const collectionId of collections) events.publish({ type: 'documents-changed', collectionId });
}

/**
 * Takes out everything that came from one source, which is neither listed nor read any more. Returns the documents. Throws
 * Failure `source-unknown`.
 */
export async function removeSource(context: CollectionContext, sourceId: number): Promise<number[]> {
	const { database, clock } = context;
	const { collectionId } = requireSource(database, sourceId);
	const now = clock();
	setSourceRemoved(database, sourceId, now);
	const ids = await removeDocumentsOf(database, sourceId, now);
	leaveEach(context, [collectionId]);
	return ids;
}

/**
 * Puts back a source with the documents that were taken out with it; it is watched as before. Returns how many documents.
 * Throws Failure `source-unknown`.
 */
export async function restoreSource(context: CollectionContext, sourceId: number): Promise<number> {
	const { database } = context;
	const { collectionId, removedAt } = requireSource(database, sourceId);
	if (removedAt === null) return 0;
	const ids: number[] = [];
	const turn = takeTurns();
	for (const document of documentsOfSource(database, sourceId)) {
		if (document.removedAt !== null && document.removedAt >= removedAt) ids.push(document.id);
		await turn();
	}
	setSourceRemoved(database, sourceId, null);
	const restored = await restoreDocuments(context, ids);
	// Restored documents have started the indexer; a folder that had none still needs a look.
	if (restored === 0) indexed(context, collectionId, []);
	return restored;
}

function requireSource(database: WritableDatabase, sourceId: number): SourceRow {
	const source = getSource(database, sourceId);
	if (source !== null) return source;
	throw new Failure({
		code: 'source-unknown',
		message: said`This file or folder does not belong to the collection any more.`,
		next: [said`Open the collection again`],
	});
}

/** Returns a document's chunks in order. Throws Failure `document-unknown`. */
export function listChunks(
	{ database }: CollectionContext,
	id: number,
	page: { readonly limit: number; readonly offset: number },
): { chunks: Chunk[]; total: number } {
	const { chunks } = getDocumentRow(database, id);
	return { chunks: [...chunksOf(database, id, page)], total: chunks };
}

/** Returns the chunks that other settings would give, without storing them. Throws Failure `document-unknown`. */
export async function previewChunks(
	{ database, indexer }: CollectionContext,
	id: number,
	settings: CollectionChanges,
	limit: number,
): Promise<{ chunks: Chunk[]; total: number }> {
	const { collectionId } = getDocumentRow(database, id);
	const { chunkTokens, overlapTokens } = collectionSettingsSchema.parse({
		...getCollectionRow(database, collectionId).settings,
		...settings,
	});
	const chunks = await indexer.preview(id, { size: chunkTokens, overlap: overlapTokens });
	return {
		total: chunks.length,
		chunks: chunks.slice(0, limit).map(({ offset, length, headingPath, ...chunk }, position) => ({
			...chunk,
			id: 0,
			documentId: id,
			position,
			start: offset,
			end: offset + length,
			heading: [...headingPath],
		})),
	};
}

/** Reads a passage with up to `around` characters on each side. Throws Failure `passage-unknown`. */
export function openPassage({ database }: CollectionContext, chunkId: number, around: number): Surroundings {
	const chunk = getChunk(database, chunkId);
	const document = publicDocument(getDocumentRow(database, chunk.documentId));
	const stored = readText(database, chunk.documentId);
	const { text, blocks } = stored ?? { text: chunk.text, blocks: [] };
	const start = wholeCharacter(text, Math.max(0, chunk.start - around));
	const end = wholeCharacter(text, Math.min(text.length, chunk.end + around));
	return { document, chunk, text: text.slice(start, end), start, end, pages: pagesIn(blocks, start, end) };
}

/** Moves an offset off the middle of a surrogate pair. */
function wholeCharacter(text: string, at: number): number {
	return at > 0 && /[\uD800-\uDBFF]/.test(text.charAt(at - 1)) && /[\uDC00-\uDFFF]/.test(text.charAt(at)) ? at - 1 : at;
}

function pagesIn(packed: readonly number[], start: number, end: number): Surroundings['pages'] {
	const begins = new Map<number, number>();
	for (const { page, offset } of unpackBlocks(packed)) if (page !== null && !begins.has(page)) begins.set(page, offset);
	const pages = [...begins].map(([number, at]) => ({ number, start: at }));
	return pages.filter(
		(page, index) => page.start < end && (pages[index + 1]?.start ?? Number.MAX_SAFE_INTEGER) > start,
	);
}

/** Reads part of a document's text. Throws Failure `document-unknown`. */
export function readDocumentText(
	{ database }: CollectionContext,
	id: number,
	{ start, length }: { readonly start: number; readonly length: number },
): { text: string; characters: number } {
	getDocumentRow(database, id);
	const text = readText(database, id)?.text ?? '';
	return { text: text.slice(start, start + length), characters: text.length };
}
